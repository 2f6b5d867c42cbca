"""The rights of docs/rbac.yaml are those that Cortex uses: none is missing, none is asked for beyond them. What the whole
suite used of them is compared at its end, by rights_report.py."""
import json

import pytest

from harness import cortex, rights, sandfly, stream
from harness.namespace import Namespace
from harness.sandfly import NAME
from harness.scenes import HEALABLE, break_by, to_zero

HEALER = rights.rules("cortex-api-reader")

NEVER = [
    ("get", "secrets"), ("list", "secrets"), ("watch", "secrets"), ("create", "pods/exec"), ("create", "pods/attach"),
    ("create", "pods/portforward"), ("create", "pods"), ("delete", "pods"), ("patch", "pods"), ("update", "pods"),
    ("update", "deployments.apps"), ("delete", "deployments.apps"), ("create", "deployments.apps"),
    ("delete", "services"), ("create", "serviceaccounts/token"), ("get", "configmaps"), ("patch", "configmaps"),
    ("watch", "configmaps"), ("create", "configmaps"), ("patch", "limitranges"),
    ("create", "rolebindings.rbac.authorization.k8s.io"), ("patch", "roles.rbac.authorization.k8s.io"),
    ("escalate", "roles.rbac.authorization.k8s.io"), ("bind", "clusterroles.rbac.authorization.k8s.io"),
    ("impersonate", "serviceaccounts"), ("impersonate", "users"), ("delete", "namespaces"), ("patch", "nodes"),
    ("delete", "persistentvolumeclaims"), ("delete", "networkpolicies.networking.k8s.io"),
    ("patch", "resourcequotas"), ("*", "*"),
]


@pytest.mark.parametrize("kind", ["StatefulSet", "ReplicaSet"])
def test_other_kinds_of_workload_are_scaled_back(ns, start, kind):
    sandfly.deploy_as(ns, kind)
    server = start(ns)
    assert server.ask().is_answered
    to_zero(ns, kind)
    task = server.ask()
    assert task.is_answered, task.text
    assert json.loads(ns.kubectl("get", kind, NAME, "-o", "json"))["spec"]["replicas"] == 1


def test_a_daemon_sets_pods_are_waited_for(ns):
    if len(ns.cluster.read("/api/v1/nodes")["items"]) != 1:
        pytest.skip("a DaemonSet has as many pods as there are nodes; this test counts one")
    sandfly.deploy_as(ns, "DaemonSet")
    ns.kubectl("delete", "pods", "--all", "--wait=false")
    run = cortex.heal(ns, NAME, "connect ECONNREFUSED")
    assert run.code == 0, run.out
    assert ns.writes() in (None, [])
    if ns.cluster.audit_log:
        assert ("watch", "daemonsets") in ns.used_rules()


def test_a_plain_service_is_asked_through_the_api_server(ns):
    """From outside of the cluster, where services/proxy is the way."""
    sandfly.deploy(ns, sandfly.deployment(ns.name, "web", replicas=1))
    ns.kubectl("scale", "deployment", "web", "--replicas=0")
    ns.until_gone("web")
    run = cortex.heal(ns, "web", "connect ECONNREFUSED", "--reach", "api-proxy")
    assert run.code == 0, run.out
    assert ns.refusals() in (None, [])
    if ns.cluster.audit_log:
        assert ("get", "services/proxy") in ns.used_rules()


def test_a_claim_that_nobody_fulfils_is_looked_at(ns):
    break_by(ns, "claim")
    assert cortex.diagnose(ns)["healthy"] is False
    assert ns.refusals() in (None, [])
    if ns.cluster.audit_log:
        assert ("list", "persistentvolumeclaims") in ns.used_rules()


@pytest.mark.parametrize("kind", ["ResourceQuota", "LimitRange"])
def test_what_refuses_a_pod_is_looked_at(ns, kind):
    break_by(ns, {"ResourceQuota": "quota", "LimitRange": "limits"}[kind])
    cause = {"ResourceQuota": "quota-exceeded", "LimitRange": "limit-range"}[kind]
    ns.until(lambda: (cortex.diagnose(ns)["cause"] or {}).get("id") == cause, "the refusal to be named", 30)
    verdict = cortex.diagnose(ns)
    assert [f for f in verdict["findings"] if f["object"]["kind"] == kind and f["object"]["name"] == "bounds"], verdict
    assert [c for c in verdict["changes"] if c["object"]["kind"] == kind and c["what"] == "made" and c["by"]], verdict
    assert ns.refusals() in (None, [])
    if ns.cluster.audit_log:
        assert ("list", f"{kind.lower()}s") in ns.used_rules()


def test_who_changed_a_config_map_that_a_failing_pod_reads_is_said_and_its_values_are_not(ns):
    break_by(ns, "configured-crash")
    verdict = cortex.diagnose(ns)
    assert [c for c in verdict["changes"] if c["object"]["kind"] == "ConfigMap" and c["what"] == "data.MODE"
            and c["by"] and c["time"]], verdict
    assert "the-value-itself" not in json.dumps(verdict)
    assert ns.refusals() in (None, [])
    if ns.cluster.audit_log:
        assert ("list", "configmaps") in ns.used_rules()


@pytest.mark.real("kubectl sends a token only to a server with TLS")
def test_a_worker_program_can_look_with_kubectl(ns, start, tmp_path):
    """What the guide's list has beyond Cortex's own looks: kubectl get of one pod and one event, and watching events."""
    sandfly.deploy(ns, replicas=1)
    to_zero(ns)
    event = ns.until(lambda: ns.list("events"), "an event")[0]["metadata"]["name"]
    program = tmp_path / "worker.sh"
    program.write_text(f"""#!/bin/bash
export KUBECONFIG='{ns.kubeconfig}'
kubectl get event {event} -n {ns.name} >/dev/null && echo 'PROGRESS: read an event'
timeout 3 kubectl get events -n {ns.name} --watch-only >/dev/null
kubectl get pod no-such-pod -n {ns.name} 2>&1 | grep -q 'not found' && echo 'PROGRESS: asked for a pod'
kubectl delete pod no-such-pod -n {ns.name} 2>&1 | grep -q forbidden && echo 'PROGRESS: may not delete'
echo '{{"success": false, "diagnosis": "looked", "fix_attempted": "none", "timestamp": "2026-01-01T00:00:00Z",' \\
     '"recommendation": "none"}}'
""")
    program.chmod(0o755)
    task = start(ns, SELF_HEAL_WORKER_PATH=str(program)).ask()
    for words in ("read an event", "asked for a pod", "may not delete"):
        assert words in task.text, task.text
    ns.withhold("delete", "pods")
    # kubectl's own, after an answer of 404.
    ns.withhold("get", "namespaces")


def test_dangerous_rights_are_not_had(ns):
    """SubjectAccessReview, in the healed namespace, in Cortex's own and in the whole cluster."""
    user = f"system:serviceaccount:{ns.name}:cortex-api"
    for verb, resource in NEVER:
        for namespace in (ns.name, "kube-system", ""):
            assert not ns.cluster.allows(user, verb, resource, namespace), (verb, resource, namespace)


def test_rights_end_at_the_healed_namespace(ns):
    """Whatever Cortex may do where it heals, it may not elsewhere."""
    user = f"system:serviceaccount:{ns.name}:cortex-api"
    for verb, resource in sorted(rights.flat(HEALER)):
        assert not ns.cluster.allows(user, verb, resource, "kube-system"), (verb, resource)


@pytest.fixture
def watched(ns, tmp_path):
    """A namespace beside the healed one, in which Cortex's account may what `cortex rbac` prints for one that is only
    watched."""
    watched = Namespace(ns.cluster, f"{ns.name}-watched", tmp_path)
    run = cortex.run(
        "rbac", "--watch-namespaces", watched.name, "-o", "json", directory=tmp_path, kubeconfig=None)
    role = next(item for item in json.loads(run.out)["items"] if item["metadata"]["name"] == "cortex-api-watcher")
    place = {"name": "cortex-api-watcher", "namespace": watched.name}
    api = f"{rights.GROUP}/v1"
    try:
        watched.create()
        ns.cluster.put(
            {"apiVersion": api, "kind": "Role", "metadata": place, "rules": role["rules"]},
            {"apiVersion": api, "kind": "RoleBinding", "metadata": place,
             "roleRef": {"apiGroup": rights.GROUP, "kind": "Role", "name": place["name"]},
             "subjects": [{"kind": "ServiceAccount", "name": "cortex-api", "namespace": ns.name}]})
        yield watched
    finally:
        watched.delete()


def test_what_is_only_watched_is_told_with_rights_to_look_and_no_others(ns, start, watched):
    HEALABLE["zero"].stand(watched)
    server = start(ns, watch=True, WATCH_NAMESPACES=watched.name)
    ns.until(lambda: "cortex_workloads_watched 1\n" in server.metrics(), "it to be watched", 30)
    HEALABLE["zero"].break_it(watched)

    def told():
        found = json.loads(stream.request(server.url, path="/api/incidents")[2])["incidents"]
        return [incident for incident in found if incident["state"] == "escalated"]
    incident, = ns.until(told, "the incident to be told", 60)
    assert (incident["namespace"], incident["cause"], incident["policy"]) == (watched.name, "scaled-to-zero", "observe")
    assert watched.get("deployment", sandfly.PLAIN)["spec"]["replicas"] == 0
    assert ns.writes() in (None, []) and ns.refusals() in (None, [])
    run = cortex.run("doctor", "-o", "json", "-n", ns.name, directory=ns.directory, kubeconfig=ns.kubeconfig,
                     WATCH_NAMESPACES=watched.name)
    found = {check["name"]: check["state"] for check in json.loads(run.out)["checks"]}
    assert found[f"looking in {watched.name}"] == "ok" and f"scale in {watched.name}" not in found, run.out


def test_nothing_is_asked_for_beyond_the_documented_rights(ns, start):
    if not ns.cluster.audit_log:
        pytest.skip("there is no audit log to read")
    sandfly.deploy(ns, replicas=1)
    server = start(ns)
    assert server.ask().is_answered
    to_zero(ns)
    assert server.ask().is_answered
    ns.patch("service", NAME, {"spec": {"selector": {"app": "sandfly"}}})
    ns.until_unreachable()
    assert server.ask().is_answered
    assert ns.refusals() in (None, [])
    assert ("patch", "services") in ns.used_rules()


def test_secrets_are_never_asked_for(ns, start):
    if not ns.cluster.audit_log:
        pytest.skip("there is no audit log to read")
    sandfly.deploy(ns, replicas=1)
    to_zero(ns)
    assert start(ns).ask().is_answered
    touched = {kind.split("/")[0] for _, kind in ns.used_rules()}
    assert touched and not touched & {"secrets", "configmaps"}, touched


def test_the_printed_manifest_is_what_the_suite_runs_under(tmp_path):
    """`cortex rbac --outside` gives the rules of docs/rbac.yaml."""
    run = cortex.run("rbac", "--outside", "-o", "json", directory=tmp_path, kubeconfig=None)
    assert run.code == 0, run.err
    items = json.loads(run.out)["items"]
    for role in ("cortex-api-reader", "cortex-api-nodes"):
        printed = next(item["rules"] for item in items if item["metadata"]["name"] == role and "rules" in item)
        assert printed == rights.rules(role)
