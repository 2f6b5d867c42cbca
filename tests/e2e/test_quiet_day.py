"""A day on which nothing is wrong: everything that people and controllers do to a cluster, and no incident of it."""
import json

import pytest

from harness import rights, sandfly, stream, wait
from harness.sandfly import NAME

NAMES = [NAME, "inventory-mcp-server", "proxmox-mcp-server"]


def slow(ns, name, seconds, **container):
    """Ready only after this time, as what warms a cache."""
    workload = sandfly.deployment(ns.name, name, readinessProbe={
        "httpGet": {"path": "/health", "port": "mcp"}, "initialDelaySeconds": seconds, "periodSeconds": 1}, **container)
    # As most people have it: no pod goes before another has come.
    workload["spec"]["strategy"] = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    return workload


def rollout(ns, name, value):
    sandfly.change(ns, name, env=[{"name": "GREETING", "value": value}])


def until_rolled_out(ns, names):
    for name in names:
        ns.until(lambda: sandfly.rolled_out(ns, name), f"the rollout of {name}", 180)


def evict(ns, pod):
    """What a drain does to each pod."""
    place = {"name": pod["metadata"]["name"], "namespace": ns.name}
    ns.kubectl("create", "--raw", f"/api/v1/namespaces/{ns.name}/pods/{place['name']}/eviction", "-f", "-",
               stdin=json.dumps({"apiVersion": "policy/v1beta1", "kind": "Eviction", "metadata": place}))


def batch(ns, kind, name, seconds):
    pod = {"restartPolicy": "Never", "terminationGracePeriodSeconds": 0, "containers": [
        {"name": "work", "image": "busybox", "command": ["sleep", str(seconds)]}]}
    template = {"spec": {"template": {"spec": pod}}}
    if kind == "Job":
        return {"apiVersion": "batch/v1", "kind": kind, "metadata": {"name": name, "namespace": ns.name}, **template}
    return {"apiVersion": "batch/v1beta1", "kind": kind, "metadata": {"name": name, "namespace": ns.name},
            "spec": {"schedule": "* * * * *", "concurrencyPolicy": "Forbid", "jobTemplate": template}}


def idle_scaler(ns, name):
    """At its maximum, which is all it needs."""
    return {"apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": name, "namespace": ns.name},
            "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
                     "minReplicas": 2, "maxReplicas": 2, "targetCPUUtilizationPercentage": 300}}


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.real("what a busy kubelet and the controllers of a real cluster show between two states is the point")
def test_a_day_of_normal_operations_has_no_incident_and_no_write(ns, start):
    sandfly.deploy(ns, *[slow(ns, name, 1) for name in NAMES])
    server = start(ns, watch=True)
    wait.until(lambda: "Watching" in server.output, "the first lists", 30)

    # Work that ends, runs on a schedule, and an autoscaler that begins without figures.
    ns.apply(batch(ns, "Job", "import", 5), batch(ns, "CronJob", "report", 3), idle_scaler(ns, NAME))
    # All are rolled out at the same time; one of them takes a minute for each pod.
    ns.apply(slow(ns, NAMES[2], 30))
    for name in NAMES:
        rollout(ns, name, "good morning")
    until_rolled_out(ns, NAMES)
    # Fewer, more, and restarted by hand.
    ns.kubectl("scale", "deployment", NAMES[1], "--replicas=1")
    ns.until(lambda: len(ns.pods(NAMES[1])) == 1, "one pod less")
    ns.kubectl("scale", "deployment", NAMES[1], "--replicas=3")
    ns.kubectl("rollout", "restart", f"deployment/{NAMES[1]}")
    until_rolled_out(ns, NAMES[1:2])
    # A node is emptied, pod by pod; a pod is deleted.
    for pod in ns.pods():
        evict(ns, pod)
        ns.until(lambda: len(ns.endpoints()) == 2 and len(ns.pods()) == 2, "the evicted pod's successor")
    ns.kubectl("delete", "pod", ns.pods()[0]["metadata"]["name"], "--wait=false")
    ns.until(lambda: len(ns.endpoints()) == 2 and len(ns.pods()) == 2, "the deleted pod's successor")
    # A service is taken out of use, its Service first.
    ns.kubectl("delete", "service", NAMES[2])
    ns.kubectl("delete", "deployment", NAMES[2])
    ns.until(lambda: [job for job in json.loads(ns.kubectl("get", "jobs", "-o", "json"))["items"]
                      if job["metadata"]["name"] != "import" and job["status"].get("succeeded")],
             "a run of the CronJob", 100)
    status, _, text = stream.request(server.url, path="/api/incidents")
    assert status == 200 and json.loads(text)["incidents"] == [], text
    # The whole namespace goes, with a pod that takes its time, and with it what Cortex's account may do there.
    for right in rights.flat(rights.rules("cortex-api-reader")):
        ns.withhold(*right)
    ns.cluster.kubectl("delete", "namespace", ns.name, "--wait=false")
    ns.until(lambda: not ns.list("deployments"), "the workloads to be gone")
    # A busy kubelet of 1.20 keeps the objects of pods that have ended for another minute.
    wait.until(lambda: not ns.list("pods"), "the pods to be gone", 150)
    status, _, text = stream.request(server.url, path="/api/incidents")
    assert status == 200 and json.loads(text)["incidents"] == [], text
    assert ns.writes() in (None, [])
