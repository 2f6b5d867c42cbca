"""One test's own namespace, the account that Cortex has in it, and what that account wrote."""
import datetime
import json
import os
import pathlib
import re
import subprocess
import urllib.parse
import urllib.request

from . import rights, wait
from .api import API

ACCOUNT = "cortex-api"


def is_running(pod):
    return any("running" in status.get("state", {}) for status in pod["status"].get("containerStatuses", []))


class Namespace:
    def __init__(self, cluster, name, directory):
        self.cluster = cluster
        self.name = name
        self.directory = directory
        self._audit_start = self._audit_size()
        self._granted = set()
        self._withheld = set()
        self.kubeconfig = None

    def create(self, healer=None):
        self.cluster.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.name}})
        self.allow(healer or rights.rules("cortex-api-reader"))
        self.kubeconfig = self.cluster.credentials(self.directory, {"token": self.token()})

    def token(self):
        """A bound token, asked for as the API has it: older kubectls have no command for it."""
        path = f"/api/v1/namespaces/{self.name}/serviceaccounts/{ACCOUNT}/token"
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}
        if self.cluster.api:
            answer = self.cluster.api.write("POST", path, body)
        else:
            answer = json.loads(self.cluster.kubectl("create", "--raw", path, "-f", "-", stdin=json.dumps(body)))
        return answer["status"]["token"]

    def allow(self, healer, nodes=None):
        """Gives Cortex's account these rules in the namespace and those of `nodes` in the cluster (by default all that it
        ever has there), and no others, and waits until they are in force."""
        nodes = rights.rules("cortex-api-nodes") if nodes is None else nodes
        before, self._granted = self._granted, rights.flat(healer)
        self._withheld |= rights.flat(rights.rules("cortex-api-reader")) - self._granted
        self._withheld |= rights.flat(rights.rules("cortex-api-nodes")) - rights.flat(nodes)
        self.cluster.put(*rights.objects(self.name, ACCOUNT, healer, nodes))
        for verb in ("list", "watch"):
            wanted = (verb, "nodes") in rights.flat(nodes)
            self.until(lambda: self._may(verb, "nodes", "") == wanted, f"the right to {verb} nodes to be as it should")
        for verb, resource in sorted(before ^ self._granted)[:3]:
            wanted = (verb, resource) in self._granted
            self.until(lambda: self._may(verb, resource) == wanted, f"the right to {verb} {resource} to change")

    def _may(self, verb, resource, namespace=None):
        place = self.name if namespace is None else namespace
        return self.cluster.allows(f"system:serviceaccount:{self.name}:{ACCOUNT}", verb, resource, place)

    def delete(self):
        self._report_rights()
        if self.cluster.api:
            self.cluster.api.request(f"/api/v1/namespaces/{self.name}", "DELETE")
            for kind in ("ClusterRoleBinding", "ClusterRole"):
                self.cluster.api.write(
                    "DELETE", f"{API.PATHS[kind]}?labelSelector={urllib.parse.quote(f'cortex-e2e={self.name}')}")
            return
        self.cluster.kubectl("delete", "namespace", self.name, "--wait=false", "--ignore-not-found")
        self.cluster.kubectl(
            "delete", "clusterrole,clusterrolebinding", "-l", f"cortex-e2e={self.name}", "--ignore-not-found")

    def withhold(self, verb, resource):
        """A right that this test was refused on purpose."""
        self._withheld.add((verb, resource))

    def _report_rights(self):
        """For the proof at the suite's end: which rights this test used, and what it was refused though it had it."""
        folder = os.environ.get("CORTEX_E2E_RIGHTS")
        if folder and self.cluster.audit_log:
            withheld = {(verb, re.sub(r"\.[a-z0-9.]+", "", resource)) for verb, resource in self._withheld}
            refused = [entry for entry in self.refusals() or [] if tuple(entry.split(" ")) not in withheld]
            (pathlib.Path(folder) / f"{self.name}.json").write_text(
                json.dumps({"used": sorted(self.used_rules()), "refused": refused}))

    # Looking

    def kubectl(self, *arguments, **options):
        return self.cluster.kubectl("-n", self.name, *arguments, **options)

    def get(self, kind, name):
        return self.cluster.read(f"{API.PATHS[kind].format(self.name)}/{name}")

    def list(self, kind, selector=None):
        chosen = f"?labelSelector={urllib.parse.quote(selector)}" if selector else ""
        return self.cluster.read(API.PATHS[kind].format(self.name) + chosen)["items"]

    def pods(self, app="sandfly-mcp-server", deleted=False):
        return [pod for pod in self.list("pods", f"app={app}")
                if deleted or not pod["metadata"].get("deletionTimestamp")]

    def ready_pods(self, app="sandfly-mcp-server"):
        return [pod for pod in self.pods(app)
                if any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"].get("conditions", []))]

    def endpoints(self, service="sandfly-mcp-server"):
        """Ready addresses; none for a Service so new that it has no Endpoints yet."""
        found = [item for item in self.list("endpoints") if item["metadata"]["name"] == service]
        subsets = found[0].get("subsets") or [] if found else []
        return [address["ip"] for subset in subsets for address in subset.get("addresses") or []]

    def answers(self, service="sandfly-mcp-server", port=3000):
        """Whether the service itself answers, asked through the API server and not through Cortex."""
        path = f"/api/v1/namespaces/{self.name}/services/{service}:{port}/proxy/health"
        if self.cluster.api:
            try:
                status, body = self.cluster.api.request(path)
            except TimeoutError:
                return False  # what is silent does not answer
            return status == 200 and b"healthy" in body
        done = subprocess.run(
            ["kubectl", "--kubeconfig", str(self.cluster.kubeconfig), "get", "--raw", path, "--request-timeout=5s"],
            capture_output=True, text=True, timeout=30)
        return done.returncode == 0 and "healthy" in done.stdout

    def is_unreachable(self, service="sandfly-mcp-server", port=3000):
        """Whether the service answers on no way: the node's rules follow its endpoints a little later."""
        if self.answers(service, port):
            return False
        if self.cluster.is_embedded:
            return True  # its addresses are those of no network: there is no other way than the one just tried
        address = self.get("service", service)["spec"]["clusterIP"]
        try:
            with urllib.request.urlopen(f"http://{address}:{port}/health", timeout=2):
                return False
        except OSError:
            return True

    def until_unreachable(self, service="sandfly-mcp-server", port=3000):
        self.until(lambda: self.is_unreachable(service, port), f"{service} to be unreachable")

    # Breaking

    def apply(self, *objects):
        self.cluster.apply(*objects)

    def patch(self, kind, name, patch, type="merge"):
        self.kubectl("patch", kind, name, "--type", type, "-p", json.dumps(patch))

    def until(self, condition, what, seconds=90.0):
        return wait.until(condition, f"{what} in {self.name}", seconds)

    def until_gone(self, app="sandfly-mcp-server"):
        """Waits until none of its containers runs. A busy kubelet of 1.20 may keep the objects of pods that have ended for
        another minute, until it next collects dead containers."""
        self.until(lambda: not any(map(is_running, self.pods(app, deleted=True))), "its containers to have ended")

    def until_waiting(self, *reasons, app="sandfly-mcp-server", restarts=0, seconds=90.0):
        """Waits for a container in one of these states (the reason it waits for, or ended with)."""
        def seen():
            for pod in self.pods(app):
                for status in pod["status"].get("containerStatuses", []):
                    states = [status.get("state", {}), status.get("lastState", {})]
                    found = {s.get(kind, {}).get("reason") for s in states for kind in ("waiting", "terminated")}
                    if found & set(reasons) and status["restartCount"] >= restarts:
                        return True
            return False
        self.until(seen, " or ".join(reasons), seconds)

    # What Cortex did

    def writes(self):
        """What Cortex's account changed, oldest first, as `resource/subresource name`, but for events and reviews.
        None where there is no audit log to read: then only the state of the world can be judged."""
        if not self.cluster.audit_log:
            return None
        return [f"{entry['kind']} {entry['name']}".strip() for entry in self._audit()
                if entry["writes"] and entry["code"] < 300]

    def write_attempts(self):
        """The same with what the API server refused."""
        if not self.cluster.audit_log:
            return None
        return [f"{entry['kind']} {entry['name']}".strip() for entry in self._audit() if entry["writes"]]

    def timed_writes(self):
        """The same as `kind`, `name` and `at`, seconds since the epoch."""
        return [{"kind": entry["kind"], "name": entry["name"], "at": entry["at"]} for entry in self._audit()
                if entry["writes"] and entry["code"] < 300]

    def refusals(self):
        """What Cortex's account asked for and was forbidden; None where there is no audit log to read."""
        if not self.cluster.audit_log:
            return None
        return sorted({f"{entry['verb']} {entry['kind']}" for entry in self._audit() if entry["code"] == 403})

    def used_rules(self):
        """What was allowed; an object that is not there is an answer too."""
        return {(entry["verb"], entry["kind"]) for entry in self._audit() if entry["code"] < 300 or entry["code"] == 404}

    def recorded_events(self):
        """The Events that Cortex left, as `Kind/name Reason`."""
        return [f"{e['involvedObject']['kind']}/{e['involvedObject']['name']} {e['reason']}" for e in self.list("events")
                if (e.get("reportingComponent") or e.get("source", {}).get("component") or "").startswith("cortex")]

    def _audit_size(self):
        log = self.cluster.audit_log
        return log.stat().st_size if log and log.exists() else 0

    def _audit(self):
        log = self.cluster.audit_log
        if not log or not log.exists():
            return
        user = f"system:serviceaccount:{self.name}:{ACCOUNT}"
        with open(log, "rb") as file:
            # The server may have been in the middle of a line.
            if self._audit_start:
                file.seek(self._audit_start - 1)
                file.readline()
            for line in file:
                if user.encode() not in line or not line.endswith(b"\n"):
                    continue
                entry = json.loads(line)
                target = entry.get("objectRef")
                if entry["user"]["username"] != user or not target:
                    continue
                resource, sub = target.get("resource", ""), target.get("subresource", "")
                kind = resource + (f"/{sub}" if sub else "")
                yield {
                    "verb": entry["verb"], "kind": kind, "name": target.get("name", ""),
                    "code": entry.get("responseStatus", {}).get("code", 0),
                    "at": datetime.datetime.fromisoformat(
                        entry["requestReceivedTimestamp"].replace("Z", "+00:00")).timestamp(),
                    "writes": entry["verb"] in ("create", "update", "patch", "delete", "deletecollection")
                    and resource != "events" and sub != "proxy" and not resource.endswith("reviews"),
                }
