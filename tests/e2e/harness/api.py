"""Reading from the API server without starting a kubectl for it: the suite looks often, and the node is small."""
import base64
import http.client
import json
import ssl
import tempfile
import threading
import time
import urllib.parse


class API:
    PATHS = {
        "deployment": "/apis/apps/v1/namespaces/{}/deployments", "service": "/api/v1/namespaces/{}/services",
        "endpoints": "/api/v1/namespaces/{}/endpoints", "pods": "/api/v1/namespaces/{}/pods",
        "events": "/api/v1/namespaces/{}/events", "services": "/api/v1/namespaces/{}/services",
        "deployments": "/apis/apps/v1/namespaces/{}/deployments",
        "statefulsets": "/apis/apps/v1/namespaces/{}/statefulsets",
        "daemonsets": "/apis/apps/v1/namespaces/{}/daemonsets",
        "statefulset": "/apis/apps/v1/namespaces/{}/statefulsets",
        "daemonset": "/apis/apps/v1/namespaces/{}/daemonsets",
    }

    def __init__(self, config):
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        parts = urllib.parse.urlsplit(cluster["server"])
        self._address = (parts.hostname, parts.port or 443)
        self._headers = {"Authorization": f"Bearer {user['token']}"} if "token" in user else {}
        self._tls = self._context(cluster, user)
        self._local = threading.local()

    @staticmethod
    def usable(config):
        """Whether the kubeconfig holds all that is needed; else kubectl reads, which knows every kind."""
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        return (cluster["server"].startswith("https://") and "proxy-url" not in cluster
                and ("certificate-authority-data" in cluster or "certificate-authority" in cluster)
                and ("token" in user or "client-certificate-data" in user))

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

    def request(self, path, seconds=15):
        """Status and body. An API server that is away for a moment is waited for."""
        deadline = time.monotonic() + seconds
        while True:
            connection = getattr(self._local, "connection", None)
            try:
                if connection is None:
                    connection = http.client.HTTPSConnection(*self._address, context=self._tls, timeout=10)
                    self._local.connection = connection
                connection.request("GET", path, headers=self._headers)
                answer = connection.getresponse()
                return answer.status, answer.read()
            except (OSError, http.client.HTTPException):
                self._local.connection = None
                connection.close()
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def read(self, path):
        status, body = self.request(path)
        if status != 200:
            raise AssertionError(f"GET {path}: HTTP {status}: {body[:300]!r}")
        return json.loads(body)
