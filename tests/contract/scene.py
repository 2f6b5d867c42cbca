"""One namespace of one cluster in which a case is played: objects go in, and what became of them is noted."""
import json
import re
import threading
import time

from clusters import plain
from objects import pod

MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
PATHS = {
    "Pod": "/api/v1", "Service": "/api/v1", "Endpoints": "/api/v1", "ConfigMap": "/api/v1", "Secret": "/api/v1",
    "ResourceQuota": "/api/v1", "LimitRange": "/api/v1", "PersistentVolumeClaim": "/api/v1", "Event": "/api/v1",
    "Deployment": "/apis/apps/v1", "ReplicaSet": "/apis/apps/v1", "StatefulSet": "/apis/apps/v1",
    "DaemonSet": "/apis/apps/v1", "ControllerRevision": "/apis/apps/v1", "Job": "/apis/batch/v1",
    "PodDisruptionBudget": "/apis/policy/v1beta1", "HorizontalPodAutoscaler": "/apis/autoscaling/v1",
    "EndpointSlice": "/apis/discovery.k8s.io/v1beta1",
}
VERSIONS = {kind: path.removeprefix("/apis/").removeprefix("/api/") for kind, path in PATHS.items()}


# For this every container waits before its first start.
ORDINARY = ("ContainerCreating", "PodInitializing")


class Late(Exception):
    """What was waited for did not come."""


def plural(kind):
    return kind.lower() + ("" if kind == "Endpoints" else "s")


class Scene:
    def __init__(self, cluster, namespace):
        self.cluster, self.namespace, self.seen = cluster, namespace, {}
        self.waits, self.over = set(), threading.Event()
        self.watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self.ask("POST", "/api/v1/namespaces", {"apiVersion": "v1", "kind": "Namespace", "metadata": {
            "name": self.namespace, "labels": {"contract": self.namespace}}})
        # A pod may be made once the namespace has its service account, and up to 1.23 this one its token.
        self.until("the default service account", lambda: self.ask("POST", self.path("Pod") + "?dryRun=All", {
            "apiVersion": "v1", **pod("try")})[0] == 201)
        self.watcher.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.ask("DELETE", f"/api/v1/namespaces/{self.namespace}")

    # What a case does.

    def ask(self, method, path, body=None, content=None):
        return self.cluster.ask(method, path, body, content)

    def path(self, kind, name=None, below=""):
        path = f"{PATHS[kind]}/namespaces/{self.namespace}/{plural(kind)}"
        return path + (f"/{name}" if name else "") + below

    def make(self, *objects):
        for one in objects:
            body = {"apiVersion": VERSIONS[one["kind"]], **one}
            code, answer = self.ask("POST", self.path(one["kind"]), body)
            if code != 201:
                raise Late(f"{one['kind']} {one['metadata']['name']}: {answer.get('message')}")

    def patch(self, kind, name, body, content=STRATEGIC, below=""):
        code, answer = self.ask("PATCH", self.path(kind, name, below), body, content)
        if code != 200:
            raise Late(f"{kind} {name}: {answer.get('message')}")
        return answer

    def delete(self, kind, name, **options):
        return self.ask("DELETE", self.path(kind, name), {"apiVersion": "v1", "kind": "DeleteOptions", **options})

    def get(self, kind, name):
        code, answer = self.ask("GET", self.path(kind, name))
        return answer if code == 200 else None

    def all(self, kind, selector=""):
        return self.ask("GET", self.path(kind) + (f"?labelSelector={selector}" if selector else ""))[1].get("items", [])

    def until(self, what, condition, seconds=90):
        """Waits for a condition and gives what it gave."""
        end = time.monotonic() + seconds
        while True:
            found = condition()
            if found:
                return found
            if time.monotonic() > end:
                raise Late(what)
            time.sleep(0.2)

    def until_told(self, name, reason, words="", seconds=120):
        """Waits until an Event about an object was written: that may come after what it tells of."""
        self.until(f"{reason} {words} about {name}", lambda: any(
            e[1] == reason and words in e[2] for e in self.events(name)), seconds)

    def ready(self, kind, name, count, seconds=90):
        field = "numberReady" if kind == "DaemonSet" else "readyReplicas"
        self.until(f"{count} ready of {kind} {name}", lambda: (self.get(kind, name) or {}).get("status", {}).get(
            field, 0) == count, seconds)

    # What is noted.

    def see(self, name, value):
        self.seen[name] = plain(value, self.namespace)

    def condition(self, kind, name, *types):
        """The conditions of an object: type, status, reason and words."""
        found = (self.get(kind, name) or {}).get("status", {}).get("conditions", [])
        return sorted([c["type"], c["status"], c.get("reason"), c.get("message")] for c in found
                      if not types or c["type"] in types)

    def rolled(self, name, reason="NewReplicaSetAvailable", seconds=90):
        """Waits until a Deployment's rollout has come through, or to another reason."""
        def there():
            found = self.get("Deployment", name)
            status = found["status"]
            if status.get("observedGeneration", 0) < found["metadata"]["generation"]:
                return False
            if reason == "NewReplicaSetAvailable":
                wanted = found["spec"]["replicas"]
                counts = [status.get(f, 0) for f in ("replicas", "updatedReplicas", "availableReplicas")]
                if counts != [wanted] * 3:
                    return False
            return any(c.get("reason") == reason for c in status.get("conditions", []))
        self.until(f"{reason} of {name}", there, seconds)

    def events(self, about=None, *reasons):
        """What Events say about an object or a kind: type, reason and words, each once."""
        found = set()
        for event in self.all("Event"):
            one = event["involvedObject"]
            if about in (None, one["kind"], one["name"]) and (not reasons or event["reason"] in reasons):
                found.add((event["type"], event["reason"], plain(event["message"], self.namespace)))
        return sorted(found)

    def told(self, name, *reasons):
        """The words of Events about an object in the order in which they came."""
        found = [e for e in self.all("Event") if e["involvedObject"]["name"] == name and e["reason"] in reasons]
        # Several fall into one second: an Event's name ends in the time of its making, in nanoseconds.
        found.sort(key=lambda e: int(e["metadata"]["name"].rsplit(".", 1)[1], 16))
        return [e["message"] for e in found]

    def states(self, name):
        """Every reason for which a container of a pod was seen to wait or to have ended, with its words."""
        return sorted([c, r, m] for p, c, r, m in self.waits if p == name)

    def _watch(self):
        """Follows the pods: every state of a container counts, also one that is over in a moment."""
        version = "0"
        while not self.over.is_set():
            path = f"{self.path('Pod')}?watch=true&timeoutSeconds=600&resourceVersion={version}"
            for line in self.cluster.lines(path):
                event = json.loads(line)
                if event["type"] == "ERROR" or self.over.is_set():
                    version = "0"
                    break
                version = event["object"]["metadata"]["resourceVersion"]
                self._note(event["object"])

    def _note(self, pod):
        status = pod.get("status", {})
        for box in status.get("initContainerStatuses", []) + status.get("containerStatuses", []):
            for state in (box.get("state", {}), box.get("lastState", {})):
                for found in (state.get("waiting"), state.get("terminated")):
                    if found and found.get("reason") not in ORDINARY:
                        words = re.sub(r"^back-off \w+ ", "back-off TIME ", found.get("message") or "")
                        if "exitCode" in found:
                            words = f"exit {found['exitCode']}" + (f": {words}" if words else "")
                        self.waits.add((pod["metadata"]["name"], box["name"], found.get("reason") or "", plain(
                            words, self.namespace)))
