"""The cluster in the binary, for faults that one node of an old Kubernetes cannot show: a fresh one for each row."""
import contextlib
import os
import tempfile

from harness import embedded
from harness.cluster import Cluster


@contextlib.contextmanager
def cluster():
    """A cluster, while it is there: its programs are reached through its API server."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as state:
        os.environ.update(CORTEX_E2E_STATE=state, CORTEX_E2E_REACH="api-proxy")
        try:
            with embedded.running() as kubeconfig:
                yield Cluster(kubeconfig, embedded.SCRIPT, is_embedded=True)
        finally:
            os.environ.clear()
            os.environ.update(before)
