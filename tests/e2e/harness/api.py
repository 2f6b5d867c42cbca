"""Reading from the API server, and writing to it, without starting a kubectl for it: the suite looks often, and the
node is small."""
import base64
import http.client
import json
import ssl
import tempfile
import threading
import time
import urllib.parse


class API:
    RIGHTS = "/apis/rbac.authorization.k8s.io/v1"
    #: Where the objects of a kind are, by the names under which tests speak of them.
    LEASES = "/apis/coordination.k8s.io/v1/namespaces/{}/leases"
    PATHS = {
        "deployment": "/apis/apps/v1/namespaces/{}/deployments", "service": "/api/v1/namespaces/{}/services",
        "endpoints": "/api/v1/namespaces/{}/endpoints", "pods": "/api/v1/namespaces/{}/pods",
        "events": "/api/v1/namespaces/{}/events", "services": "/api/v1/namespaces/{}/services",
        "deployments": "/apis/apps/v1/namespaces/{}/deployments",
        "statefulsets": "/apis/apps/v1/namespaces/{}/statefulsets",
        "daemonsets": "/apis/apps/v1/namespaces/{}/daemonsets",
        "statefulset": "/apis/apps/v1/namespaces/{}/statefulsets",
        "daemonset": "/apis/apps/v1/namespaces/{}/daemonsets",
        "Lease": LEASES, "leases": LEASES,
        "Namespace": "/api/v1/namespaces", "ServiceAccount": "/api/v1/namespaces/{}/serviceaccounts",
        "Role": RIGHTS + "/namespaces/{}/roles", "RoleBinding": RIGHTS + "/namespaces/{}/rolebindings",
        "ClusterRole": RIGHTS + "/clusterroles", "ClusterRoleBinding": RIGHTS + "/clusterrolebindings",
    }

    def __init__(self, config):
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        parts = urllib.parse.urlsplit(cluster["server"])
        self._headers = {"Authorization": f"Bearer {user['token']}"} if "token" in user else {}
        self._tls = self._context(cluster, user) if parts.scheme == "https" else None
        self._address = (parts.hostname, parts.port or (443 if self._tls else 80))
        self._local = threading.local()

    @staticmethod
    def usable(config):
        """Whether the kubeconfig holds all that is needed; else kubectl reads, which knows every kind."""
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        if "proxy-url" in cluster:
            return False
        if cluster["server"].startswith("http://"):
            return not user or "token" in user
        return ("certificate-authority-data" in cluster or "certificate-authority" in cluster) and (
            "token" in user or "client-certificate-data" in user)

    @staticmethod
    def _context(cluster, user):
        if "certificate-authority-data" in cluster:
            authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
            context = ssl.create_default_context(cadata=authority)
        else:
            context = ssl.create_default_context(cafile=cluster["certificate-authority"])
        if "client-certificate-data" in user:
            with tempfile.NamedTemporaryFile() as pem:
                pem.write(base64.b64decode(user["client-certificate-data"]) + b"\n")
                pem.write(base64.b64decode(user["client-key-data"]))
                pem.flush()
                context.load_cert_chain(pem.name)
        return context

    def _connect(self):
        if self._tls:
            return http.client.HTTPSConnection(*self._address, context=self._tls, timeout=10)
        return http.client.HTTPConnection(*self._address, timeout=10)

    def request(self, path, method="GET", body=None, seconds=15):
        """Status and body. An API server that is away for a moment is waited for: what is asked twice must bear it."""
        deadline = time.monotonic() + seconds
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        headers = self._headers if body is None else {**self._headers, "Content-Type": kind}
        while True:
            connection = getattr(self._local, "connection", None)
            try:
                if connection is None:
                    connection = self._connect()
                    self._local.connection = connection
                connection.request(method, path, body=body and json.dumps(body), headers=headers)
                answer = connection.getresponse()
                return answer.status, answer.read()
            except (OSError, http.client.HTTPException):
                self._local.connection = None
                connection.close()
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def read(self, path):
        return self._good("GET", path)

    def write(self, method, path, body=None):
        return self._good(method, path, body)

    def put(self, thing):
        """Makes an object, or makes the one that is there as this one is."""
        path = self.PATHS[thing["kind"]].format(thing["metadata"].get("namespace"))
        status, body = self.request(path, "POST", thing)
        if status == 409:
            return self._good("PATCH", f"{path}/{thing['metadata']['name']}", thing)
        return self._judged("POST", path, status, body)

    def _good(self, method, path, body=None):
        return self._judged(method, path, *self.request(path, method, body))

    @staticmethod
    def _judged(method, path, status, body):
        if not 200 <= status < 300:
            raise AssertionError(f"{method} {path}: HTTP {status}: {body[:300]!r}")
        return json.loads(body) if body else None
