"""The cluster of the guide: a registry, a tool server in cortex-system, and an earlier Cortex's namespace and rights."""
import json
import os
import pathlib
import subprocess

import pytest

from harness import sandfly, stream, wait
from harness.cluster import Cluster
from harness.namespace import is_running

REGISTRY = "10.43.170.72"
IMAGE = f"{REGISTRY}:5000/cortex-api"
HOST = "cortex-orchestrator.cortex.svc.cluster.local"
SOURCE = pathlib.Path(os.environ["SOURCE"])


class World:
    """The guide's namespaces, and Cortex as it runs in the cluster."""

    def __init__(self, cluster, directory):
        self.cluster = cluster
        self.directory = directory
        self.name = "cortex-system"
        self.kubectl = cluster.kubectl

    def apply(self, *objects):
        self.cluster.apply(*objects)

    def registry_service(self):
        """The guide's registry has a Service's address."""
        host, port = os.environ["CORTEX_GUIDE_REGISTRY"].rsplit(":", 1)
        if host == REGISTRY:
            return
        place = {"name": "guide-registry", "namespace": "kube-system"}
        self.apply(
            {"apiVersion": "v1", "kind": "Service", "metadata": place,
             "spec": {"clusterIP": REGISTRY, "ports": [{"port": 5000, "targetPort": int(port)}]}},
            {"apiVersion": "v1", "kind": "Endpoints", "metadata": place,
             "subsets": [{"addresses": [{"ip": host}], "ports": [{"port": int(port)}]}]})

    def tool_server(self, **container):
        self.apply(sandfly.deployment(self.name, **container), sandfly.service(self.name))
        self.kubectl("-n", self.name, "rollout", "status", f"deployment/{sandfly.NAME}", "--timeout=120s", timeout=150)
        wait.until(lambda: len(self.endpoints()) == 2, "the tool server's endpoints")

    def endpoints(self):
        subsets = self.get("endpoints", sandfly.NAME).get("subsets") or []
        return [address for subset in subsets for address in subset.get("addresses") or []]

    def get(self, kind, name, namespace="cortex-system"):
        return json.loads(self.kubectl("-n", namespace, "get", kind, name, "-o", "json"))

    def replicas(self):
        return self.get("deployment", sandfly.NAME)["spec"]["replicas"]

    def is_back(self, name, replicas):
        workload = self.get("deployment", name)
        status = workload["status"]
        return workload["spec"]["replicas"] == replicas == status.get("readyReplicas") and (
            workload["metadata"]["generation"] == status["observedGeneration"])

    def to_zero(self):
        self.kubectl("-n", self.name, "scale", "deployment", sandfly.NAME, "--replicas=0")
        self.until_gone()

    def until_gone(self, name=sandfly.NAME):
        """A pod that is leaving may still answer, as long as its container runs."""
        wait.until(lambda: not any(map(is_running, json.loads(self.kubectl(
            "-n", self.name, "get", "pods", "-l", f"app={name}", "-o", "json"))["items"])),
            f"the containers of {name} to have ended", every=0.2)

    # Cortex

    def rolled_out(self):
        self.kubectl("-n", "cortex", "rollout", "status", "deployment/cortex-orchestrator", "--timeout=90s", timeout=120)

    def set(self, *variables):
        self.kubectl("-n", "cortex", "set", "env", "deployment/cortex-orchestrator", *variables)
        self.rolled_out()
        self.settled()

    def patch(self, patch):
        self.kubectl("-n", "cortex", "patch", "deployment", "cortex-orchestrator", "-p", json.dumps(patch))
        self.rolled_out()
        self.settled()

    def all_pods(self):
        return json.loads(self.kubectl(
            "-n", "cortex", "get", "pods", "-l", "app=cortex-orchestrator", "-o", "json"))["items"]

    def pods(self):
        """Cortex's pods that are not going away."""
        return [pod for pod in self.all_pods() if not pod["metadata"].get("deletionTimestamp")]

    def settled(self):
        """Waits until one pod runs, so that whatever is asked next is asked of that pod."""
        wait.until(lambda: sum(map(is_running, self.all_pods())) == 1, "the old pod of Cortex to have ended")

    @property
    def url(self):
        return f"http://{self.get('service', 'cortex-orchestrator', 'cortex')['spec']['clusterIP']}:8000"

    def ask(self, query="list sandfly hosts", **options):
        return stream.ask(self.url, query, **options)

    def metric(self, name):
        text = stream.request(self.url, path="/metrics")[2]
        return next(float(line.split()[-1]) for line in text.splitlines() if line.startswith(f"{name} "))

    def log(self):
        """Of the pods that are not going away."""
        return "".join(
            self.kubectl("-n", "cortex", "logs", pod["metadata"]["name"], check=False) for pod in self.pods())

    def image(self, tag, *options, program=os.environ["CORTEX_BIN"]):
        """Builds and pushes another image than the guide's."""
        archive = SOURCE / ".build/image" / f"guide-{tag.rsplit(':', 1)[-1]}.tar"
        done = subprocess.run(
            [SOURCE / "scripts/image", "--program", program, "--output", archive, "--tag", tag,
             "--push", "--registry", os.environ["CORTEX_GUIDE_REGISTRY"], *options], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    cluster = Cluster(os.environ["CORTEX_E2E_KUBECONFIG"], os.environ.get("CORTEX_E2E_CLUSTER"))
    world = World(cluster, tmp_path_factory.mktemp("guide"))
    # curl knows the name as a pod would.
    os.environ["CURL_HOME"] = str(world.directory)
    try:
        world.registry_service()
        for name in ("cortex", "cortex-system"):
            world.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        # The guide's runner pod asks for nothing, and so would be given nothing where other pods keep the node busy.
        world.apply({"apiVersion": "v1", "kind": "LimitRange", "metadata": {"name": "runner", "namespace": "cortex"},
                     "spec": {"limits": [{"type": "Container", "defaultRequest": {"cpu": "100m"}}]}})
        world.tool_server()
        # “Cortex API already deployed (or being deployed)”: its rights are there before the guide looks at them.
        world.kubectl("apply", "-f", str(SOURCE / "deploy/kustomize/base/rbac.yaml"))
        yield world
    finally:
        for line in world.log().splitlines()[-60:] if cluster.kubectl(
                "get", "pods", "-n", "cortex", "-o", "name", check=False) else []:
            print(line)
        cluster.kubectl("delete", "namespace", "cortex", "cortex-system", "--wait=false", "--ignore-not-found")
        cluster.kubectl("delete", "clusterrole", "cortex-api-reader", "cortex-api-nodes", "--ignore-not-found")
        cluster.kubectl("delete", "clusterrolebinding", "cortex-api-reader-binding", "--ignore-not-found")
        cluster.kubectl("-n", "kube-system", "delete", "service,endpoints", "guide-registry", "--ignore-not-found")


@pytest.fixture(scope="session")
def unwatched(world):
    """Nobody heals before a request needs it: that request is what is tried."""
    world.set("WATCH_ENABLED=false")


@pytest.fixture
def curl(world):
    """Where the guide's host name leads to."""
    (world.directory / ".curlrc").write_text(f"resolve = {HOST}:8000:{world.url.split('/')[2].split(':')[0]}\nno-buffer\n")
