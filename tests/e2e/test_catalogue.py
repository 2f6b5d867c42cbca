"""Rows of the fault catalogue that take a few seconds: other kinds of workloads, dependencies, and a look at everything."""
import json

import pytest

from harness import cortex, sandfly
from harness.sandfly import NAME
from harness.world import World

#: A kubelet of 1.20 takes most of a minute to take away a pod whose image cannot be pulled, beside others more.
PATIENT = {"CORTEX_ROLLOUT_TIMEOUT": "150s", "CORTEX_WORKER_TIMEOUT": "220s", "timeout": 240}


@pytest.mark.cause("statefulset-stuck")
def test_a_statefulset_is_rolled_back_and_the_pod_that_it_waits_for_is_evicted(ns):
    sandfly.deploy_as(ns, "StatefulSet")
    sandfly.unfindable_image(ns, "statefulset")
    ns.until_waiting("ErrImagePull", "ImagePullBackOff")
    verdict = cortex.diagnose(ns)
    assert (verdict["cause"]["id"], verdict["plan"]["action"]) == ("statefulset-stuck", "rollback"), verdict
    run = cortex.heal(ns, **PATIENT)
    assert run.json["success"], run.out
    assert ns.writes() in (None, [f"statefulsets {NAME}", f"pods/eviction {NAME}-0"])
    assert ns.answers()


@pytest.mark.cause("daemonset-stuck")
def test_a_daemonset_is_rolled_back(ns):
    sandfly.deploy_as(ns, "DaemonSet")
    sandfly.unfindable_image(ns, "daemonset")
    ns.until_waiting("ErrImagePull", "ImagePullBackOff")
    verdict = cortex.diagnose(ns)
    assert (verdict["cause"]["id"], verdict["plan"]["action"]) == ("daemonset-stuck", "rollback"), verdict
    run = cortex.heal(ns, **PATIENT)
    assert run.json["success"], run.out
    assert ns.writes() in (None, [f"daemonsets {NAME}"])
    assert ns.answers()


@pytest.mark.cause("sandbox-failed")
@pytest.mark.real("the embedded cluster's node has whatever runtime is asked for")
def test_a_runtime_that_the_node_lacks_is_gone_back_from(ns):
    sandfly.deploy(ns)
    ns.apply({"apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": ns.name}, "handler": "nope"})
    try:
        sandfly.change(ns, pod={"runtimeClassName": ns.name})
        ns.until(lambda: any(e.get("reason") == "FailedCreatePodSandBox" for e in ns.list("events")), "a failed sandbox")
        run = cortex.heal(ns, **PATIENT)
        assert run.json["success"] and run.json["cause"] == "sandbox-failed", run.out
        assert ns.writes() in (None, [f"deployments {NAME}"])
        assert ns.answers()
    finally:
        ns.cluster.kubectl("delete", "runtimeclass", ns.name, "--ignore-not-found")


@pytest.mark.cause("dependency-down")
def test_the_root_is_healed_and_its_victim_left_alone(ns):
    probe = {"exec": {"command": ["python3", "-c", "import urllib.request as u\n"
                                  "u.urlopen('http://database:3000/health', timeout=2)"]},
             "periodSeconds": 1, "timeoutSeconds": 5}
    sandfly.deploy(
        ns, sandfly.deployment(ns.name, name="database", replicas=1),
        sandfly.deployment(ns.name, replicas=1, readinessProbe=probe,
                           env=[{"name": "DATABASE_URL", "value": "http://database:3000"}],
                           does={"dependsOn": [{"host": "database", "port": 3000, "effect": "unready"}]}))
    ns.kubectl("scale", "deployment", "database", "--replicas=0")
    ns.until(lambda: not ns.endpoints(), "the victim to have no endpoint")
    verdict = cortex.diagnose(ns)
    assert verdict["cause"]["id"] == "dependency-down", verdict
    assert verdict["cause"]["object"]["name"] == "database"
    assert [victim["name"] for victim in verdict["cause"]["victims"]] == [NAME]
    run = cortex.heal(ns)
    assert run.json["success"], run.out
    assert ns.writes() in (None, ["deployments/scale database"])
    assert ns.answers()


@pytest.mark.cause("job-failed", "suspended", "pvc-pending")
def test_what_only_a_person_can_mend_is_named_and_left_alone(ns):
    ns.apply(
        {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "report", "namespace": ns.name},
         "spec": {"backoffLimit": 0, "template": {"spec": {"restartPolicy": "Never", "containers": [
             {"name": "report", "image": "busybox", "command": ["sh", "-c", "echo no such table; exit 1"]}]}}}},
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data", "namespace": ns.name},
         "spec": {"storageClassName": "nope", "accessModes": ["ReadWriteOnce"],
                  "resources": {"requests": {"storage": "1Gi"}}}})
    workload = sandfly.deployment(ns.name, volumeMounts=[{"name": "data", "mountPath": "/data"}])
    workload["spec"]["template"]["spec"]["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    sandfly.deploy(ns, workload, ready=False)
    before = World.of(ns)
    ns.until(lambda: any(e.get("reason") == "BackoffLimitExceeded" for e in ns.list("events")), "the Job to fail")
    ns.until(lambda: cortex.diagnose(ns)["cause"]["id"] == "pvc-pending", "the claim to be named", 30)
    verdict = cortex.diagnose(ns, "job/report")
    assert (verdict["cause"]["id"], verdict["plan"]["action"]) == ("job-failed", "escalate"), verdict
    assert "no such table" in verdict["cause"]["summary"]
    assert f"kubectl logs job/report --tail=50 -n {ns.name}" in verdict["advice"]
    # Only its own namespace may be listed: asked for all of them it is refused, and looks at the ones it knows.
    ns.withhold("list", "deployments")
    ns.withhold("list", "namespaces")
    run = cortex.run("diagnose", "-A", "-o", "json", "-n", ns.name, directory=ns.directory, kubeconfig=ns.kubeconfig)
    survey = json.loads(run.out)
    assert run.code == 1
    assert {item["cause"]["id"] for item in survey["diagnoses"]} == {"pvc-pending", "job-failed"}
    assert ns.writes() in (None, [])
    assert World.of(ns).template == before.template


@pytest.mark.cause("service-deleted")
@pytest.mark.parametrize("asked", [True, False], ids=["asked", "watched"])
def test_a_deleted_service_is_made_again_as_it_was(ns, start, asked):
    sandfly.deploy(ns)
    good = World.of(ns)
    server = start(ns, watch=not asked)
    assert server.ask().is_answered
    ns.kubectl("delete", "service", NAME)
    if asked:
        task = server.ask()
        assert task.is_answered, task.text
        assert "cause: service-deleted" in task.text.lower()
    else:
        ns.until(ns.answers, "the Service to be back", 60)
    after = World.of(ns)
    assert after.service["selector"] == good.service["selector"]
    assert [(p["port"], p["targetPort"]) for p in after.service["ports"]] == [(3000, "mcp")]
    assert (after.replicas, after.template, after.pods) == (good.replicas, good.template, good.pods)
    assert {line.split()[0] for line in ns.writes() or ["services"]} == {"services"}


@pytest.mark.cause("oom-limit-low")
def test_a_memory_limit_is_raised_once(ns):
    sandfly.deploy(ns, sandfly.deployment(ns.name, replicas=1, resources={"limits": {"memory": "40Mi"}}), ready=False)
    # Each start imports the whole SDK before it is killed, and waits longer than the one before.
    ns.until_waiting("OOMKilled", restarts=2, seconds=180)
    run = cortex.heal(ns)
    assert run.json["success"], run.out
    workload = ns.get("deployment", NAME)
    assert workload["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["memory"] == "80Mi"
    assert workload["metadata"]["annotations"]["cortex.io/memory-raised"] == "40Mi → 80Mi"
    assert ns.writes() in (None, [f"deployments {NAME}"])


@pytest.mark.parametrize("form", ["json", "yaml", "text"])
def test_strategies_are_listed_without_a_cluster(tmp_path, form):
    run = cortex.run("strategies", "-o", form, directory=tmp_path, kubeconfig=None)
    assert run.code == 0
    for name in ("rollback", "memory", "evict-left-behind", "recreate-service", "escalate"):
        assert name in run.out
