"""The same by Helm, with Helm's own engine; after the guide's installation has been taken away, as install.md says."""
import os

import pytest

from conftest import IMAGE, SOURCE
from harness import wait

helm = pytest.importorskip("helm_python", reason="Helm's engine cannot be installed here: the chart is not applied")
pytestmark = pytest.mark.usefixtures("world")
CHART = str(SOURCE / "deploy/helm/cortex")
VALUES = {"image": {"repository": IMAGE, "tag": "latest"}, "env": {"WATCH_ENABLED": "false"},
          "healing": {"namespaces": ["cortex-system"]}}


def left(world):
    """What of Cortex is in the cluster."""
    kinds = "deployment,service,serviceaccount,networkpolicy,poddisruptionbudget,role,rolebinding"
    names = world.kubectl("get", kinds, "-n", "cortex", "-o", "name", "--ignore-not-found").split()
    names += world.kubectl("get", "rolebinding", "-n", "cortex-system", "-o", "name", "--ignore-not-found").split()
    names += world.kubectl("get", "clusterrole,clusterrolebinding", "-o", "name").split()
    return [name for name in names if "cortex" in name]


def may(world, verb, resource):
    return world.kubectl(
        "auth", "can-i", verb, resource, "-n", world.name, "--as=system:serviceaccount:cortex:cortex-api", check=False,
    ).startswith("yes")


@pytest.fixture(scope="module")
def config(world):
    """`helm … -n cortex`"""
    with helm.Config(kubeconfig_path=os.environ["CORTEX_E2E_KUBECONFIG"], namespace="cortex") as config:
        yield config


def test_what_was_applied_is_taken_away(world):
    world.kubectl("delete", "-f", str(SOURCE / "deploy/deployment.yaml"), timeout=150)
    wait.until(lambda: not world.kubectl("get", "namespace", "cortex", "--ignore-not-found"), "the namespace to go", 120)
    # The Kustomize base has one object more than the file, which went with the namespace.
    assert left(world) == []
    assert world.replicas() == 2, "what was healed stays as it is"


def test_helm_installs_what_heals(world, config):
    release = config.install(CHART, "cortex", VALUES, namespace="cortex", create_namespace=True, timeout=120)
    assert release["info"]["status"] == "deployed" if "info" in release else release["status"] == "deployed", release
    world.rolled_out()
    world.to_zero()
    task = world.ask()
    assert task.is_answered and world.replicas() == 2, task.text


def test_helm_upgrades_to_one_that_only_looks_and_rolls_back(world, config):
    assert may(world, "patch", "deployments.apps")
    config.upgrade(CHART, "cortex", {**VALUES, "healing": {**VALUES["healing"], "enabled": False}}, timeout=120)
    world.rolled_out()
    world.settled()
    assert may(world, "list", "pods") and not may(world, "patch", "deployments.apps")
    world.to_zero()
    task = world.ask()
    assert not task.is_answered and "healing is switched off" in task.first("healing_failed")["message"]
    assert world.replicas() == 0
    config.rollback("cortex", version=1, timeout=120)
    world.rolled_out()
    world.settled()
    task = world.ask()
    assert task.is_answered and world.replicas() == 2, task.text


def test_helm_takes_it_away_again(world, config):
    config.uninstall("cortex", timeout=120)
    wait.until(lambda: left(world) == [], "everything of Cortex to be gone", 60)
    assert world.replicas() == 2
