"""Worlds in which one right or the other is needed."""
import dataclasses

from . import sandfly
from .sandfly import NAME

#: A container that the kubelet cannot start, or that ends at once.
FAILED = ("RunContainerError", "CrashLoopBackOff", "StartError")
NO_PROGRAM = ["/no/such/program"]


def to_zero(ns, kind="deployment", name=NAME):
    ns.kubectl("scale", kind, name, "--replicas=0")
    ns.until_gone(name)


def bad_command(ns, kind, name):
    """A person's change after which no container starts."""
    containers = [{"name": name, "command": NO_PROGRAM}]
    ns.patch(kind, name, {"spec": {"template": {"spec": {"containers": containers}}}}, type="strategic")
    ns.until_waiting(*FAILED, app=name)


def lost_selector(ns, kind, name):
    ns.patch("service", name, {"spec": {"selector": {"app": "sandfly"}}})
    ns.until_unreachable(name)


def hang(ns, kind, name):
    for pod in ns.ready_pods(name):
        sandfly.hang(ns, pod)


def lost_pods(ns, kind, name):
    ns.kubectl("delete", "pods", "--all", "--wait=false")


@dataclasses.dataclass
class Healable:
    """A service of one pod, serving, which can be broken again after it was healed."""
    broken: object
    kind: str = "Deployment"
    #: A tool server where it matters that it is one, or that it takes a while to start.
    service: str = sandfly.PLAIN

    def stand(self, ns):
        sandfly.deploy_as(ns, self.kind, sandfly.plain(ns.name) if self.service == sandfly.PLAIN else None)

    def break_it(self, ns):
        self.broken(ns, self.kind.lower(), self.service)


HEALABLE = {
    "zero": Healable(to_zero), "stateful": Healable(to_zero, "StatefulSet"),
    "replica-set": Healable(to_zero, "ReplicaSet"), "selector": Healable(lost_selector),
    "bad-command": Healable(bad_command), "stateful-command": Healable(bad_command, "StatefulSet"),
    "daemon-command": Healable(bad_command, "DaemonSet"),
    "hang": Healable(hang, service=NAME), "daemon": Healable(lost_pods, "DaemonSet", NAME),
}


def bound(ns, kind):
    """A namespace whose quota, or whose limits, let the tool server's pod in no more."""
    spec = {"ResourceQuota": {"hard": {"pods": "0"}},
            "LimitRange": {"limits": [{"type": "Container", "max": {"memory": "1Mi"}}]}}[kind]
    ns.apply({"apiVersion": "v1", "kind": kind, "metadata": {"name": "bounds", "namespace": ns.name}, "spec": spec})
    sandfly.deploy(ns, sandfly.deployment(
        ns.name, replicas=1, resources={"limits": {"memory": "64Mi"}, "requests": {"memory": "8Mi"}}), ready=False)
    ns.until(lambda: any(e.get("reason") == "FailedCreate" for e in ns.list("events")), "the pod to be refused")


def claim(ns):
    """A pod that waits for a claim that nobody fulfils."""
    ns.apply({
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data", "namespace": ns.name},
        "spec": {"storageClassName": "no-such-class", "accessModes": ["ReadWriteOnce"],
                 "resources": {"requests": {"storage": "1Mi"}}}})
    workload = sandfly.deployment(ns.name, replicas=1)
    workload["spec"]["template"]["spec"]["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    sandfly.deploy(ns, workload, ready=False)
    ns.until(lambda: [pod for pod in ns.pods() if pod["status"]["phase"] == "Pending"], "a pod that waits")


def configured_crash(ns):
    """A pod that reads a ConfigMap, which somebody changed, and cannot start."""
    ns.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings", "namespace": ns.name},
              "data": {"MODE": "as-it-was"}})
    sandfly.deploy(ns, sandfly.deployment(
        ns.name, replicas=1, command=NO_PROGRAM, envFrom=[{"configMapRef": {"name": "settings"}}]), ready=False)
    ns.until_waiting(*FAILED)
    ns.patch("configmap", "settings", {"data": {"MODE": "the-value-itself"}})


def crash(ns):
    """The only revision there ever was ends at once."""
    sandfly.deploy(ns, sandfly.deployment(
        ns.name, replicas=1, args=["-c", "raise SystemExit(1)"],
        does={"crash": {"after": 0.3, "code": 1, "log": ["no vault"]}}), ready=False)
    ns.until_waiting(*FAILED)


def starved(ns):
    """The only revision there ever was is killed at its limit, again and again, though that was raised."""
    workload = sandfly.deployment(
        ns.name, replicas=1, readinessProbe=None, resources={"limits": {"memory": "48Mi"}},
        args=["-c", "held = []\nwhile True: held.append(bytearray(4 << 20))"],
        does={"leak": {"at": 0, "bytesPerSecond": 100_000_000}})
    workload["metadata"]["annotations"] = {"cortex.io/memory-raised": "24Mi → 48Mi"}
    sandfly.deploy(ns, workload, ready=False)
    ns.until_waiting("OOMKilled", "CrashLoopBackOff")


def failed_job(ns):
    ns.apply({
        "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": NAME, "namespace": ns.name},
        "spec": {"backoffLimit": 0, "template": {"spec": {"restartPolicy": "Never", "containers": [
            {"name": "report", "image": "busybox", "command": ["sh", "-c", "exit 1"]}]}}}})
    ns.until(lambda: any(e.get("reason") == "BackoffLimitExceeded" for e in ns.list("events")), "the Job to fail")


def break_by(ns, how):
    """Brings about a world, by its name."""
    if how in HEALABLE:
        HEALABLE[how].stand(ns)
        return HEALABLE[how].break_it(ns)
    {
        "quota": lambda: bound(ns, "ResourceQuota"), "limits": lambda: bound(ns, "LimitRange"),
        "claim": lambda: claim(ns), "configured-crash": lambda: configured_crash(ns), "crash": lambda: crash(ns),
        "job": lambda: failed_job(ns), "starved": lambda: starved(ns),
    }[how]()
