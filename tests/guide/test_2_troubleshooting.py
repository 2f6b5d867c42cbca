"""The troubleshooting section: each failure is produced on purpose, and Cortex's own message names the remedy."""
import http.server
import json
import re
import threading
import urllib.request

import pytest

from commands import run
from harness import sandfly, wait

pytestmark = pytest.mark.usefixtures("unwatched")

WORKER = """#!/bin/bash
echo "PROGRESS: asking kubectl"
kubectl get pods -n cortex-system
"""


@pytest.fixture
def broken(world):
    """The tool server is at zero, and afterwards as it was."""
    world.to_zero()
    yield
    world.kubectl("-n", world.name, "scale", "deployment", sandfly.NAME, "--replicas=2")
    world.tool_server()


def failed(task):
    assert not task.is_answered, task.text
    return task.first("healing_failed")


def test_the_healing_worker_is_not_found(world, broken):
    world.set("SELF_HEAL_WORKER_PATH=/app/scripts/worker-of-my-own.sh")
    event = failed(world.ask())
    assert "Cannot find healing worker at /app/scripts/worker-of-my-own.sh" in event["message"]
    assert "unset SELF_HEAL_WORKER_PATH" in event["recommendation"]
    world.set("SELF_HEAL_WORKER_PATH=/app/scripts/self-heal-worker.sh")

    assert "self-heal-worker.sh" in run("verify script in image")
    assert "deployment.apps/cortex-orchestrator restarted" in run("rebuild", timeout=240)
    world.rolled_out()
    world.settled()
    assert world.ask().is_answered


def test_permission_is_denied(world, broken):
    world.kubectl("-n", world.name, "delete", "rolebinding", "cortex-api-reader-binding")
    event = wait.until(lambda: next(iter(world.ask().all("healing_failed")), None), "the rights to be gone", 20)
    said = event["message"] + event["recommendation"]
    assert "deployments.apps" in said and "namespace cortex-system" in said and "kubectl create role" in said

    assert re.search(r"ServiceAccount\s+cortex-api\s+cortex", run("describe binding"))
    assert "cortex-api" in run("verify service account")
    assert "rolebinding.rbac.authorization.k8s.io/cortex-api-reader-binding created" in run("reapply rights")
    assert run("pod's service account") == "cortex-api"
    world.set("CORTEX_HUMAN_GRACE=5s")
    assert wait.until(lambda: world.ask().is_answered, "the rights to be back", 30)


def test_kubectl_is_not_found_in_the_pod(world, broken):
    """A worker of one's own calls kubectl, and its PATH has none, as in an image without it."""
    world.apply({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "worker", "namespace": "cortex"},
        "data": {"worker.sh": WORKER}})
    world.patch({"spec": {"template": {"spec": {
        "volumes": [{"name": "worker", "configMap": {"name": "worker", "defaultMode": 0o755}}],
        "containers": [{
            "name": "cortex-api", "command": ["/usr/bin/cortex", "serve"],
            "env": [{"name": "PATH", "value": "/nowhere"},
                    {"name": "SELF_HEAL_WORKER_PATH", "value": "/worker/worker.sh"}],
            "volumeMounts": [{"name": "worker", "mountPath": "/worker"}]}]}}}})
    event = failed(world.ask())
    assert "calls kubectl, which is not there" in event["message"]
    assert "an image that has kubectl" in event["recommendation"]

    assert "Client Version" in run("verify kubectl in image")
    run("undo")
    world.rolled_out()
    world.settled()
    assert world.ask().is_answered


def test_a_service_that_needs_long_to_start_is_waited_for(world):
    """The guide adds `sleep 15` to the worker; Cortex waits for readiness and a true answer, then asks again."""
    world.tool_server(env=[{"name": "START_DELAY", "value": "8"}])
    world.to_zero()
    task = world.ask()
    assert task.is_answered, task.text
    assert "httpGet" in run("readiness probe")
    assert "No resources found" in run("network policies")
    world.tool_server()


def test_the_names_of_the_cluster_are_not_answered(world):
    """Nobody answers at the pod's name server: a silence, where a DNS that runs would say that there is no such name."""
    world.patch({"spec": {"template": {"spec": {"dnsPolicy": "None", "dnsConfig": {"nameservers": ["192.0.2.1"]}}}}})
    doctor = ["exec", "deploy/cortex-orchestrator", "--", "cortex", "doctor"]
    shown = world.kubectl("-n", "cortex", *doctor, check=False)
    assert re.search(r"FAILED +DNS: kubernetes\.default\.svc does not resolve", shown), shown
    event = failed(world.ask())
    assert "its name is not found" in event["message"] and "DNS" in event["message"], event
    world.patch({"spec": {"template": {"spec": {"dnsPolicy": "ClusterFirst", "dnsConfig": None}}}})
    assert world.ask().is_answered


class BufferingProxy(http.server.BaseHTTPRequestHandler):
    """Passes an answer on when it is complete, as a proxy that buffers does."""
    target = ""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request = urllib.request.Request(self.target + self.path, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=120) as answer:
            whole = answer.read()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Content-Length", str(len(whole)))
        self.end_headers()
        self.wfile.write(whole)

    def log_message(self, *_):
        pass


def test_the_stream_and_a_proxy_that_buffers_it(world, curl):
    printed = run("stream support")
    assert '\ndata: {"type":"processing_start",' in printed
    body = json.dumps({"query": "list sandfly hosts", "streaming": True}).encode()
    request = urllib.request.Request(world.url + "/api/tasks", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.headers["X-Accel-Buffering"] == "no" and answer.headers["Cache-Control"] == "no-cache"

    BufferingProxy.target = world.url
    proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), BufferingProxy)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    try:
        request.full_url = f"http://127.0.0.1:{proxy.server_port}/api/tasks"
        with urllib.request.urlopen(request, timeout=120) as answer:
            first = answer.readline().decode()
    finally:
        proxy.shutdown()
    assert first.startswith(": ") and "a proxy buffers them: switch its buffering off" in first
