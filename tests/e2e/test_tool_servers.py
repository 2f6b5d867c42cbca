"""Tool servers of the older protocol, and tool servers that misbehave."""
import os

import pytest

from harness import badserver, sandfly, stream
from harness.sandfly import NAME
from harness.world import World

sessions = pytest.mark.skipif(
    not os.environ.get("CORTEX_E2E_SESSIONS_IMAGE"), reason="CORTEX_E2E_SESSIONS_IMAGE names no image")


def deploy_sessions(ns):
    workload = sandfly.deployment(ns.name, image=os.environ["CORTEX_E2E_SESSIONS_IMAGE"])
    sandfly.deploy(ns, workload)


@sessions
def test_sessions_that_live_in_one_of_two_pods(ns, start):
    deploy_sessions(ns)
    server = start(ns)
    for _ in range(12):
        task = server.ask()
        assert task.is_answered, task.text
        assert "healing_start" not in task.types, "a session of another pod is no outage"
    assert ns.writes() in (None, [])


@sessions
def test_sessions_lost_with_their_pods(ns, start):
    deploy_sessions(ns)
    server = start(ns)
    assert server.ask().is_answered
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()
    task = server.ask()
    assert task.is_answered, task.text
    assert World.of(ns).replicas == 2
    for _ in range(4):
        assert server.ask().is_answered


@pytest.mark.parametrize("behaviour", [
    pytest.param("endless-stream", marks=pytest.mark.long), pytest.param("silent", marks=pytest.mark.long),
    "garbage", "html", "endless", "huge", "hang-up"])
def test_a_tool_server_that_misbehaves(ns, start, tmp_path, behaviour):
    sandfly.deploy(ns, replicas=1)
    with badserver.serve(behaviour) as url:
        file = tmp_path / "cortex.yaml"
        file.write_text(f"toolServers:\n  servers:\n    - {{name: broken-mcp-server, url: '{url}'}}\n")
        server = start(
            ns, flags=["--config", str(file)], CORTEX_TOOL_CALL_TIMEOUT="2s", CORTEX_PROBE_TIMEOUT="2s",
            CORTEX_WORKER_TIMEOUT="10s")
        task = server.ask("list broken things", timeout=60)
        assert not task.is_answered
        assert task.types[-1] in ("error", "processing_complete")
        assert "broken-mcp-server" in task.text
        # Neither does it cost much, nor is anybody else harmed.
        assert server.resident_bytes() < 150 << 20
        assert stream.request(server.url, path="/health")[0] == 200
        good = server.ask()
        assert good.is_answered, good.text
        assert ns.writes() in (None, [])


@pytest.mark.parametrize("reach", ["api-proxy", pytest.param("cluster-ip", marks=pytest.mark.real(
    "the addresses of the embedded cluster's Services are those of no network"))])
def test_healing_however_the_tool_server_is_reached(ns, start, reach):
    sandfly.deploy(ns)
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()
    task = start(ns, CORTEX_REACH=reach).ask()
    assert task.is_answered, task.text
    assert "cause: scaled-to-zero" in task.text.lower()
    assert World.of(ns).replicas == 2
