"""The same by `kubectl apply -k`: over what the guide has installed, as an upgrade, on to a Cortex that only looks, and to
one that remembers on a volume."""
import contextlib
import json
import os
import secrets
import subprocess

import pytest

from conftest import IMAGE, SOURCE
from harness import sandfly, stream, wait

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


@contextlib.contextmanager
def volume(world):
    """What K3s' own provisioner would make: a folder of the node that anybody may write to, and a volume for the claim."""
    folder = f"cortex-guide-{secrets.token_hex(4)}"

    def on_the_node(name, *command):
        world.apply({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "default"}, "spec": {
            "restartPolicy": "Never", "volumes": [{"name": "host", "hostPath": {"path": "/var/tmp"}}],
            "containers": [{"name": name, "image": f"{IMAGE}:latest", "command": list(command),
                            "securityContext": {"runAsUser": 0},
                            "volumeMounts": [{"name": "host", "mountPath": "/host"}]}]}})
        wait.until(lambda: world.get("pod", name, "default")["status"]["phase"] == "Succeeded", " ".join(command), 60)
        world.kubectl("-n", "default", "delete", "pod", name, "--wait=false")

    on_the_node(f"{folder}-begin", "mkdir", "-m", "0777", f"/host/{folder}")
    world.apply({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": folder}, "spec": {
        "capacity": {"storage": "256Mi"}, "accessModes": ["ReadWriteOnce"], "persistentVolumeReclaimPolicy": "Retain",
        "claimRef": {"namespace": "cortex", "name": "cortex-data"}, "hostPath": {"path": f"/var/tmp/{folder}"}}})
    try:
        yield
    finally:
        world.kubectl("delete", "persistentvolume", folder, "--wait=false")
        on_the_node(f"{folder}-end", "rm", "-r", f"/host/{folder}")


def incidents(world):
    """How they ended, by their ids."""
    listed = json.loads(stream.request(world.url, path="/api/incidents")[2])["incidents"]
    return {incident["id"]: incident["state"] for incident in listed}


def test_on_a_single_node_it_remembers_on_a_volume(world):
    with volume(world):
        apply(world, "overlays/single-node")
        assert world.get("persistentvolumeclaim", "cortex-data", "cortex")["status"]["phase"] == "Bound"
        # A count that no manifest has: only who has seen it can bring it back.
        world.kubectl("-n", world.name, "scale", "deployment", sandfly.NAME, "--replicas=3")
        wait.until(lambda: world.is_back(sandfly.NAME, 3), "three replicas")
        world.to_zero()
        task = world.ask()
        assert task.is_answered and world.replicas() == 3, task.text
        before = incidents(world)
        assert before
        pod, = world.pods()
        world.to_zero()
        world.kubectl("-n", "cortex", "delete", "pod", pod["metadata"]["name"])
        world.rolled_out()
        world.settled()
        after, = world.pods()
        assert after["metadata"]["uid"] != pod["metadata"]["uid"]
        assert before.items() <= incidents(world).items(), "the incidents of the pod before"
        task = world.ask()
        assert task.is_answered and world.replicas() == 3, task.text
        apply(world, "base")
        world.kubectl("-n", "cortex", "delete", "persistentvolumeclaim", "cortex-data")
    world.kubectl("-n", world.name, "scale", "deployment", sandfly.NAME, "--replicas=2")
    world.tool_server()
