"""The proof of least privilege, from the API server's audit log: every right that is granted was used by a test, and
nothing else was asked for.

    rights_report.py FOLDER     a file of each test's own, as harness/namespace.py writes them
"""
import json
import pathlib
import sys

from harness import rights

#: What every account may do: look at itself and at its own rights.
EVERYBODYS = {("create", "selfsubjectaccessreviews"), ("create", "selfsubjectrulesreviews"),
              ("create", "selfsubjectreviews")}


def plain(rules):
    return {(verb, resource) for rule in rules for resource in rule["resources"] for verb in rule["verbs"]}


def main():
    roles = ("cortex-api-reader", "cortex-api-nodes", "cortex-api-own")
    granted = set().union(*(plain(rights.rules(role)) for role in roles))
    used, refused = set(), set()
    files = sorted(pathlib.Path(sys.argv[1]).glob("*.json"))
    for file in files:
        report = json.loads(file.read_text())
        used |= {tuple(right) for right in report["used"]}
        refused |= {f"{right} in {file.stem}" for right in report["refused"]
                    if tuple(right.split(" ")) not in EVERYBODYS}
    unused = sorted(" ".join(right) for right in granted - used)
    print(f"rights, of {len(files)} tests: granted {len(granted)}, used {len(granted & used)}, unused {len(unused)}, "
          f"unexpectedly forbidden {len(refused)}")
    for title, names in (("unused", unused), ("unexpectedly forbidden", sorted(refused))):
        if names:
            print(f"  {title}: {', '.join(names)}")
    return 1 if unused or refused else 0


if __name__ == "__main__":
    sys.exit(main())
