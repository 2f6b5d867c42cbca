"""Cortex is replaced by another version, and back, while requests run.

`CORTEX_GUIDE_PREVIOUS` names the program of an earlier version. Without it both images hold the same program and differ in
nothing but their version's label: then the test is of the replacement, and not of two versions that meet."""
import collections
import filecmp
import os
import threading
import time

import pytest

from conftest import IMAGE
from harness import sandfly, stream


pytestmark = pytest.mark.usefixtures("unwatched")


class Clients:
    """Ask all the time, each one request after the other, on connections of their own."""

    def __init__(self, url, count):
        self.url = url
        self.tasks = []
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self._run, daemon=True) for _ in range(count)]
        for thread in self.threads:
            thread.start()

    def _run(self):
        while not self.stopping.is_set():
            try:
                self.tasks.append(stream.ask(self.url, "list sandfly hosts"))
            except (OSError, ValueError) as error:
                self.tasks.append(error)
            time.sleep(0.05)

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(150)
        return self.tasks


def verdicts(tasks):
    """How each request ended; `lost` is what must not be: no answer, and no event that says why."""
    def verdict(task):
        if isinstance(task, Exception):
            return f"lost: {task!r}"
        if task.status != 200:
            return f"refused: {task.status} {task.body}" if "stopping" in task.body else f"lost: {task.status} {task.body}"
        if task.is_answered:
            return "answered"
        last = task.events[-1] if task.events else {}
        said = last.get("error") or last.get("result") or ""
        return "ended with a reason" if last.get("type") in ("error", "processing_complete") and said else \
            f"lost: {task.types}"
    return collections.Counter(verdict(task) for task in tasks)


@pytest.fixture(scope="module")
def earlier(world):
    """What is there before the upgrade; afterwards the guide's image runs again."""
    previous = os.environ.get("CORTEX_GUIDE_PREVIOUS")
    if previous:
        assert not filecmp.cmp(previous, os.environ["CORTEX_BIN"], shallow=False), "that is the same program"
        world.image(f"{IMAGE}:earlier", program=previous)
    else:
        print("both versions are one program: CORTEX_GUIDE_PREVIOUS names no other")
        world.image(f"{IMAGE}:earlier", "--version", "0.0.9")
    yield f"{IMAGE}:earlier"
    replace(world, f"{IMAGE}:latest")


def replace(world, image):
    world.kubectl("-n", "cortex", "set", "image", "deployment/cortex-orchestrator", f"cortex-api={image}")
    world.rolled_out()
    world.settled()


@pytest.mark.parametrize("broken", [False, True], ids=["serving", "healing"])
def test_upgrade_and_rollback_while_requests_run(world, earlier, broken):
    replace(world, earlier)
    if broken:
        world.tool_server(env=[{"name": "START_DELAY", "value": "6"}])
    generation = world.get("deployment", sandfly.NAME)["metadata"]["generation"]
    clients = Clients(world.url, 4)
    if broken:
        # Nobody waits for the pods to be gone: a request heals it before.
        world.kubectl("-n", world.name, "scale", "deployment", sandfly.NAME, "--replicas=0")
        generation += 1
    for change in (["set", "image", "deployment/cortex-orchestrator", f"cortex-api={IMAGE}:latest"],
                   ["rollout", "undo", "deployment/cortex-orchestrator"]):
        world.kubectl("-n", "cortex", *change)
        world.rolled_out()
        time.sleep(1)
    seen = verdicts(clients.stop())
    print(dict(seen))
    assert not [verdict for verdict in seen if verdict.startswith("lost")], seen
    assert seen["answered"] > 0
    written = world.get("deployment", sandfly.NAME)["metadata"]["generation"] - generation
    assert written == (1 if broken else 0), "nothing is done twice"
    assert world.replicas() == 2
    world.tool_server()
