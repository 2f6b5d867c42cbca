"""Other kinds of workloads, what a namespace may have, and the traps: what looks like a fault and is none."""
import json
import threading
import time

from common import hang, replace_pods, unprobed, waiting
from fault import Fault
from harness import rights, sandfly
from harness.sandfly import NAME

#: Serves as long as the API server lets it read its settings, and says why it does not.
SETTINGS = """
import json, runpy, ssl, threading, time, urllib.error, urllib.request
place = "/var/run/secrets/kubernetes.io/serviceaccount/"
space = open(place + "namespace").read()
def read():
    request = urllib.request.Request(
        f"https://kubernetes.default.svc/api/v1/namespaces/{space}/configmaps",
        headers={"Authorization": "Bearer " + open(place + "token").read()})
    urllib.request.urlopen(request, timeout=5, context=ssl._create_unverified_context()).read()
while True:
    try:
        read()
        break
    except urllib.error.HTTPError as error:
        print("cannot read settings:", json.loads(error.read())["message"], flush=True)
    time.sleep(2)
runpy.run_path("server.py", run_name="__main__")
"""
BUSY = """
import runpy, threading
def burn():
    while True: sum(range(10000))
threading.Thread(target=burn, daemon=True).start()
runpy.run_path("server.py", run_name="__main__")
"""


def _events(ns, reason):
    return any(event.get("reason") == reason for event in ns.list("events"))


def _restarted(ns, app=NAME, restarts=1):
    return any(status["restartCount"] >= restarts for pod in ns.pods(app)
               for status in pod["status"].get("containerStatuses", []))


def _condition(ns, name, status, kind="horizontalpodautoscalers.v2beta2.autoscaling"):
    found = json.loads(ns.kubectl("get", kind, NAME, "-o", "json"))["status"].get("conditions") or []
    return any(c["type"] == name and c["status"] == status for c in found)


def _leftover(ns):
    """A pod whose time is over is Failed, and its ReplicaSet makes another."""
    ns.patch("pod", ns.pods()[0]["metadata"]["name"], {"spec": {"activeDeadlineSeconds": 1}})


def _has_leftover(ns):
    return any(pod["status"].get("phase") == "Failed" for pod in ns.pods()) and len(ns.endpoints()) == 2


def _as(kind):
    return lambda ns: sandfly.deploy_as(ns, kind)


def _unfindable_image(kind):
    return lambda ns: sandfly.unfindable_image(ns, kind)


def _cron(ns, *command, **spec):
    pod = {"restartPolicy": "Never", "terminationGracePeriodSeconds": 0,
           "containers": [{"name": "report", "image": "busybox", "command": list(command)}]}
    place = {"name": "report", "namespace": ns.name}
    ns.apply({"apiVersion": "batch/v1beta1", "kind": "CronJob", "metadata": place,
              "spec": {"schedule": "* * * * *", "concurrencyPolicy": "Forbid",
                       "jobTemplate": {"spec": {"template": {"spec": pod}}}, **spec}})


def _has_missed_runs(ns):
    jobs = json.loads(ns.kubectl("get", "jobs", "-o", "json"))["items"]
    begun = [time.mktime(time.strptime(j["status"].get("startTime", ""), "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
             for j in jobs if j["status"].get("startTime")]
    return any(time.time() - at > 130 for at in begun)


def _job(ns):
    ns.apply({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "report", "namespace": ns.name},
              "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [
                  {"name": "report", "image": "busybox", "command": ["true"]}]}}}})


def _webhook(ns):
    ns.cluster.kubectl("label", "namespace", ns.name, f"faults={ns.name}")
    ns.apply({
        "apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": ns.name}, "webhooks": [{
            "name": "guard.example.com", "failurePolicy": "Fail", "sideEffects": "None", "timeoutSeconds": 2,
            "admissionReviewVersions": ["v1"], "namespaceSelector": {"matchLabels": {"faults": ns.name}},
            "clientConfig": {"service": {"name": "guard", "namespace": ns.name, "path": "/"}, "caBundle": ""},
            "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}]}]})
    replace_pods(ns)


def _reader(ns):
    """A workload that lives by a right of its own."""
    role = {"name": "settings", "namespace": ns.name}
    ns.apply(
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "reader", "namespace": ns.name}},
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": role,
         "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]}]},
        {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": role,
         "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "settings"},
         "subjects": [{"kind": "ServiceAccount", "name": "reader", "namespace": ns.name}]})
    workload = sandfly.deployment(ns.name, args=["-c", SETTINGS])
    workload["spec"]["template"]["spec"]["serviceAccountName"] = "reader"
    sandfly.deploy(ns, workload)


def _revoke(ns):
    ns.kubectl("delete", "rolebinding", "settings")
    replace_pods(ns)


def _scaler(ns, most, **container):
    sandfly.deploy(ns, sandfly.deployment(ns.name, **container))
    ns.apply({"apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler",
              "metadata": {"name": NAME, "namespace": ns.name},
              "spec": {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": NAME},
                       "minReplicas": 2, "maxReplicas": most, "targetCPUUtilizationPercentage": 20}})


def _maxed(ns):
    _scaler(ns, 2, args=["-c", BUSY], resources={"requests": {"cpu": "50m"}, "limits": {"cpu": "150m"}})


def _blind(ns):
    _scaler(ns, 4, resources={"requests": {"memory": "48Mi"}, "limits": {"memory": "192Mi"}})


def _guarded(ns):
    unprobed(ns)
    ns.apply({"apiVersion": "policy/v1beta1", "kind": "PodDisruptionBudget",
              "metadata": {"name": NAME, "namespace": ns.name},
              "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app": NAME}}}})


def _many(ns):
    sandfly.deploy(ns, sandfly.deployment(ns.name), *(
        sandfly.deployment(ns.name, name=f"service-{index}", replicas=1) for index in range(4)))


def _all_bad(ns):
    names = [item["metadata"]["name"] for item in ns.list("deployments")]
    for name in names:
        ns.kubectl("set", "image", f"deployment/{name}", f"{name}=sandfly-mcp:nope")


def _none_serves(ns):
    return not any(ns.endpoints(item["metadata"]["name"]) for item in ns.list("deployments"))


class _Flapping:
    """Takes the service down again as often as somebody brings it back."""

    def __init__(self):
        self.ended = threading.Event()

    def begin(self, ns):
        self.ended.clear()
        ns.kubectl("scale", "deployment", NAME, "--replicas=0")
        threading.Thread(target=self._go_on, args=(ns,), daemon=True).start()

    def _go_on(self, ns):
        while not self.ended.wait(1):
            if ns.ready_pods() and not self.ended.is_set():
                ns.kubectl("scale", "deployment", NAME, "--replicas=0", check=False)

    def end(self, ns):
        self.ended.set()


def _flapping():
    hand = _Flapping()
    return Fault(
        "flapping", hand.begin, lambda ns: not ns.ready_pods(), ("scale",), restored=False, causes=("scaled-to-zero",),
        maximum_writes=5, keeps_count=False, after=hand.end, seconds=120)


def _without_rights(ns):
    kept = [rule for rule in rights.rules("cortex-api-reader") if "patch" not in rule["verbs"]]
    ns.allow(kept)
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")


FAULTS = [
    Fault("pod-failed-leftover", _leftover, _has_leftover, ("none", "wait"), causes=("noise", "healthy"), seconds=30),
    Fault("crash-transient", replace_pods, _restarted, ("wait", "none"), seconds=60, confirmed=True,
          deploy=sandfly.deploy_crashing_twice),
    Fault("oom-limit-low", lambda ns: None, lambda ns: _restarted(ns, restarts=2), ("memory", "escalate"),
          causes=("oom-leak",), replicas=1, seconds=120, confirmed=True, deploy=lambda ns: sandfly.deploy(
              ns, sandfly.deployment(ns.name, replicas=1, resources={"limits": {"memory": "40Mi"}}), ready=False)),
    Fault("statefulset-stuck", _unfindable_image("statefulset"), waiting("ErrImagePull", "ImagePullBackOff"),
          ("rollback",), kind="statefulset", replicas=1, deploy=_as("StatefulSet"), seconds=100),
    Fault("daemonset-stuck", _unfindable_image("daemonset"), waiting("ErrImagePull", "ImagePullBackOff"), ("rollback",),
          kind="daemonset", replicas=1, deploy=_as("DaemonSet")),
    Fault("cronjob-blocked", lambda ns: _cron(ns, "sleep", "100000"), _has_missed_runs, ("escalate",), confirmed=True,
          visible_within=260),
    Fault("webhook-down", _webhook, lambda ns: _events(ns, "FailedCreate"), ("escalate",), restored=False,
          after=lambda ns: ns.cluster.kubectl(
              "delete", "validatingwebhookconfiguration", ns.name, "--ignore-not-found")),
    Fault("rbac-revoked", _revoke, lambda ns: not ns.endpoints() and ns.pods(), ("escalate",), restored=False,
          deploy=_reader, confirmed=True, seconds=100),
    Fault("hpa-maxed", lambda ns: None, lambda ns: _condition(ns, "ScalingLimited", "True"), ("escalate",),
          deploy=_maxed, confirmed=True, seconds=120),
    Fault("hpa-blind", lambda ns: None, lambda ns: _condition(ns, "ScalingActive", "False"), ("escalate",),
          deploy=_blind, confirmed=True),
    Fault("pdb-blocks", hang, lambda ns: True, ("wait", "escalate"), deploy=_guarded, replicas=1, restored=False,
          causes=("hang",), asked=True, seconds=100, confirmed=True),
    Fault("human-editing", sandfly.unfindable_image, waiting("ErrImagePull", "ImagePullBackOff"),
          ("wait", "escalate"), restored=False, causes=("image-not-found",), grace="120s", seconds=45, confirmed=True),
    Fault("job-completed", _job, lambda ns: _events(ns, "Completed"), ("none",), seconds=30),
    Fault("suspended", lambda ns: _cron(ns, "true", suspend=True), lambda ns: True, ("none",), seconds=30),
    Fault("mass-failure", _all_bad, _none_serves, ("escalate", "none"), restored=False, deploy=_many, confirmed=True,
          causes=("image-not-found",), seconds=60),
    _flapping(),
    Fault("forbidden", _without_rights, lambda ns: not ns.pods(), ("escalate",), restored=False,
          causes=("scaled-to-zero",), confirmed=True),
]
