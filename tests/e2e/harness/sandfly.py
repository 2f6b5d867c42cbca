"""The tool server of the guide, as it is deployed, and the ways it is broken."""
import copy
import os

NAME = "sandfly-mcp-server"


# Where its image has its modules compiled; another image has nothing there, which Python does not mind.
BYTECODE = {"name": "PYTHONPYCACHEPREFIX", "value": "/app/bytecode"}


def deployment(namespace, name=NAME, replicas=2, image=None, env=(), **container):
    return {
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app": name}},
        "spec": {
            "replicas": replicas, "progressDeadlineSeconds": 60, "selector": {"matchLabels": {"app": name}},
            # A bad revision takes the service down at once. (`Recreate` would too; but it waits for pods whose image
            # cannot be pulled to be gone, and a kubelet of 1.20 takes most of a minute over that.)
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "100%", "maxSurge": 0}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {
                    "terminationGracePeriodSeconds": 1,
                    "containers": [{
                        "name": name, "image": image or os.environ["CORTEX_E2E_IMAGE"],
                        "imagePullPolicy": "IfNotPresent", "args": ["server.py"],
                        "env": [BYTECODE, *env],
                        "ports": [{"containerPort": 3000, "name": "mcp"}],
                        "readinessProbe": {"httpGet": {"path": "/health", "port": "mcp"}, "periodSeconds": 1,
                                           "timeoutSeconds": 3},
                        "resources": {"requests": {"cpu": "50m", "memory": "48Mi"}, "limits": {"memory": "192Mi"}},
                        **container,
                    }],
                },
            },
        },
    }


def service(namespace, name=NAME):
    return {
        "apiVersion": "v1", "kind": "Service",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app": name}},
        "spec": {"selector": {"app": name}, "ports": [{"port": 3000, "targetPort": "mcp", "name": "mcp"}]},
    }


def deploy(ns, *workloads, ready=True):
    """Applies deployments (by default the guide's) with their services and waits until all of them serve."""
    workloads = workloads or (deployment(ns.name),)
    for workload in workloads:
        ns.apply(workload, service(ns.name, workload["metadata"]["name"]))
    for workload in workloads if ready else ():
        name = workload["metadata"]["name"]
        ns.kubectl("rollout", "status", f"deployment/{name}", "--timeout=120s", timeout=150)
        ns.until(lambda: len(ns.endpoints(name)) == workload["spec"]["replicas"], "its endpoints")


def change(ns, name=NAME, pod=None, **container):
    """A person's change of the template: `container` sets fields of the one container, `pod` of the pod's spec."""
    spec = copy.deepcopy(pod or {})
    if container:
        spec["containers"] = [{"name": name, **container}]
    ns.patch("deployment", name, {"spec": {"template": {"spec": spec}}}, type="strategic")


def hang(ns, pod):
    """From here on the pod's process takes connections and answers no tool call."""
    ns.kubectl("exec", pod["metadata"]["name"], "--", "/bin/sh", "-c", ": > /tmp/hang")
