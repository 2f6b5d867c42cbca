"""The leases in Cortex's own namespace, by which one Cortex keeps another from a workload."""
import datetime

from .api import API
from .sandfly import NAME


def name(ns):
    return f"deployment.{ns.name}.{NAME}"


def put(own, ns, holder):
    """Somebody holds the lease of the tool server and has renewed it just now."""
    time = datetime.datetime.now(datetime.timezone.utc)
    own.cluster.put({
        "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": name(ns), "namespace": own.name},
        "spec": {"holderIdentity": holder, "leaseDurationSeconds": 15, "renewTime": f"{time:%Y-%m-%dT%H:%M:%S.%fZ}"}})


def remove(own, ns):
    own.kubectl("delete", "lease", name(ns), "--ignore-not-found")


def holders(own):
    """Each lease, with who holds it."""
    return {lease["metadata"]["name"]: lease["spec"].get("holderIdentity") for lease in own.list("leases")}
