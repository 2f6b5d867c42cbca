"""What Cortex finds before anybody asks, and what it leaves alone."""
import json
import os
import threading

import pytest

from harness import cortex, sandfly, stream, wait
from harness.sandfly import NAME
from harness.stream import at_once


def incidents(server, **query):
    text = "&".join(f"{key}={value}" for key, value in query.items())
    return json.loads(stream.request(server.url, path=f"/api/incidents?{text}")[2])["incidents"]


def until_incident(server, state, seconds=60):
    def found():
        return next((i for i in incidents(server) if i["state"] == state), None)
    brief = wait.until(found, f"an incident that is {state}: {incidents(server)}", seconds)
    return json.loads(stream.request(server.url, path=f"/api/incidents/{brief['id']}")[2])


def until_watching(server):
    wait.until(lambda: "Watching" in server.output, "the first lists", 30)


def everything(server, events):
    """Reads the stream of everything until an incident is closed."""
    stream.follow(server.url, "GET", "/api/events?after=0", timeout=120,
                  on_event=lambda event: events.append(event) or event["type"] != "incident_closed")


@pytest.mark.long
def test_a_bad_image_is_rolled_back_before_anybody_asks(ns, start):
    sandfly.deploy(ns)
    server = start(ns, watch=True)
    until_watching(server)
    events = []
    reader = threading.Thread(target=everything, args=(server, events), daemon=True)
    reader.start()
    # A rollout that goes well, and a pod that somebody deletes: no incident.
    sandfly.change(ns, env=[{"name": "GREETING", "value": "hello"}])
    ns.kubectl("rollout", "status", f"deployment/{NAME}", "--timeout=120s", timeout=150)
    ns.kubectl("delete", "pod", ns.pods()[0]["metadata"]["name"])
    ns.until(lambda: len(ns.endpoints()) == 2, "the deleted pod's successor")
    assert incidents(server) == []
    sandfly.change(ns, image="registry.invalid/nope:1")
    incident = until_incident(server, "healed", 100)
    assert incident["trigger"] == "watch" and incident["service"] == NAME
    assert incident["cause"] == "image-not-found" or incident["cause"].startswith("image"), incident["cause"]
    assert incident["plan"]["action"] == "rollback" and incident["policy"] == "auto"
    times = incident["times"]
    assert times["visible"] <= times["detected"] <= times["diagnosed"] <= times["acted"] <= times["closed"]
    assert incident["before"]["images"] != incident["after"]["images"]
    assert ns.answers()
    assert ns.writes() in (None, [f"deployments {NAME}"])
    reader.join(30)
    kinds = [event["type"] for event in events]
    assert kinds[0] == "incident_opened" and kinds[-1] == "incident_closed" and "incident_step" in kinds
    shown = cortex.run("incidents", incident["id"], "--server", server.url, directory=ns.directory, kubeconfig=None)
    assert shown.code == 0 and "rollback" in shown.out and "Steps:" in shown.out
    assert incident["id"] in cortex.run(
        "incidents", "--server", server.url, directory=ns.directory, kubeconfig=None).out


def test_three_different_faults_at_once_are_three_faults(ns, start):
    names = [NAME, "inventory-mcp-server", "proxmox-mcp-server"]
    sandfly.deploy(ns, *[sandfly.deployment(ns.name, name, replicas=1) for name in names])
    server = start(ns, watch=True, grace="30s")
    until_watching(server)
    sandfly.change(ns, names[0], image="registry.invalid/nope:1")
    sandfly.change(ns, names[1], command=["/nope"])
    for name in names[:2]:
        ns.until(lambda: not ns.endpoints(name), f"{name} without endpoints")
    ns.patch("service", names[2], {"spec": {"selector": {"app": "nobody"}}})
    # No person's change of a template stands against this repair: it shows that so many failing at once hold nothing.
    assert until_incident(server, "healed")["cause"] == "service-selector"
    queries = ["list sandfly hosts", "list inventory hosts", "list proxmox hosts"]
    for name, task in zip(names, at_once(3, lambda index: server.ask(queries[index]))):
        assert task.is_answered, f"{name}: {task.text}"
    assert "mass-failure" not in [incident["cause"] for incident in incidents(server)]


def test_a_zero_that_nobody_marked_is_restored_once_and_remembered_across_a_crash(ns, start, tmp_path):
    sandfly.deploy(ns)
    data = tmp_path / "data"
    server = start(ns, watch=True, flags=("--data-dir", str(data)))
    until_watching(server)
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    assert until_incident(server, "healed")["cause"] == "scaled-to-zero"
    ns.until(lambda: len(ns.endpoints()) == 2, "both replicas")
    server.kill()
    server = start(ns, watch=True, flags=("--data-dir", str(data)))
    until_watching(server)
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    told = until_incident(server, "escalated")
    assert "somebody means it" in told["message"], told["message"]
    assert ns.get("deployment", NAME)["spec"]["replicas"] == 0
    assert [i["state"] for i in incidents(server)] == ["escalated", "healed"]
    # Whoever needs it gets it.
    assert server.ask().is_answered


def test_observe_and_approve_change_nothing(ns, start):
    sandfly.deploy(ns, replicas=1)
    ns.cluster.kubectl("annotate", "namespace", ns.name, "cortex.io/heal=observe")
    server = start(ns, watch=True)
    until_watching(server)
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    seen = until_incident(server, "escalated")
    assert seen["policy"] == "observe" and seen["plan"]["action"] == "scale"
    # The workload's own word wins, and is looked at anew.
    ns.kubectl("annotate", "deployment", NAME, "cortex.io/heal=approve")
    waiting = until_incident(server, "waiting")
    assert f"kubectl scale deployment/{NAME} --replicas=1" in waiting["recommendation"]
    assert ns.writes() in (None, [])
    ns.kubectl("scale", "deployment", NAME, "--replicas=1")
    until_incident(server, "recovered")
    assert ns.writes() in (None, [])


def test_what_no_object_shows_is_found_by_asking_and_a_job_that_gave_up_is_told(ns, start):
    sandfly.deploy(ns, replicas=1)
    server = start(ns, watch=True, WATCH_ASK_EVERY="2s")
    until_watching(server)
    ns.apply({
        "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "report", "namespace": ns.name},
        "spec": {"backoffLimit": 0, "template": {"spec": {"restartPolicy": "Never", "containers": [{
            "name": "report", "image": os.environ["CORTEX_E2E_IMAGE"], "imagePullPolicy": "IfNotPresent",
            "command": ["/bin/sh", "-c", "exit 1"]}]}}}})
    assert until_incident(server, "escalated")["cause"] == "job-failed"
    hanging = ns.pods()[0]
    sandfly.hang(ns, hanging)
    incident = until_incident(server, "healed", 100)
    assert (incident["cause"], incident["symptom"], incident["plan"]["action"]) == ("hang", "silent", "replace")
    assert ns.writes() in (None, [f"pods/eviction {hanging['metadata']['name']}"])


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.real("the metrics and the CronJobs of a real cluster are what is watched")
def test_what_no_pod_shows_is_told_once_and_closed_when_it_is_over(ns, start):
    # No CPU request to measure against; a run that does not end and forbids the next.
    sandfly.deploy(ns, sandfly.deployment(ns.name, replicas=1, resources={"limits": {"memory": "192Mi"}}))
    server = start(ns, watch=True)
    until_watching(server)
    pod = {"restartPolicy": "Never", "terminationGracePeriodSeconds": 0, "containers": [
        {"name": "report", "image": "busybox", "command": ["sleep", "100000"]}]}
    place = {"namespace": ns.name}
    ns.apply(
        {"apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler", "metadata": {"name": NAME, **place},
         "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": NAME},
                  "maxReplicas": 3, "targetCPUUtilizationPercentage": 50}},
        {"apiVersion": "batch/v1beta1", "kind": "CronJob", "metadata": {"name": "report", **place},
         "spec": {"schedule": "* * * * *", "concurrencyPolicy": "Forbid",
                  "jobTemplate": {"spec": {"template": {"spec": pod}}}}},
        {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "import", **place},
         "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [
             {"name": "import", "image": "busybox:nope"}]}}}})

    def causes():
        return sorted(incident.get("cause", "") for incident in incidents(server))
    expected = ["cronjob-blocked", "hpa-blind", "image-not-found"]
    wait.until(lambda: causes() == expected, f"the three of them: {causes()}", 300)
    assert {incident["state"] for incident in incidents(server)} == {"escalated"}
    assert ns.writes() in (None, [])
    # Somebody ends the run; the others stay as they are.
    ns.kubectl("patch", "cronjob", "report", "-p", json.dumps({"spec": {"suspend": True}}))
    ns.kubectl("delete", "jobs", "--all", "--wait=false")

    def cleared():
        return sorted(incident.get("cause", "") for incident in incidents(server) if incident["times"].get("cleared"))
    wait.until(lambda: cleared() == ["cronjob-blocked", "image-not-found"], f"their end: {cleared()}", 60)
    assert causes() == expected and ns.answers()
    # The audit log has a watch when it has ended.
    server.stop()
    if ns.cluster.audit_log:
        watched = {("watch", "cronjobs"), ("watch", "horizontalpodautoscalers"), ("watch", "nodes")}
        ns.until(lambda: watched <= ns.used_rules(), "the rights in use", 20)
    assert ns.refusals() in (None, [])


def test_a_webhook_without_a_backend_is_told_once_with_all_who_suffer_from_it(ns, start):
    names = [NAME, "inventory-mcp-server"]
    sandfly.deploy(ns, *[sandfly.deployment(ns.name, name, replicas=1) for name in names], replicas=1)
    server = start(ns, watch=True)
    until_watching(server)
    ns.cluster.kubectl("label", "namespace", ns.name, f"checked={ns.name}")
    ns.apply({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": ns.name}, "webhooks": [{
            "name": "pods.check.example.com", "failurePolicy": "Fail", "sideEffects": "None",
            "admissionReviewVersions": ["v1"], "timeoutSeconds": 1,
            "namespaceSelector": {"matchLabels": {"checked": ns.name}},
            "clientConfig": {"service": {"name": "check", "namespace": ns.name}},
            "rules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}]}]})
    try:
        for name in names:
            ns.kubectl("delete", "pod", "-l", f"app={name}", "--wait=false")
        told = wait.until(lambda: next((i for i in incidents(server) if i.get("victims")), None), "a victim", 60)
        assert (told["cause"], told["causeObject"]) == ("webhook-down", f"Service/check in {ns.name}"), told
        assert {told["service"], told["victims"][0]["name"]} == set(names), told
        assert len(incidents(server)) == 1
        assert f"kubectl describe service check -n {ns.name}" in told["recommendation"]
        assert ns.writes() in (None, [])
    finally:
        ns.cluster.kubectl("delete", "validatingwebhookconfiguration", ns.name, "--ignore-not-found")
