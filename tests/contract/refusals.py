"""Pods that are refused, or that nobody scales: the words of ReplicaFailure, FailedCreate and of the autoscaler."""
from objects import container, deployment, serving, template
from outcomes import case


def refused(scene, name):
    scene.until("ReplicaFailure", lambda: scene.condition("Deployment", name, "ReplicaFailure"))
    scene.see("its conditions", scene.condition("Deployment", name))
    sets = scene.all("ReplicaSet", f"app={name}")
    scene.see("its ReplicaSet's conditions", scene.condition("ReplicaSet", sets[0]["metadata"]["name"]))
    scene.until("FailedCreate", lambda: scene.events("ReplicaSet", "FailedCreate"))
    scene.see("its events", scene.events("ReplicaSet", "FailedCreate"))


@case
def a_quota_that_is_exceeded(scene):
    scene.make({"kind": "ResourceQuota", "metadata": {"name": "few"}, "spec": {"hard": {"pods": "1"}}})
    scene.until("the quota's arithmetic", lambda: "used" in scene.get("ResourceQuota", "few").get("status", {}))
    scene.make(deployment(replicas=2))
    refused(scene, "web")
    scene.see("the quota", scene.get("ResourceQuota", "few")["status"])
    scene.delete("ResourceQuota", "few")
    scene.ready("Deployment", "web", 2)
    scene.rolled("web")
    scene.see("its conditions without the quota", scene.condition("Deployment", "web"))


@case
def a_quota_that_asks_for_requests(scene):
    scene.make({"kind": "ResourceQuota", "metadata": {"name": "memory"}, "spec": {"hard": {"limits.memory": "1Gi"}}})
    scene.until("the quota's arithmetic", lambda: "used" in scene.get("ResourceQuota", "memory").get("status", {}))
    scene.make(deployment(replicas=1))
    refused(scene, "web")


@case
def a_limit_range_that_is_broken(scene):
    scene.make({"kind": "LimitRange", "metadata": {"name": "small"}, "spec": {"limits": [
        {"type": "Container", "max": {"memory": "16Mi"}}]}})
    scene.until("the limit range", lambda: scene.get("LimitRange", "small"))
    scene.until("admission to know it", lambda: scene.ask("POST", scene.path("Pod") + "?dryRun=All", {
        "apiVersion": "v1", **_big()})[0] == 403)
    scene.make(deployment(pod=template("web", _big()["spec"]["containers"][0]), replicas=1))
    refused(scene, "web")


def _big():
    return {"kind": "Pod", "metadata": {"name": "big"}, "spec": {"containers": [
        container(resources={"limits": {"memory": "64Mi"}})]}}


@case
def a_service_account_that_is_missing(scene):
    scene.make(deployment(pod=template("web", serving(), serviceAccountName="nope"), replicas=1))
    refused(scene, "web")


@case
def a_webhook_that_is_down(scene):
    path = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
    hook = {
        "name": "nobody.example.com", "failurePolicy": "Fail", "sideEffects": "None", "timeoutSeconds": 2,
        "admissionReviewVersions": ["v1"], "namespaceSelector": {"matchLabels": {"contract": scene.namespace}},
        "clientConfig": {"service": {"namespace": scene.namespace, "name": "nobody", "path": "/"}},
        "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]}
    scene.ask("POST", path, {
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": scene.namespace}, "webhooks": [hook]})
    try:
        scene.until("admission to know it", lambda: scene.ask("POST", scene.path("Pod") + "?dryRun=All", {
            "apiVersion": "v1", **_big()})[0] == 500)
        scene.make(deployment(replicas=1))
        refused(scene, "web")
    finally:
        scene.ask("DELETE", f"{path}/{scene.namespace}")


def scaler(name, **spec):
    return {"kind": "HorizontalPodAutoscaler", "metadata": {"name": name}, "spec": {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}, "minReplicas": 1,
        "maxReplicas": 2, "targetCPUUtilizationPercentage": 50, **spec}}


@case
def an_autoscaler(scene):
    bare = serving()
    bare.pop("resources")
    scene.make(deployment("bare", template("bare", bare), replicas=1), scaler("bare"), scaler("absent"))
    scene.make(deployment("zero", replicas=0), scaler("zero"))
    path = "/apis/autoscaling/v2beta2/namespaces/" + scene.namespace + "/horizontalpodautoscalers/"

    def conditions(name):
        found = scene.ask("GET", path + name)[1].get("status", {}).get("conditions") or []
        return sorted([c["type"], c["status"], c.get("reason"), c.get("message")] for c in found)
    wanted = {"bare": "FailedGetResourceMetric", "absent": "FailedGetScale", "zero": "ScalingDisabled"}
    for name, reason in wanted.items():
        scene.until(f"{reason} of {name}", lambda: any(c[2] == reason for c in conditions(name)), 75)
    # Before the first figures of a new pod there are others words.
    words = "missing request for cpu"
    scene.until("the words about the request", lambda: any(words in (c[3] or "") for c in conditions("bare")), 75)
    for name in ("bare", "absent", "zero"):
        scene.see(f"the conditions of {name}", conditions(name))
    scene.see("the events of absent", scene.events("absent"))
    scene.see("the events about the request", [e for e in scene.events("bare") if words in e[2]])
