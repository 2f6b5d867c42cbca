import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def rights(objects):
    """Each right by itself: where it is bound, verb, group, resource."""
    roles = {(o["kind"], o["metadata"].get("namespace"), o["metadata"]["name"]): o for o in objects if "rules" in o}
    found = set()
    for binding in objects:
        if "roleRef" not in binding or binding["subjects"][0]["name"] != "cortex-api":
            continue
        place, reference = binding["metadata"].get("namespace"), binding["roleRef"]
        role = roles[reference["kind"], place if reference["kind"] == "Role" else None, reference["name"]]
        for rule in role["rules"]:
            found |= {(place, verb, group, resource) for verb in rule["verbs"] for group in rule["apiGroups"]
                      for resource in rule["resources"]}
    return found


def rbac(*arguments):
    """The rights that `cortex rbac` prints."""
    done = subprocess.run(
        [os.environ["CORTEX_BIN"], "rbac", "-o", "json", *arguments], capture_output=True, text=True, check=True,
        env={"PATH": os.environ["PATH"]})
    return rights(json.loads(done.stdout)["items"])


def only(objects, kind):
    found, = [o for o in objects if o["kind"] == kind]
    return found


@pytest.fixture(scope="session")
def root():
    return ROOT
