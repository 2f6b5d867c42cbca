"""The guide's three rollbacks."""
import time

import pytest

from commands import run
from conftest import IMAGE
from harness import sandfly


pytestmark = pytest.mark.usefixtures("unwatched")


def test_healing_is_switched_off_and_on_again(world):
    begin = time.monotonic()
    run("disable healing")
    world.rolled_out()
    world.settled()
    world.to_zero()
    task = world.ask()
    assert not task.is_answered and "healing_start" not in task.types
    event = task.first("healing_failed")
    assert "healing is switched off" in event["message"]
    assert "kubectl scale deployment/sandfly-mcp-server --replicas=2" in event["recommendation"]
    assert world.replicas() == 0
    print(f"switched off and said so within {time.monotonic() - begin:.0f} s")

    run("undo")
    world.rolled_out()
    world.settled()
    task = world.ask()
    assert task.is_answered and world.replicas() == 2, task.text


def test_the_previous_image(world):
    world.image(f"{IMAGE}:previous-version", "--version", "0.0.9")
    run("previous image")
    world.rolled_out()
    world.settled()
    pod, = world.pods()
    assert pod["spec"]["containers"][0]["image"] == f"{IMAGE}:previous-version"
    world.to_zero()
    assert world.ask().is_answered
    world.kubectl("-n", "cortex", "rollout", "undo", "deployment/cortex-orchestrator")
    world.rolled_out()
    assert world.get("deployment", sandfly.NAME)["status"]["readyReplicas"] == 2
