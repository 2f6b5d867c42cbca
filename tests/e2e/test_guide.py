"""What the deployment guide prints: its commands, with the host's name and the namespace replaced."""
import json
import pathlib
import subprocess

from harness import cortex, sandfly
from harness.sandfly import NAME
from harness.world import World

LIST = r"""curl -X POST http://cortex-orchestrator.cortex.svc.cluster.local:8000/api/tasks \
    -H "Content-Type: application/json" \
    -d '{"query": "list sandfly hosts", "streaming": true}'"""
TEST = r"""curl -N -H "Accept: text/event-stream" \
    -X POST http://cortex-orchestrator.cortex.svc.cluster.local:8000/api/tasks \
    -H "Content-Type: application/json" \
    -d '{"query": "test", "streaming": true}'"""


def shell(server, command):
    command = command.replace("http://cortex-orchestrator.cortex.svc.cluster.local:8000", server.url)
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=150)
    assert done.returncode == 0, done.stderr
    return [json.loads(line[6:]) for line in done.stdout.splitlines() if line.startswith("data: ")]


def test_the_guides_first_test(ns, start):
    sandfly.deploy(ns)
    server = start(ns)
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()

    events = shell(server, LIST)

    types = [event["type"] for event in events]
    assert types[0] == "processing_start" and events[0]["query"] == "list sandfly hosts"
    assert types[-1] == "processing_complete" and "pve-01" in json.dumps(events[-1]["result"])
    start_of_healing, end_of_healing = types.index("healing_start"), types.index("healing_complete")
    assert "healing_progress" in types[start_of_healing:end_of_healing]
    for event in events:
        if event["type"].startswith("healing_"):
            assert event["service"] == NAME
    tools = [event for event in events if event["type"] == "tool_execution"]
    assert {event["tool_name"] for event in tools} == {"list_hosts"}
    assert tools[-1]["status"] == "completed" and types.index("tool_execution") >= 0
    assert ns.kubectl("get", "deployment", NAME, "-o", "jsonpath={.spec.replicas}") == "2"


def test_the_guides_stream_check(ns, start):
    sandfly.deploy(ns)
    events = shell(start(ns), TEST)
    assert events[0]["type"] == "processing_start"
    assert events[-1]["type"] in ("processing_complete", "error")


def test_the_guides_log_searches(ns, start):
    sandfly.deploy(ns)
    server = start(ns)
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()
    assert server.ask().is_answered
    log = server.output
    assert "[HEAL-WORKER]" in log
    assert log.count("Starting self-healing") == 1
    assert log.count("Healing successful") == 1
    assert log.count("Healing failed") == 0
    assert "Remediation Complete" in log
    assert list(server.directory.glob(f"heal-worker-{NAME}-*.log"))


def test_healing_disabled(ns, start):
    sandfly.deploy(ns)
    server = start(ns, HEALING_ENABLED="false")
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()
    task = server.ask()
    assert not task.is_answered
    assert "healing_start" not in task.types
    assert "scale" in task.text.lower(), "it says what would have been done"
    assert World.of(ns).replicas == 0
    assert ns.writes() in (None, [])


def test_the_worker_says_so_when_the_service_is_unknown(ns):
    run = cortex.heal(ns, "nobody-mcp-server", "connect ECONNREFUSED", "http://nobody-mcp-server:3000")
    assert run.code == 1
    assert run.json["success"] is False
    assert "nobody-mcp-server" in run.json["diagnosis"] and run.json["recommendation"]


def test_a_dry_run_changes_nothing(ns):
    sandfly.deploy(ns)
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()
    run = cortex.heal(ns, NAME, "--dry-run")
    assert "scale" in run.out
    assert World.of(ns).replicas == 0
    assert ns.writes() in (None, [])


def test_a_service_in_json_only(ns):
    sandfly.deploy(ns)
    run = cortex.heal(ns, NAME, "-o", "json")
    assert len(run.lines) == 1
    assert run.json["success"] is True and run.code == 0


def test_the_workers_old_name(ns, tmp_path):
    sandfly.deploy(ns)
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "cortex").symlink_to(cortex.PROGRAM)
    variables = cortex.environment(
        tmp_path, KUBECONFIG=str(ns.kubeconfig), HEAL_NAMESPACES=ns.name, CORTEX_HUMAN_GRACE="1s")
    variables["PATH"] = f"{programs}:{variables['PATH']}"
    script = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "self-heal-worker.sh"
    done = subprocess.run(
        [script, NAME, "connect ECONNREFUSED", f"http://{NAME}:3000"], capture_output=True, text=True, timeout=150,
        env=variables)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["success"] is True
    assert ns.answers()
