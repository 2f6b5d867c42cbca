"""The cluster under test: changed as a person does, through kubectl; read, and set up for a test, through its API."""
import json
import os
import pathlib
import subprocess
import tempfile

import yaml

from .api import API


class Cluster:
    """A real cluster, or the simulated one that is in the program (`cortex cluster`)."""

    def __init__(self, kubeconfig, script=None, is_embedded=False):
        self.is_embedded = is_embedded
        self.kubeconfig = pathlib.Path(kubeconfig).resolve()
        #: The program that can restart the cluster's parts; None on a cluster that is somebody else's.
        self.script = script
        log = os.environ.get("CORTEX_E2E_AUDIT_LOG") or self.kubeconfig.parent / "audit.log"
        self.audit_log = pathlib.Path(log) if script or os.environ.get("CORTEX_E2E_AUDIT_LOG") else None
        self.config = json.loads(self.kubectl("config", "view", "--raw", "--minify", "-o", "json"))
        self.api = API(self.config) if API.usable(self.config) else None

    def kubectl(self, *arguments, stdin=None, check=True, timeout=60):
        done = subprocess.run(
            ["kubectl", "--kubeconfig", str(self.kubeconfig), *arguments], input=stdin, text=True,
            capture_output=True, timeout=timeout)
        if check and done.returncode:
            raise AssertionError(f"kubectl {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def read(self, path):
        """The object or list at this path of the API."""
        return self.api.read(path) if self.api else json.loads(self.kubectl("get", "--raw", path))

    def apply(self, *objects):
        """Applies objects as a person would, with `kubectl apply`: their manifest is remembered in an annotation."""
        self.kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": list(objects)}))

    def put(self, *objects):
        """Makes objects of the suite's own, or makes those that are there so."""
        if self.api:
            for thing in objects:
                self.api.put(thing)
        else:
            self.apply(*objects)

    def allows(self, user, verb, resource, namespace=""):
        """The API server's own word on a right (`deployments.apps/scale`); without a namespace, in all of them."""
        path, _, sub = resource.partition("/")
        name, _, group = path.partition(".")
        review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": {
            "user": user, "groups": ["system:serviceaccounts", "system:authenticated"],
            "resourceAttributes": {
                "namespace": namespace, "verb": verb, "group": group or ("*" if name == "*" else ""),
                "resource": name, "subresource": sub}}}
        path = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
        if self.api:
            return self.api.write("POST", path, review)["status"]["allowed"]
        answer = self.kubectl("create", "--raw", path, "-f", "-", stdin=json.dumps(review))
        return json.loads(answer)["status"]["allowed"]

    def restart(self, part, signal="KILL"):
        subprocess.run([self.script, "restart", part, signal], check=True, capture_output=True, timeout=60)

    def stop(self, part):
        subprocess.run([self.script, "stop", part], check=True, capture_output=True, timeout=60)

    def start(self, part):
        subprocess.run([self.script, "start", part], check=True, capture_output=True, timeout=60)

    def credentials(self, directory, user, server=None, cluster=None):
        """A kubeconfig for another user of the same cluster (`user` is the kubeconfig's `user` mapping)."""
        target = dict(self.config["clusters"][0]["cluster"], **(cluster or {}))
        if server:
            target["server"] = server
        document = {
            "apiVersion": "v1", "kind": "Config", "current-context": "e2e",
            "clusters": [{"name": "e2e", "cluster": {k: v for k, v in target.items() if v is not None}}],
            "users": [{"name": "e2e", "user": user}],
            "contexts": [{"name": "e2e", "context": {"cluster": "e2e", "user": "e2e"}}],
        }
        handle, path = tempfile.mkstemp(suffix=".kubeconfig", dir=directory)
        with os.fdopen(handle, "w") as file:
            yaml.safe_dump(document, file)
        return pathlib.Path(path)

    @property
    def server(self):
        return self.config["clusters"][0]["cluster"]["server"]
