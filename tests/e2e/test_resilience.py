"""Cortex, and the API server, stopped in the middle."""
import json
import subprocess

import pytest

from harness import cortex, rights, sandfly
from harness.sandfly import NAME
from harness.world import World


def down(ns, delay="5"):
    sandfly.deploy(ns, sandfly.deployment(ns.name, env=[{"name": "START_DELAY", "value": delay}]))
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()


@pytest.mark.long
@pytest.mark.parametrize("moment", ["healing_start", "after-the-write"])
def test_killed_in_the_middle_and_started_again(ns, start, moment):
    down(ns)
    server = start(ns)

    def kill(event):
        if event["type"] == moment or (
                moment == "after-the-write" and event["type"] == "healing_progress" and World.of(ns).replicas):
            server.kill()
            return False

    task = server.ask(on_event=kill)
    assert not task.is_answered and server.process.returncode == -9

    task = start(ns).ask()

    assert task.is_answered, task.text
    assert World.of(ns).replicas == 2
    written = ns.writes()
    assert written in (None, [f"deployments/scale {NAME}"]), "the second Cortex found what the first one had done"


def test_two_at_once_write_once(ns, start):
    import concurrent.futures
    down(ns, delay="1")
    servers = [start(ns), start(ns)]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        tasks = list(pool.map(lambda server: server.ask(), servers))
    assert all(task.is_answered for task in tasks), [task.text for task in tasks]
    assert World.of(ns).replicas == 2
    assert ns.writes() in (None, [f"deployments/scale {NAME}"])


@pytest.mark.long
@pytest.mark.disruptive
def test_the_api_server_is_restarted_in_the_middle_of_a_healing(ns, start):
    if not ns.cluster.script:
        pytest.skip("CORTEX_E2E_CLUSTER names no script that can restart the API server")
    down(ns)
    # For a moment after its start the API server does not know its roles yet, and refuses what it will allow.
    for right in rights.flat(rights.rules("cortex-api-reader")) | rights.flat(rights.rules("cortex-api-nodes")):
        ns.withhold(*right)
    server = start(ns)
    before = ns.get("deployment", NAME)["metadata"]["generation"]
    restarted = []

    def restart(event):
        if event["type"] == "healing_progress" and not restarted:
            restarted.append(event)
            ns.cluster.restart("apiserver")

    task = server.ask(on_event=restart)
    assert restarted, task.text
    assert task.is_answered, task.text
    ns.until(lambda: World.of(ns).replicas == 2, "the API server to answer")
    # A killed API server's audit log may lack the very write it was answering; the generation counts them all.
    assert ns.get("deployment", NAME)["metadata"]["generation"] == before + 1, "it wrote once"


def slow_healing(ns, **variables):
    """`cortex heal` at work on a server that takes long to start."""
    down(ns, delay="20")
    command = [cortex.PROGRAM, "heal", NAME, "connect ECONNREFUSED", "-n", ns.name, "--kubeconfig", str(ns.kubeconfig)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
        env=cortex.environment(ns.directory, **variables))


@pytest.mark.long
def test_a_worker_that_is_ended_says_so_in_its_last_line(ns):
    process = slow_healing(ns)
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("PROGRESS: Scaling"):
            process.terminate()
    assert process.wait(20) == 1
    report = json.loads(lines[-1])
    assert report["success"] is False and "signal" in report["fix_attempted"] and report["recommendation"]
    # Whoever counts healings by the log's lines counts this one too.
    [file] = ns.directory.glob(f"heal-worker-{NAME}-*.log")
    for log in "".join(lines), file.read_text():
        assert log.count("Healing failed: ") == log.count("Remediation Complete") == 1


@pytest.mark.long
def test_a_worker_that_runs_out_of_time_says_so_in_its_last_line(ns):
    process = slow_healing(ns, CORTEX_WORKER_TIMEOUT="5s")
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    report = json.loads(out.splitlines()[-1])
    assert report["success"] is False and report["timestamp"] and report["recommendation"]
