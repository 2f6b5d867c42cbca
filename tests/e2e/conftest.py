"""Fixtures: every test has a namespace of its own, and Cortex runs under an account that has docs/rbac.yaml's rights."""
import os
import re
import secrets

import pytest

from harness import embedded, rights
from harness.cluster import Cluster
from harness.cortex import Cortex
from harness.namespace import Namespace
from harness.route import HealRoute, TaskRoute


IS_EMBEDDED = os.environ.get("CORTEX_E2E_KIND") == "embedded"


@pytest.fixture(scope="session")
def cluster():
    if IS_EMBEDDED:
        with embedded.running() as kubeconfig:
            yield Cluster(kubeconfig, embedded.SCRIPT, is_embedded=True)
    else:
        yield Cluster(os.environ["CORTEX_E2E_KUBECONFIG"], os.environ.get("CORTEX_E2E_CLUSTER"))


def pytest_runtest_setup(item):
    real = item.get_closest_marker("real")
    if real and IS_EMBEDDED:
        pytest.skip(f"needs a real cluster: {real.args[0]}")


def pytest_collection_modifyitems(items):
    """What takes long begins first, each with another worker: they are given equal parts of the list, the last ones
    those that have a test more."""
    count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    ordered = sorted(items, key=lambda item: item.get_closest_marker("long") is None)
    items[:] = [item for first in reversed(range(count)) for item in ordered[first::count]]


@pytest.fixture
def ns(cluster, request, tmp_path):
    # A namespace's name, short enough for service names below it.
    stem = re.sub(r"[^a-z0-9]+", "-", request.node.name.removeprefix("test_").lower())[:40].strip("-")
    namespace = Namespace(cluster, f"e2e-{stem}-{secrets.token_hex(2)}", tmp_path)
    try:
        namespace.create()
        yield namespace
    finally:
        namespace.delete()


@pytest.fixture
def own(ns, tmp_path):
    """Cortex's own namespace, with the rights that it has there, beside the one that it heals."""
    own = Namespace(ns.cluster, f"{ns.name}-own", tmp_path)
    subjects = [{"kind": "ServiceAccount", "name": "cortex-api", "namespace": own.name}]
    try:
        own.create(rights.rules("cortex-api-own"))
        ns.cluster.put({
            "apiVersion": f"{rights.GROUP}/v1", "kind": "RoleBinding", "subjects": subjects,
            "metadata": {"name": "cortex-api-reader-binding", "namespace": ns.name},
            "roleRef": {"apiGroup": rights.GROUP, "kind": "Role", "name": "cortex-api"}})
        yield own
    finally:
        own.delete()


@pytest.fixture
def start(tmp_path):
    """Starts `cortex serve`; whatever was started ends with the test, and by itself."""
    running = []

    def start_cortex(ns, kubeconfig=None, listening=True, **options):
        cortex = Cortex(tmp_path, kubeconfig or ns.kubeconfig, options.pop("namespaces", [ns.name]), **options)
        running.append(cortex)
        return cortex.until_listening() if listening else cortex

    yield start_cortex
    for cortex in running:
        print(f"--- {cortex.log.name}\n{cortex.output[-6000:]}")
    for cortex in running:
        cortex.stop()


@pytest.fixture(params=["task", "heal"])
def route(request, start):
    return TaskRoute(start) if request.param == "task" else HealRoute()
