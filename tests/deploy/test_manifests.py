"""The manifests as they are applied."""
import json
import os
import re
import shutil
import subprocess

import pytest
import yaml

from conftest import ROOT, only, rbac, rights

KUSTOMIZE = ROOT / "deploy/kustomize"


def kustomize(folder):
    done = subprocess.run(["kubectl", "kustomize", folder], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    # Nothing that a later Kustomize does without, which whoever applies it reads each time.
    assert "deprecated" not in done.stderr, done.stderr
    return list(yaml.safe_load_all(done.stdout))


def kubectl_version():
    if not shutil.which("kubectl"):
        return (0, 0)
    done = subprocess.run(["kubectl", "version", "--client", "-o", "yaml"], capture_output=True, text=True)
    found = re.search(r"gitVersion: v(\d+)\.(\d+)", done.stdout)
    return (int(found[1]), int(found[2])) if found else (0, 0)


needs_kustomize = pytest.mark.skipif(kubectl_version() < (1, 14), reason="there is no kubectl that has kustomize")
needs_overlays = pytest.mark.skipif(
    kubectl_version() < (1, 21), reason="this kubectl's kustomize has no components, and no folders among resources")


def test_what_is_made_from_the_table_of_rights_is_as_the_table_has_it():
    done = subprocess.run([ROOT / "scripts/manifests", "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def guide():
    return list(yaml.safe_load_all((ROOT / "deploy/deployment.yaml").read_text()))


def test_the_guides_names():
    objects = guide()
    names = {(o["kind"], o["metadata"].get("namespace"), o["metadata"]["name"]) for o in objects}
    assert {
        ("Namespace", None, "cortex"), ("Deployment", "cortex", "cortex-orchestrator"),
        ("Service", "cortex", "cortex-orchestrator"), ("ServiceAccount", "cortex", "cortex-api"),
        ("ClusterRole", None, "cortex-api-reader"), ("ClusterRoleBinding", None, "cortex-api-reader-binding"),
    } <= names
    pod = only(objects, "Deployment")["spec"]["template"]
    assert pod["metadata"]["labels"]["app"] == "cortex-orchestrator"
    assert pod["spec"]["containers"][0]["name"] == "cortex-api" and pod["spec"]["serviceAccountName"] == "cortex-api"
    assert pod["spec"]["containers"][0]["image"] == "10.43.170.72:5000/cortex-api:latest"


def test_the_guides_rights_are_those_of_cortex_rbac():
    assert rights(guide()) == rbac()


def setting(key):
    """The default of a setting."""
    done = subprocess.run(
        [os.environ["CORTEX_BIN"], "config", "-o", "json"], capture_output=True, text=True, check=True,
        env={"PATH": os.environ["PATH"]})
    return json.loads(done.stdout)["settings"][key]["value"]


def hardened(pod):
    container, = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True and pod["securityContext"]["runAsUser"] >= 10000
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
    # What the standard “restricted” asks for beside that, for a namespace that enforces it.
    assert not {"hostNetwork", "hostPID", "hostIPC", "initContainers"} & pod.keys()
    assert {kind for volume in pod["volumes"] for kind in volume.keys() - {"name"}} <= {
        "emptyDir", "configMap", "persistentVolumeClaim"}
    assert not any("hostPort" in port for port in container["ports"])
    # A ResourceQuota on any of the four admits it.
    assert all(container["resources"][part][what] for part in ("requests", "limits") for what in ("cpu", "memory"))
    assert {"startupProbe", "readinessProbe", "livenessProbe"} <= container.keys()
    assert pod["topologySpreadConstraints"][0]["whenUnsatisfiable"] == "ScheduleAnyway"
    # A pod whose volume is beyond its limit is evicted: the logs stay well below, and leave room for a worker program.
    tmp = next(volume for volume in pod["volumes"] if volume["name"] == "tmp")["emptyDir"]["sizeLimit"]
    assert setting("healing.logMaximumBytes") <= int(tmp.removesuffix("Mi")) * 2**20 / 2


def test_the_pod_has_nothing_it_does_not_need():
    hardened(only(guide(), "Deployment")["spec"]["template"]["spec"])


@needs_kustomize
def test_the_base():
    objects = kustomize(KUSTOMIZE / "base")
    assert rights(objects) == rbac()
    assert not [o for o in objects if o["metadata"]["name"] == "cortex-guide-tests"]
    policy = only(objects, "NetworkPolicy")["spec"]
    assert policy["policyTypes"] == ["Ingress", "Egress"] and policy["ingress"][0]["ports"][0]["port"] == 8000


@needs_overlays
def test_a_single_node_with_a_volume():
    objects = kustomize(KUSTOMIZE / "overlays/single-node")
    deployment = only(objects, "Deployment")["spec"]
    assert deployment["strategy"] == {"type": "Recreate"}
    pod = deployment["template"]["spec"]
    hardened(pod)
    assert {"name": "CORTEX_DATA_DIR", "value": "/var/lib/cortex"} in pod["containers"][0]["env"]
    assert {"name": "HEALING_ENABLED", "value": "true"} in pod["containers"][0]["env"]
    claim = next(v for v in pod["volumes"] if v["name"] == "data")["persistentVolumeClaim"]["claimName"]
    assert claim == only(objects, "PersistentVolumeClaim")["metadata"]["name"]


@needs_overlays
def test_observe_only_may_change_nothing():
    objects = kustomize(KUSTOMIZE / "overlays/observe-only")
    assert {right[1] for right in rights(objects)} <= {"get", "list", "watch"}
    assert rights(objects) == rbac("--strategies", "none")
    env = only(objects, "Deployment")["spec"]["template"]["spec"]["containers"][0]["env"]
    assert {"name": "HEALING_ENABLED", "value": "false"} in env


@needs_overlays
@pytest.mark.parametrize("component, kind", [
    ("disruption-budget", "PodDisruptionBudget"), ("service-monitor", "ServiceMonitor")])
def test_components(component, kind):
    work = ROOT / ".build/deploy/kustomize" / component
    work.mkdir(parents=True, exist_ok=True)
    (work / "kustomization.yaml").write_text(
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
        "resources: [../../../../deploy/kustomize/base]\n"
        f"components: [../../../../deploy/kustomize/components/{component}]\n")
    found = only(kustomize(work), kind)
    assert found["spec"]["selector"]["matchLabels"] == {"app": "cortex-orchestrator"}
