"""The two ways in which a healing is asked for. A cause is healed the same by both."""
import dataclasses

from . import cortex


@dataclasses.dataclass
class Outcome:
    succeeded: bool
    #: Everything that was said to whoever asked.
    text: str
    #: What the person is told to do, when it failed.
    advice: str
    task: object = None
    run: object = None


class TaskRoute:
    """A request that needs the service: it is answered, or it ends with the advice."""
    name = "task"

    def __init__(self, start):
        self.start = start

    def heal(self, ns, grace="1s", query="list sandfly hosts", answer="pve-01", error=None, **variables):
        task = self.start(ns, grace=grace, **variables).ask(query)
        if task.is_answered:
            assert answer in task.result
            if task.all("healing_start"):
                assert task.first("healing_complete")["success"] is True
            return Outcome(True, task.text, "", task=task)
        assert task.types[-1] in ("error", "processing_complete"), task.types
        failed = task.all("healing_failed")
        return Outcome(False, task.text, failed[-1]["recommendation"] if failed else "", task=task)


class HealRoute:
    """The worker: progress lines, then one line of JSON."""
    name = "heal"

    def heal(self, ns, grace="1s", service="sandfly-mcp-server", error="connect ECONNREFUSED", **variables):
        url = f"http://{service}.{ns.name}.svc.cluster.local:3000/mcp"
        run = cortex.heal(ns, service, error, url, grace=grace, **variables)
        assert run.code in (0, 1), run.err
        if not (run.code == 0 and run.json.get("action") == "none"):
            assert any(line.startswith("PROGRESS: ") for line in run.lines), run.out
        assert f"Starting self-healing for service: {service}" in run.out
        last = run.json
        assert {"success", "diagnosis", "timestamp"} <= last.keys(), last
        assert last["success"] == (run.code == 0)
        if not last["success"]:
            assert last["recommendation"], last
        return Outcome(last["success"], run.out, last.get("recommendation", ""), run=run)
