"""Faults that take a part of the machine away: they are played alone, after all others."""
import json

from common import AFTER_DATABASE, pending, replace_pods, waiting
from fault import Fault
from harness import sandfly
from harness.sandfly import NAME


def _node(cluster):
    return json.loads(cluster.kubectl("get", "nodes", "-o", "json"))["items"][0]["metadata"]["name"]


def _is_ready(cluster):
    node = json.loads(cluster.kubectl("get", "nodes", "-o", "json"))["items"][0]
    return any(c["type"] == "Ready" and c["status"] == "True" for c in node["status"]["conditions"])


def _stop(part):
    return lambda ns: ns.cluster.stop(part)


def _start(*parts):
    def after(ns):
        for part in parts:
            ns.cluster.start(part)
        ns.until(lambda: _is_ready(ns.cluster), "the node to be ready again", 120)
    return after


def _registry_down(ns):
    ns.cluster.stop("registry")
    replace_pods(ns)


def _taint(ns):
    ns.cluster.kubectl("taint", "node", _node(ns.cluster), "for=others:NoSchedule")
    replace_pods(ns)


def _drain(ns):
    ns.cluster.kubectl("cordon", _node(ns.cluster))
    replace_pods(ns)


def _full(ns):
    """Others hold what the node has; the tool server's template is as it always was."""
    filler = sandfly.deployment(ns.name, name="filler", replicas=40, image="busybox", command=["sleep", "100000"])
    container = filler["spec"]["template"]["spec"]["containers"][0]
    for needless in ("ports", "readinessProbe", "args", "env"):
        del container[needless]
    container["resources"] = {"requests": {"cpu": "100m"}}
    ns.apply(filler)
    ns.until(lambda: any(c.get("reason") == "Unschedulable" for pod in ns.pods("filler")
                         for c in pod["status"].get("conditions", [])), "the node to be full", 120)
    workload = sandfly.deployment(ns.name, resources={"requests": {"cpu": "200m"}, "limits": {"memory": "192Mi"}})
    sandfly.deploy(ns, workload, ready=False)


def _by_name(ns):
    """A service that lives by the name of another."""
    env = [{"name": "DATABASE_URL", "value": "http://database:3000"}]
    sandfly.deploy(ns, sandfly.deployment(ns.name, name="database", replicas=1),
                   sandfly.deployment(ns.name, args=["-c", AFTER_DATABASE], env=env))


def _no_names(ns):
    ns.cluster.stop("dns")
    replace_pods(ns)


FAULTS = [
    Fault("image-registry-down", _registry_down, waiting("ErrImagePull", "ImagePullBackOff"), ("wait", "escalate"),
          restored=False, exclusive=True,
          deploy=lambda ns: sandfly.deploy(ns, sandfly.deployment(ns.name, imagePullPolicy="Always")),
          after=_start("registry")),
    Fault("taint", _taint, pending, ("escalate",), restored=False, exclusive=True,
          after=lambda ns: ns.cluster.kubectl("taint", "node", _node(ns.cluster), "for-")),
    Fault("node-drained", _drain, pending, ("none", "escalate", "wait"), restored=False, exclusive=True,
          after=lambda ns: ns.cluster.kubectl("uncordon", _node(ns.cluster))),
    Fault("node-full", lambda ns: None, pending, ("escalate",), restored=False, exclusive=True, deploy=_full),
    Fault("dns-down", _no_names, lambda ns: not ns.endpoints() and ns.pods(), ("escalate", "wait"), restored=False,
          exclusive=True, deploy=_by_name, after=_start("dns"), confirmed=True, seconds=100),
    Fault("node-not-ready", _stop("kubelet"), lambda ns: not _is_ready(ns.cluster), ("wait", "escalate"),
          restored=False, exclusive=True, after=_start("kubelet"), seconds=60),
    Fault("runtime-down", _stop("containerd"), lambda ns: not _is_ready(ns.cluster), ("wait", "escalate"),
          restored=False, causes=("node-not-ready",), exclusive=True, after=_start("containerd"), seconds=60),
]
