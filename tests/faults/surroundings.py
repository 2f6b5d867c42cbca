"""Faults of what a workload stands on, but for the machine: the API server, a registry, the network, a node's disk."""
import random
import threading

from common import waiting
from fault import Fault
from front import Front
from harness import sandfly
from harness.sandfly import NAME

#: More requests than these in a second, on average, are what an API server in trouble needs least.
BEARABLE = 10
#: Seconds that the API server is gone.
GONE = 15
#: A registry that lets nobody in.
LOCKED = """
import http.server, sys
class Locked(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Bearer realm="http://127.0.0.1:%s/token",service="locked"' % sys.argv[1])
        self.send_header("Content-Length", "0")
        self.end_headers()
    do_HEAD = do_GET
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Locked).serve_forever()
"""


def _behind_front(ns):
    """The contestant reaches the API server, and what is behind it, through a front alone."""
    sandfly.deploy(ns)
    ns.front = Front(ns.cluster.server, ns.token())
    ns.kubeconfig = ns.cluster.credentials(
        ns.directory, {"token": ns.token()}, server=ns.front.url, cluster={
            "certificate-authority-data": None, "certificate-authority": None})


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
    """The image that it was made with lies behind a login, and there is no secret for it. containerd asks a registry on the
    node itself without TLS."""
    port = str(random.randrange(20_000, 30_000))
    registry = sandfly.deployment(ns.name, name="registry", replicas=1, args=["-c", LOCKED, port])
    template = registry["spec"]["template"]["spec"]
    template["hostNetwork"] = True
    for needless in ("readinessProbe", "ports"):
        del template["containers"][0][needless]
    ns.apply(registry)
    ns.until(lambda: sandfly.rolled_out(ns, "registry"), "the registry", 120)
    sandfly.deploy(ns, sandfly.deployment(ns.name, image=f"127.0.0.1:{port}/private/sandfly:2"), ready=False)


def _deny_all(ns):
    ns.apply({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
              "metadata": {"name": "deny-all", "namespace": ns.name},
              "spec": {"podSelector": {}, "policyTypes": ["Ingress"]}})


def _press(ns):
    ns.cluster.api.write("POST", f"/simulation/fault/disk-pressure/{ns.name}/{NAME}")


def _evicted(ns):
    return any(pod["status"].get("reason") == "Evicted" for pod in ns.pods())


FAULTS = [
    Fault("pull-secret-missing", lambda ns: None, waiting("ErrImagePull", "ImagePullBackOff"), ("escalate",),
          restored=False, deploy=_locked),
    Fault("control-plane-slow", _slow, lambda ns: not ns.pods(), ("scale",), causes=("scaled-to-zero",),
          deploy=_behind_front, harm=_hammering, after=lambda ns: ns.front.close(), confirmed=True),
    Fault("control-plane-gone", _gone, lambda ns: not ns.front.is_gone, ("scale",), causes=("scaled-to-zero",),
          deploy=_behind_front, after=lambda ns: ns.front.close(), confirmed=True),
]
#: What one node of a cluster whose network enforces no policy, and whose disk must not be filled, cannot show.
EMBEDDED = [
    Fault("network-policy", _deny_all, lambda ns: True, ("escalate",), restored=False, asked=True, confirmed=True,
          serves_when_broken=False, seconds=100, embedded=True),
    Fault("disk-pressure", _press, _evicted, ("escalate",), restored=False, causes=("pods-evicted",), embedded=True,
          confirmed=True),
]
