"""The objects that the cases are made of. The image is a busybox, which a test cluster has on its node."""
IMAGE = "busybox:latest"
SERVE = ["httpd", "-f", "-p", "8080"]


def container(name="main", command=SERVE, **more):
    return {"name": name, "image": IMAGE, "imagePullPolicy": "IfNotPresent", "command": command,
            "resources": {"requests": {"cpu": "5m", "memory": "8Mi"}}, **more}


def probe(port=8080, **more):
    # Patient: a busy node must not make a good pod look bad.
    return {"tcpSocket": {"port": port}, "periodSeconds": 1, "timeoutSeconds": 5, "failureThreshold": 3, **more}


def serving(**more):
    return container(ports=[{"containerPort": 8080, "name": "http"}], readinessProbe=probe(), **more)


def template(name, *containers, annotations=None, **spec):
    metadata = {"labels": {"app": name}}
    if annotations:
        metadata["annotations"] = annotations
    return {"metadata": metadata, "spec": {
        "terminationGracePeriodSeconds": 1, "containers": list(containers) or [serving()], **spec}}


def workload(kind, name, pod=None, **spec):
    body = {"kind": kind, "metadata": {"name": name}, "spec": {
        "selector": {"matchLabels": {"app": name}}, "template": pod or template(name), **spec}}
    if kind == "StatefulSet":
        body["spec"].setdefault("serviceName", name)
    return body


def deployment(name="web", pod=None, **spec):
    return workload("Deployment", name, pod, **spec)


def rolling(surge, unavailable):
    return {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge, "maxUnavailable": unavailable}}


def pod(name, *containers, annotations=None, **spec):
    made = template(name, *containers, annotations=annotations, **spec)
    return {"kind": "Pod", "metadata": {"name": name, **made["metadata"]}, "spec": made["spec"]}


def job(name, *command, **spec):
    pod_spec = {"terminationGracePeriodSeconds": 1, "restartPolicy": spec.pop("restart", "Never"),
                "containers": [container(command=list(command))]}
    return {"kind": "Job", "metadata": {"name": name}, "spec": {
        "template": {"metadata": {"labels": {"app": name}}, "spec": pod_spec}, **spec}}


def service(name, **spec):
    return {"kind": "Service", "metadata": {"name": name}, "spec": {
        "selector": {"app": name}, "ports": [{"port": 80, "targetPort": 8080}], **spec}}


def budget(name, app, **spec):
    return {"kind": "PodDisruptionBudget", "metadata": {"name": name}, "spec": {
        "selector": {"matchLabels": {"app": app}}, **spec}}


def variable(value):
    """A change of a template that makes a new revision and nothing else."""
    return {"spec": {"template": {"spec": {"containers": [
        {"name": "main", "env": [{"name": "REVISION", "value": str(value)}]}]}}}}


def image(name, **more):
    return {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": name, **more}]}}}}
