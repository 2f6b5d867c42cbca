"""The rights of docs/rbac.yaml are those that Cortex uses: none is missing, none is asked for beyond them. What the whole
suite used of them is compared at its end, by rights_report.py."""
import json

import pytest

from harness import cortex, rights, sandfly
from harness.sandfly import NAME

HEALER = rights.rules("cortex-api-reader")

#: What each write needs, and how the world is broken so that it is needed.
WRITES = {
    ("patch", "deployments/scale"): "zero", ("patch", "statefulsets/scale"): "stateful",
    ("patch", "replicasets/scale"): "replica-set", ("patch", "deployments"): "bad-command",
    ("create", "pods/eviction"): "hang", ("patch", "services"): "selector",
    ("patch", "statefulsets"): "stateful-command", ("patch", "daemonsets"): "daemon-command",
}
#: What a look reads only where something points there.
READ_WHERE_NEEDED = (
    "jobs", "cronjobs", "controllerrevisions", "persistentvolumeclaims", "networkpolicies", "poddisruptionbudgets")
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


def stateful_set(ns):
    """The tool server as a StatefulSet."""
    workload = sandfly.deployment(ns.name, replicas=1)
    template = workload["spec"]["template"]
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": workload["metadata"], "spec": {
        "replicas": 1, "serviceName": NAME, "selector": workload["spec"]["selector"], "template": template}}


def deploy_as(ns, kind):
    workload = stateful_set(ns)
    if kind != "statefulset":
        workload["kind"] = {"replicaset": "ReplicaSet", "daemonset": "DaemonSet"}[kind]
        del workload["spec"]["serviceName"]
    if kind == "daemonset":
        del workload["spec"]["replicas"]
    ns.apply(workload, sandfly.service(ns.name))
    ns.until(lambda: len(ns.endpoints()) == 1, "its endpoint")


def to_zero(ns, kind="deployment"):
    ns.kubectl("scale", kind, NAME, "--replicas=0")
    ns.until_gone()


def break_by(ns, how):
    if how in ("stateful", "replica-set"):
        kind = {"stateful": "statefulset", "replica-set": "replicaset"}[how]
        deploy_as(ns, kind)
        return to_zero(ns, kind)
    if how in ("stateful-command", "daemon-command"):
        kind = {"stateful-command": "statefulset", "daemon-command": "daemonset"}[how]
        deploy_as(ns, kind)
        container = {"name": NAME, "command": ["/no/such/program"]}
        ns.patch(kind, NAME, {"spec": {"template": {"spec": {"containers": [container]}}}}, type="strategic")
        return ns.until_waiting("RunContainerError", "CrashLoopBackOff", "StartError")
    sandfly.deploy(ns, sandfly.deployment(ns.name, replicas=1))
    if how == "zero":
        to_zero(ns)
    elif how == "selector":
        ns.patch("service", NAME, {"spec": {"selector": {"app": "sandfly"}}})
        ns.until_unreachable()
    elif how == "hang":
        for pod in ns.ready_pods():
            sandfly.hang(ns, pod)
    else:
        sandfly.change(ns, command=["/no/such/program"])
        ns.until_waiting("RunContainerError", "CrashLoopBackOff", "StartError")


@pytest.mark.parametrize("verb, resource", WRITES, ids=[" ".join(right).replace("/", "-") for right in WRITES])
def test_each_write_needs_its_rule_and_no_other(ns, verb, resource):
    """Without the rule the healing ends with exactly that rule in its advice; with it, and at once, it succeeds."""
    ns.allow(rights.without(HEALER, resource, verb))
    break_by(ns, WRITES[verb, resource])
    limits = {"CORTEX_TOOL_CALL_TIMEOUT": "3s", "CORTEX_PROBE_TIMEOUT": "10s"}

    run = cortex.heal(ns, NAME, "request timed out", **limits)

    assert run.code == 1, run.out
    name, _, sub = resource.partition("/")
    group = "" if name in ("pods", "services") else ".apps"
    full = name + group + (f"/{sub}" if sub else "")
    assert f"{verb} {full} in the namespace {ns.name}" in run.out, run.out
    assert f"--verb={verb} --resource={full} -n {ns.name}" in run.json["recommendation"]
    assert ns.writes() in (None, [])
    ns.allow(HEALER)
    run = cortex.heal(ns, NAME, "request timed out", **limits)
    assert run.code == 0, run.out


@pytest.mark.parametrize("verb, resource", [
    ("list", name) for name in ("services", "endpoints", "pods", "deployments", "replicasets", "statefulsets",
                                "daemonsets", "events", "horizontalpodautoscalers")])
def test_each_reading_that_is_missing_is_named(ns, verb, resource):
    ns.allow(rights.without(HEALER, resource, verb))
    sandfly.deploy(ns, sandfly.deployment(ns.name, replicas=1))
    to_zero(ns)
    run = cortex.heal(ns, NAME, "connect ECONNREFUSED")
    if run.code == 1:
        assert f"--verb={verb} --resource={resource}" in run.json["recommendation"], run.out
        assert ns.writes() in (None, [])
    else:
        # Not what this healing is decided on; it was seen to work without.
        assert resource in ("statefulsets", "daemonsets", "events", "replicasets"), run.out


def test_a_reading_that_is_missing_is_named_or_not_needed(ns):
    """The rest of what is read: one after the other is taken away, and the healing names it or does without."""
    sandfly.deploy(ns, sandfly.deployment(ns.name, replicas=1))
    for resource in READ_WHERE_NEEDED:
        ns.allow(rights.without(HEALER, resource, "list"))
        to_zero(ns)
        written = ns.writes()
        run = cortex.heal(ns, NAME, "connect ECONNREFUSED")
        if run.code == 1:
            assert f"--verb=list --resource={resource}" in run.json["recommendation"], run.out
            assert ns.writes() == written
        else:
            assert ns.answers(), run.out


@pytest.mark.parametrize("kind", ["statefulset", "replicaset"])
def test_other_kinds_of_workload_are_scaled_back(ns, start, kind):
    deploy_as(ns, kind)
    server = start(ns)
    assert server.ask().is_answered
    to_zero(ns, kind)
    task = server.ask()
    assert task.is_answered, task.text
    assert json.loads(ns.kubectl("get", kind, NAME, "-o", "json"))["spec"]["replicas"] == 1


def test_a_daemon_sets_pods_are_waited_for(ns):
    if len(ns.cluster.read("/api/v1/nodes")["items"]) != 1:
        pytest.skip("a DaemonSet has as many pods as there are nodes; this test counts one")
    deploy_as(ns, "daemonset")
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
    assert ns.refusals() == []
    if ns.cluster.audit_log:
        assert ("get", "services/proxy") in ns.used_rules()


def test_a_claim_that_nobody_fulfils_is_looked_at(ns):
    ns.apply({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data", "namespace": ns.name},
        "spec": {"storageClassName": "no-such-class", "accessModes": ["ReadWriteOnce"],
                 "resources": {"requests": {"storage": "1Mi"}}}})
    workload = sandfly.deployment(ns.name, replicas=1)
    workload["spec"]["template"]["spec"]["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    sandfly.deploy(ns, workload, ready=False)
    ns.until(lambda: [pod for pod in ns.pods() if pod["status"]["phase"] == "Pending"], "a pod that waits")
    assert cortex.diagnose(ns)["healthy"] is False
    assert ns.refusals() == []
    if ns.cluster.audit_log:
        assert ("list", "persistentvolumeclaims") in ns.used_rules()


@pytest.mark.parametrize("kind", ["ResourceQuota", "LimitRange"])
def test_what_refuses_a_pod_is_looked_at(ns, kind):
    spec = {"ResourceQuota": {"hard": {"pods": "0"}},
            "LimitRange": {"limits": [{"type": "Container", "max": {"memory": "1Mi"}}]}}[kind]
    ns.apply({"apiVersion": "v1", "kind": kind, "metadata": {"name": "bounds", "namespace": ns.name}, "spec": spec})
    sandfly.deploy(ns, sandfly.deployment(
        ns.name, replicas=1, resources={"limits": {"memory": "64Mi"}, "requests": {"memory": "8Mi"}}), ready=False)
    ns.until(lambda: any(e.get("reason") == "FailedCreate" for e in ns.list("events")), "the pod to be refused")
    cause = {"ResourceQuota": "quota-exceeded", "LimitRange": "limit-range"}[kind]
    ns.until(lambda: (cortex.diagnose(ns)["cause"] or {}).get("id") == cause, "the refusal to be named", 30)
    verdict = cortex.diagnose(ns)
    assert [f for f in verdict["findings"] if f["object"]["kind"] == kind and f["object"]["name"] == "bounds"], verdict
    assert [c for c in verdict["changes"] if c["object"]["kind"] == kind and c["what"].startswith("spec.")], verdict
    assert ns.refusals() == []
    if ns.cluster.audit_log:
        assert ("list", f"{kind.lower()}s") in ns.used_rules()


def test_who_changed_a_config_map_that_a_failing_pod_reads_is_said_and_its_values_are_not(ns):
    ns.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "namespace": ns.name},
              "data": {"MODE": "the-value-itself"}})
    sandfly.deploy(ns, sandfly.deployment(
        ns.name, replicas=1, command=["/no/such/program"], envFrom=[{"configMapRef": {"name": "settings"}}]),
        ready=False)
    ns.until_waiting("RunContainerError", "CrashLoopBackOff", "StartError")
    verdict = cortex.diagnose(ns)
    assert [c for c in verdict["changes"] if c["object"]["kind"] == "ConfigMap" and c["what"] == "data.MODE"
            and c["by"] and c["time"]], verdict
    assert "the-value-itself" not in json.dumps(verdict)
    assert ns.refusals() == []
    if ns.cluster.audit_log:
        assert ("list", "configmaps") in ns.used_rules()


@pytest.mark.real("kubectl sends a token only to a server with TLS")
def test_a_worker_program_can_look_with_kubectl(ns, start, tmp_path):
    """What the guide's list has beyond Cortex's own looks: kubectl get of one pod and one event, and watching events."""
    sandfly.deploy(ns, sandfly.deployment(ns.name, replicas=1))
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


def test_nothing_is_asked_for_beyond_the_documented_rights(ns, start):
    if not ns.cluster.audit_log:
        pytest.skip("there is no audit log to read")
    sandfly.deploy(ns)
    server = start(ns)
    assert server.ask().is_answered
    to_zero(ns)
    assert server.ask().is_answered
    ns.patch("service", NAME, {"spec": {"selector": {"app": "sandfly"}}})
    ns.until_unreachable()
    assert server.ask().is_answered
    assert ns.refusals() == []
    assert ("patch", "services") in ns.used_rules()


def test_secrets_are_never_asked_for(ns, start):
    if not ns.cluster.audit_log:
        pytest.skip("there is no audit log to read")
    sandfly.deploy(ns)
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
