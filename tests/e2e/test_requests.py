"""The API as clients use it: tools, streams, and several requests at one time."""
import json
import subprocess
import shutil

import pytest

from harness import sandfly, stream, wait
from harness.sandfly import NAME
from harness.stream import at_once
from harness.world import World


def test_queries_find_their_tools(ns, start):
    sandfly.deploy(ns, replicas=1)
    server = start(ns)
    for query, tool, answer in [
        ("list sandfly hosts", "list_hosts", "k3s-master01"),
        ("show sandfly host nas-01", "get_host", "10.88.140.9"),
        ("high severity sandfly alerts", "list_alerts", "deleted binary"),
    ]:
        task = server.ask(query)
        assert task.is_answered, task.text
        assert task.all("tool_execution")[-1]["tool_name"] == tool
        assert answer in task.result
    assert "low" not in server.ask("high severity sandfly alerts").result


def test_a_tools_own_error_is_the_answer_and_heals_nothing(ns, start):
    sandfly.deploy(ns, replicas=1)
    task = start(ns).ask("show sandfly host nowhere-99")
    assert "get_host" in task.result and task.events[-1]["status"] == "failed"
    assert "healing_start" not in task.types
    assert ns.writes() in (None, [])


def test_without_streaming_the_answer_is_one_document(ns, start):
    sandfly.deploy(ns, replicas=1)
    server = start(ns)
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()
    body = json.dumps({"query": "list sandfly hosts", "streaming": False, "id": "task-7"})
    status, headers, text = stream.request(
        server.url, "POST", "/api/tasks", body, {"Content-Type": "application/json"}, timeout=150)
    assert status == 200 and headers["content-type"].startswith("application/json")
    answer = json.loads(text)
    assert answer["id"] == "task-7" and answer["status"] == "completed" and "pve-01" in text
    status, _, again = stream.request(server.url, path="/api/tasks/task-7")
    assert status == 200 and json.loads(again)["status"] == "completed" and "pve-01" in again


def test_the_payload_may_carry_the_query(ns, start):
    sandfly.deploy(ns, replicas=1)
    task = stream.follow(
        start(ns).url, "POST", "/api/tasks", json.dumps({"payload": {"query": "list sandfly hosts"}}),
        {"Content-Type": "application/json"})
    assert task.is_answered, task.body or task.text


def test_a_client_that_lost_its_connection_goes_on(ns, start):
    sandfly.deploy(ns, sandfly.deployment(ns.name, env=[{"name": "START_DELAY", "value": "4"}]))
    server = start(ns)
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()
    first = server.ask(id="task-9", on_event=lambda event: event["type"] != "healing_progress")
    assert first.types[-1] == "healing_progress"
    # The healing goes on without its client.
    rest = stream.follow(server.url, "GET", "/api/tasks/task-9/events", headers={"Last-Event-ID": first.ids[-1]})
    assert rest.is_answered, rest.text
    assert "healing_start" not in rest.types and "healing_complete" in rest.types
    whole = stream.follow(server.url, "GET", "/api/tasks/task-9/events")
    assert whole.types == first.types + rest.types
    assert ns.writes() in (None, [f"deployments/scale {NAME}"])


def test_three_services_failing_at_once(ns, start):
    names = [NAME, "inventory-mcp-server", "proxmox-mcp-server"]
    sandfly.deploy(ns, *[sandfly.deployment(ns.name, name) for name in names])
    server = start(ns)
    ns.kubectl("scale", "deployment", *names, "--replicas=0")
    for name in names:
        ns.until_gone(name)
    queries = ["list sandfly hosts", "list inventory hosts", "list proxmox hosts"]
    tasks = at_once(3, lambda index: server.ask(queries[index]))
    for name, task in zip(names, tasks):
        assert task.is_answered, task.text
        assert task.first("healing_start")["service"] == name
        assert World.of(ns, name).replicas == 2
    written = ns.writes()
    assert written is None or sorted(written) == sorted(f"deployments/scale {name}" for name in names)


def test_twenty_requests_for_one_failing_service(ns, start):
    sandfly.deploy(ns)
    server = start(ns)
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()
    tasks = at_once(20, lambda index: server.ask())
    assert [task.is_answered for task in tasks] == [True] * 20
    assert all("pve-01" in task.result for task in tasks)
    assert server.output.count("Starting self-healing") == 1
    assert ns.writes() in (None, [f"deployments/scale {NAME}"])
    assert World.of(ns).replicas == 2


def test_metrics_are_accepted_by_promtool(ns, start):
    if not shutil.which("promtool"):
        pytest.skip("there is no promtool")
    sandfly.deploy(ns)
    server = start(ns)
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()
    assert server.ask().is_answered
    # The answer comes before the last pods are ready, and the incident ends with them.
    ns.until(lambda: 'cause="scaled-to-zero"' in server.metrics(), "the healing to be counted", 30)
    metrics = server.metrics()
    done = subprocess.run(["promtool", "check", "metrics"], input=metrics, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.long
def test_it_ends_on_a_signal_and_tells_its_streams(ns, start):
    sandfly.deploy(ns, sandfly.deployment(ns.name, env=[{"name": "START_DELAY", "value": "6"}]))
    server = start(ns)
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()

    told = []

    def terminate(event):
        # Once: a second signal is somebody who will not wait.
        if event["type"] == "healing_progress" and not told:
            told.append(event)
            server.process.terminate()

    task = server.ask(on_event=terminate)
    assert task.types[-1] in ("processing_complete", "error"), task.types
    wait.until(lambda: server.process.poll() is not None, "cortex to end", 20)
    assert server.process.returncode == 0
