"""The tool server of the guide, as it is deployed, and the ways it is broken."""
import copy
import datetime
import json
import os

NAME = "sandfly-mcp-server"
#: Ends twice before it serves, counted where a restarted container still finds it.
CRASH_TWICE = """
import os, runpy
count = int(open("/state/count").read()) if os.path.exists("/state/count") else 0
open("/state/count", "w").write(str(count + 1))
if count < 2: raise SystemExit("the database is still starting")
runpy.run_path("server.py", run_name="__main__")
"""
CRASHES_TWICE = {"crash": {"after": 0.3, "code": 1, "starts": 2, "log": ["the database is still starting"]}}
#: A service that is no tool server: it is asked at its probe's path. It is up at once and ends when it is told to.
PLAIN = "web"
ANSWERS_ALONE = """
import http.server, os, signal, socketserver
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"status": "healthy"}')
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
socketserver.ThreadingTCPServer(("", 3000), Answer).serve_forever()
"""


# Where its image has its modules compiled; another image has nothing there, which Python does not mind.
BYTECODE = {"name": "PYTHONPYCACHEPREFIX", "value": "/app/bytecode"}


def _behaviour(name, does):
    """The template's metadata by which the embedded cluster, which runs no program, knows what the container `name`
    does where its image does not tell. On a real cluster it means nothing."""
    return {"annotations": {"simulation.cortex.io/programs": json.dumps({name: does})}} if does else {}


def deployment(namespace, name=NAME, replicas=2, image=None, env=(), does=None, **container):
    return {
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app": name}},
        "spec": {
            "replicas": replicas, "progressDeadlineSeconds": 60, "selector": {"matchLabels": {"app": name}},
            # A bad revision takes the service down at once. (`Recreate` would too; but it waits for pods whose image
            # cannot be pulled to be gone, and a kubelet of 1.20 takes most of a minute over that.)
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "100%", "maxSurge": 0}},
            "template": {
                "metadata": {"labels": {"app": name}, **_behaviour(name, does)},
                "spec": {
                    "terminationGracePeriodSeconds": 1,
                    "containers": [{
                        "name": name, "image": image or os.environ["CORTEX_E2E_IMAGE"],
                        "imagePullPolicy": "IfNotPresent", "args": ["server.py"],
                        "env": [BYTECODE, *env],
                        "ports": [{"containerPort": 3000, "name": "mcp"}],
                        "readinessProbe": {"httpGet": {"path": "/health", "port": "mcp"}, "periodSeconds": 1,
                                           "timeoutSeconds": 3},
                        # So little that a small node takes the pods of ten tests and those that are leaving.
                        "resources": {"requests": {"cpu": "15m", "memory": "48Mi"}, "limits": {"memory": "192Mi"}},
                        **container,
                    }],
                },
            },
        },
    }


def plain(namespace):
    return deployment(namespace, PLAIN, replicas=1, args=["-c", ANSWERS_ALONE])


def service(namespace, name=NAME):
    return {
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app": name}},
        "spec": {"selector": {"app": name}, "ports": [{"port": 3000, "targetPort": "mcp", "name": "mcp"}]},
    }


def deploy(ns, *workloads, replicas=2, ready=True):
    """Applies deployments (by default the guide's; with one replica it costs half) with their services, and waits until
    all of them serve."""
    workloads = workloads or (deployment(ns.name, replicas=replicas),)
    ns.apply(*[thing for workload in workloads
               for thing in (workload, service(ns.name, workload["metadata"]["name"]))])
    for workload in workloads if ready else ():
        name, replicas = workload["metadata"]["name"], workload["spec"]["replicas"]
        ns.until(lambda: rolled_out(ns, name), "the rollout", 120)
        ns.until(lambda: len(ns.endpoints(name)) == replicas, "its endpoints")


#: What a workload of another kind has beside its selector and template.
KINDS = {"StatefulSet": {"replicas": 1}, "ReplicaSet": {"replicas": 1}, "DaemonSet": {}}


def deploy_as(ns, kind, workload=None):
    """Applies the guide's server, or another, as this kind of workload, with one pod and its service, and waits until it
    serves."""
    workload = workload or deployment(ns.name, replicas=1)
    if kind == "Deployment":
        return deploy(ns, workload)
    name = workload["metadata"]["name"]
    spec = {"selector": workload["spec"]["selector"], "template": workload["spec"]["template"], **KINDS[kind]}
    if kind == "StatefulSet":
        spec["serviceName"] = name
    ns.apply({**workload, "kind": kind, "spec": spec}, service(ns.name, name))
    # Of a ReplicaSet kubectl knows no rollout.
    if kind != "ReplicaSet":
        ns.kubectl("rollout", "status", f"{kind.lower()}/{name}", "--timeout=120s", timeout=150)
    ns.until(lambda: ns.endpoints(name), "its endpoints")


def deploy_crashing_twice(ns):
    """Applies the guide's server so that every pod ends twice before it serves, and waits until all of them do."""
    workload = deployment(
        ns.name, args=["-c", CRASH_TWICE], does=CRASHES_TWICE, volumeMounts=[{"name": "state", "mountPath": "/state"}])
    workload["spec"]["template"]["spec"]["volumes"] = [{"name": "state", "emptyDir": {}}]
    deploy(ns, workload)


def rolled_out(ns, name):
    """As `kubectl rollout status` judges a Deployment."""
    workload = ns.get("deployment", name)
    status, replicas = workload.get("status", {}), workload["spec"]["replicas"]
    return (status.get("observedGeneration", 0) >= workload["metadata"]["generation"]
            and status.get("updatedReplicas", 0) == status.get("replicas", 0) == replicas
            and status.get("availableReplicas", 0) == replicas)


def change(ns, name=NAME, pod=None, does=None, **container):
    """A person's change of the template: `container` sets fields of the one container, `pod` of the pod's spec."""
    spec = copy.deepcopy(pod or {})
    if container:
        spec["containers"] = [{"name": name, **container}]
    template = {"metadata": _behaviour(name, does), "spec": spec}
    ns.patch("deployment", name, {"spec": {"template": template}}, type="strategic")


def unfindable_image(ns, kind="deployment"):
    """A person sets an image whose tag the registry does not have."""
    image = ns.get(kind, NAME)["spec"]["template"]["spec"]["containers"][0]["image"].rsplit(":", 1)[0]
    ns.kubectl("set", "image", f"{kind}/{NAME}", f"{NAME}={image}:nope")


def until_past_grace(ns, name=NAME, seconds=1):
    """A person's change is left alone for a while; the tests run Cortex with the least of it. Some fault is seen sooner."""
    def age():
        fields = ns.get("deployment", name)["metadata"]["managedFields"]
        newest = max(datetime.datetime.fromisoformat(field["time"].replace("Z", "+00:00")) for field in fields)
        return (datetime.datetime.now(datetime.timezone.utc) - newest).total_seconds()
    # Times of objects are whole seconds.
    ns.until(lambda: age() > seconds + 1, "the change to be old enough")


def hang(ns, pod):
    """From here on the pod's process takes connections and answers no tool call."""
    if ns.cluster.is_embedded:
        return ns.cluster.api.write("POST", f"/simulation/hang/{ns.name}/{pod['metadata']['name']}")
    ns.kubectl("exec", pod["metadata"]["name"], "--", "/bin/sh", "-c", ": > /tmp/hang")
