"""A program of the user's own in the place of Cortex's healing."""
import json
import os
import time

from harness import sandfly
from harness.sandfly import NAME
from harness.world import World


def worker(tmp_path, body):
    program = tmp_path / "worker.sh"
    program.write_text(f"#!/bin/bash\nprintf '%s\\n' \"$@\" > '{tmp_path}/arguments'\n{body}\n")
    program.chmod(0o755)
    return str(program)


def down(ns):
    sandfly.deploy(ns)
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()


def test_a_program_that_heals(ns, start, tmp_path):
    down(ns)
    program = worker(tmp_path, f"""
        echo 'PROGRESS: looking with my own eyes'
        kubectl --kubeconfig '{ns.cluster.kubeconfig}' -n '{ns.name}' scale deployment {NAME} --replicas=1 >/dev/null
        kubectl --kubeconfig '{ns.cluster.kubeconfig}' -n '{ns.name}' rollout status deployment/{NAME} >/dev/null
        echo '{{"success": true, "diagnosis": "scaled down", "fix_applied": "scaled up by hand",' \\
             '"timestamp": "2026-01-01T00:00:00Z"}}'""")
    task = start(ns, SELF_HEAL_WORKER_PATH=program).ask()
    assert task.is_answered, task.text
    assert "looking with my own eyes" in task.text and "scaled up by hand" in task.text
    assert World.of(ns).replicas == 1, "Cortex itself did nothing"
    assert ns.writes() in (None, [])
    service, error, url = (tmp_path / "arguments").read_text().splitlines()
    assert service == NAME and error and url.startswith("http://")


def test_a_program_that_prints_garbage(ns, start, tmp_path):
    down(ns)
    program = worker(tmp_path, r"head -c 3000000 /dev/urandom; echo; echo 'PROGRESS: fine'; echo 'success: maybe'")
    server = start(ns, SELF_HEAL_WORKER_PATH=program)
    task = server.ask()
    assert not task.is_answered
    assert "output format was invalid" in task.text.lower()
    assert task.first("healing_failed")["recommendation"]
    assert World.of(ns).replicas == 0
    assert server.resident_bytes() < 150 << 20


def test_a_program_that_says_it_failed(ns, start, tmp_path):
    down(ns)
    last = json.dumps({
        "success": False, "diagnosis": "no idea", "fix_attempted": "none", "timestamp": "2026-01-01T00:00:00Z",
        "recommendation": "call the operator"})
    task = start(ns, SELF_HEAL_WORKER_PATH=worker(tmp_path, f"echo '{last}'; exit 1")).ask()
    assert not task.is_answered
    assert task.first("healing_failed")["recommendation"] == "call the operator"


def test_a_program_that_never_ends(ns, start, tmp_path):
    down(ns)
    # It leaves a child of its own behind, which must go as well.
    program = worker(tmp_path, f"sleep 300 & echo $! > '{tmp_path}/child'\necho 'PROGRESS: thinking'\nwait")
    begin = time.monotonic()
    task = start(ns, SELF_HEAL_WORKER_PATH=program, CORTEX_WORKER_TIMEOUT="3s").ask()
    assert not task.is_answered
    assert "thinking" in task.text and task.first("healing_failed")["recommendation"]
    assert time.monotonic() - begin < 60
    child = int((tmp_path / "child").read_text())
    assert not os.path.exists(f"/proc/{child}") or open(f"/proc/{child}/stat").read().split(") ")[1][0] == "Z"


def test_a_program_that_is_not_there(ns, start, tmp_path):
    down(ns)
    task = start(ns, SELF_HEAL_WORKER_PATH=str(tmp_path / "nothing.sh")).ask()
    assert not task.is_answered
    assert "nothing.sh" in task.text
    assert World.of(ns).replicas == 0
