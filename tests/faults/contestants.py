"""Who is judged: Cortex, and three baselines under the same rights."""
import json
import subprocess
import threading
import time

from harness import stream, wait
from harness.cortex import Cortex as Program
from harness.sandfly import NAME


class Contestant:
    """Starts, is told when the fault is visible, and ends; whatever it writes is in the audit log."""

    def __init__(self, ns, fault):
        self.ns = ns
        self.fault = fault

    def start(self):
        pass

    def ask(self):
        """A request needs the service now."""

    def has_ended(self):
        """Whether it will do nothing more about this fault."""
        return False

    def cause(self):
        """The id of the cause it names; None when it names none."""
        return None

    def claims_success(self):
        return False

    def detected_at(self):
        return None

    def details(self):
        return None

    def stop(self):
        pass


class Nothing(Contestant):
    name = "nothing"


class Cortex(Contestant):
    """Watches the namespace as it is delivered; nobody asks it anything."""
    name = "cortex"

    def start(self):
        self.program = Program(
            self.ns.directory, self.ns.kubeconfig, [self.ns.name], grace=self.fault.grace, watch=True).until_listening()
        wait.until(lambda: "Watching" in self.program.output, "the first lists", 30)

    def ask(self):
        threading.Thread(target=self.program.ask, daemon=True).start()

    def incidents(self):
        """Oldest first."""
        status, _, text = stream.request(self.program.url, path="/api/incidents", timeout=10)
        assert status == 200, text
        return json.loads(text)["incidents"][::-1]

    def incident(self):
        """The first incident of the workload that is to blame, else the first of all."""
        found = self.incidents()
        at_cause = [i for i in found if (i.get("workload") or {}).get("name", i["service"]) == self.fault.cause_at]
        return (at_cause or found or [None])[0]

    def has_ended(self):
        found = self.incidents()
        return bool(found) and all(i["state"] not in ("open", "waiting") for i in found)

    def cause(self):
        """Of a fault that is none it says nothing, and rightly so."""
        incident = self.incident()
        if not incident:
            return self.fault.id if "none" in self.fault.actions else None
        return incident.get("cause")

    def claims_success(self):
        return any(i["state"] == "healed" for i in self.incidents())

    def detected_at(self):
        incident = self.incident()
        return incident and incident["times"].get("detected")

    def details(self):
        return [json.loads(stream.request(self.program.url, path=f"/api/incidents/{i['id']}")[2])
                for i in self.incidents()]

    def stop(self):
        self.program.stop()


class Ticking(Contestant):
    """A rule that is applied every two seconds, with kubectl."""

    def start(self):
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.ended.wait(2):
            self.tick()

    def kubectl(self, *arguments):
        done = subprocess.run(
            ["kubectl", "--kubeconfig", str(self.ns.kubeconfig), "-n", self.ns.name, *arguments],
            capture_output=True, text=True, timeout=90)
        return done.stdout if done.returncode == 0 else ""

    def deployments(self):
        text = self.kubectl("get", "deployments", "-o", "json")
        return json.loads(text)["items"] if text else []

    def stop(self):
        self.ended.set()
        self.thread.join(120)


class RestartAll(Ticking):
    """Restarts every workload that is not ready, at most once in 20 seconds."""
    name = "restart-all"

    def __init__(self, ns, fault):
        super().__init__(ns, fault)
        self.last = {}

    def tick(self):
        for workload in self.deployments():
            name, status = workload["metadata"]["name"], workload.get("status", {})
            is_ready = status.get("readyReplicas", 0) >= workload["spec"]["replicas"] > 0
            if not is_ready and time.monotonic() - self.last.get(name, -20) >= 20:
                self.last[name] = time.monotonic()
                self.kubectl("rollout", "restart", f"deployment/{name}")


class GuideWorker(Ticking):
    """The rules of the guide's worker, once it is asked: nothing at zero replicas stays so, else a restart."""
    name = "guide-worker"

    def __init__(self, ns, fault):
        super().__init__(ns, fault)
        self.tries = 0
        self.said = False

    def tick(self):
        # A request must find the service failing before the worker is called.
        if self.tries >= 2 or self.ns.answers(NAME):
            return
        self.tries += 1
        text = self.kubectl("get", "deployment", NAME, "-o", "json")
        if not text:
            return
        if json.loads(text)["spec"]["replicas"] == 0:
            self.kubectl("scale", "deployment", NAME, "--replicas=1")
        else:
            self.kubectl("rollout", "restart", f"deployment/{NAME}")
        self.kubectl("rollout", "status", f"deployment/{NAME}", "--timeout=60s")
        self.said = True

    def claims_success(self):
        return self.said


CONTESTANTS = {kind.name: kind for kind in (Cortex, Nothing, RestartAll, GuideWorker)}
