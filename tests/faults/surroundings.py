"""Faults of what a workload stands on, but for the machine: the API server, a registry, the network, a node's disk."""
import threading

import front
from common import waiting
from fault import Fault
from harness import sandfly
from harness.sandfly import NAME

#: More requests than these in a second, on average, are what an API server in trouble needs least.
BEARABLE = 10
#: Seconds that the API server is gone.
GONE = 15
#: An image that lies behind a login.
PRIVATE = "private.example/sandfly:2"


def _behind_front(ns):
    """The contestant reaches the API server, and what is behind it, through a front alone."""
    sandfly.deploy(ns)
    ns.front = front.lend(ns)


def _to_zero(ns):
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")


def _slow(ns):
    ns.front.stumble()
    _to_zero(ns)


def _hammering(ns):
    rate = ns.front.rate()
    return [f"{rate:.0f} requests a second to an API server in trouble"] if rate > BEARABLE else []


def _gone(ns):
    ns.front.go()
    _to_zero(ns)
    threading.Timer(GONE, ns.front.be_well).start()


def _locked(ns):
    """The image that it was made with lies behind a login, and there is no secret for it. The fault that closes the
    registry needs a workload to happen to."""
    ns.apply(sandfly.deployment(ns.name, name="other", replicas=0))
    ns.cluster.api.write("POST", f"/simulation/fault/pull-secret-missing/{ns.name}/other", {"image": PRIVATE})
    ns.kubectl("delete", "deployment", "other")
    sandfly.deploy(ns, sandfly.deployment(ns.name, image=PRIVATE), ready=False)


def _deny_all(ns):
    ns.apply({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
              "metadata": {"name": "deny-all", "namespace": ns.name},
              "spec": {"podSelector": {}, "policyTypes": ["Ingress"]}})


def _press(ns):
    ns.cluster.api.write("POST", f"/simulation/fault/disk-pressure/{ns.name}/{NAME}")


def _evicted(ns):
    return any(pod["status"].get("reason") == "Evicted" for pod in ns.pods())


FAULTS = [
    Fault("control-plane-slow", _slow, lambda ns: not ns.pods(), ("scale",), causes=("scaled-to-zero",),
          deploy=_behind_front, harm=_hammering, after=lambda ns: ns.front.close(), confirmed=True),
    Fault("control-plane-gone", _gone, lambda ns: not ns.front.is_gone, ("scale",), causes=("scaled-to-zero",),
          deploy=_behind_front, after=lambda ns: ns.front.close(), confirmed=True),
]
#: What one node cannot show whose network enforces no policy, whose registry is open, and whose disk must not be
#: filled.
EMBEDDED = [
    Fault("pull-secret-missing", lambda ns: None, waiting("ErrImagePull", "ImagePullBackOff"), ("escalate",),
          restored=False, deploy=_locked, embedded=True),
    Fault("network-policy", _deny_all, lambda ns: True, ("escalate",), restored=False, asked=True, confirmed=True,
          serves_when_broken=False, seconds=100, embedded=True),
    Fault("disk-pressure", _press, _evicted, ("escalate",), restored=False, causes=("pods-evicted",), embedded=True,
          confirmed=True),
]
