"""The same by `kubectl apply -k`: over what the guide has installed, as an upgrade, and on to a Cortex that only looks."""
import os
import subprocess

import pytest

from conftest import IMAGE, SOURCE

pytestmark = pytest.mark.usefixtures("unwatched")


def apply(world, folder):
    """With the registry's image, as install.md says; everything else as it lies there."""
    mine = SOURCE / ".build/guide" / folder.replace("/", "-")
    mine.mkdir(parents=True, exist_ok=True)
    (mine / "kustomization.yaml").write_text(
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
        f"resources: [{os.path.relpath(SOURCE / 'deploy/kustomize' / folder, mine)}]\n"
        f"images: [{{name: cortex-api, newName: '{IMAGE}', newTag: latest}}]\n")
    done = subprocess.run(["kubectl", "apply", "-k", mine], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "deployment.apps/cortex-orchestrator " in done.stdout
    world.rolled_out()
    world.settled()


def may(world, verb, resource):
    return world.kubectl(
        "auth", "can-i", verb, resource, "-n", world.name, "--as=system:serviceaccount:cortex:cortex-api", check=False,
    ).startswith("yes")


def test_the_base_heals(world):
    apply(world, "base")
    assert may(world, "patch", "deployments.apps")
    world.to_zero()
    task = world.ask()
    assert task.is_answered and world.replicas() == 2, task.text


def test_observe_only_looks_and_may_change_nothing(world):
    apply(world, "overlays/observe-only")
    assert may(world, "list", "pods") and not may(world, "patch", "deployments.apps")
    world.to_zero()
    task = world.ask()
    assert not task.is_answered and "healing is switched off" in task.first("healing_failed")["message"]
    assert "kubectl scale deployment/sandfly-mcp-server --replicas=2" in task.first("healing_failed")["recommendation"]
    assert world.replicas() == 0
