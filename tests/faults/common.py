"""What several faults are produced by, and how they are seen."""
from harness import sandfly
from harness.sandfly import NAME

#: Serves once the database answers, and says why it does not.
AFTER_DATABASE = (
    "import time, urllib.request, runpy\n"
    "while True:\n"
    "    try:\n"
    "        urllib.request.urlopen('http://database:3000/health', timeout=2); break\n"
    "    except OSError as error:\n"
    "        print('cannot reach database:3000:', error, flush=True); time.sleep(1)\n"
    "runpy.run_path('server.py', run_name='__main__')\n"
)


def waiting(*reasons, app=NAME, restarts=0):
    """Whether a container waits for one of these reasons, or ended with it, after so many restarts."""
    def seen(ns):
        for pod in ns.pods(app):
            statuses = pod["status"].get("initContainerStatuses", []) + pod["status"].get("containerStatuses", [])
            for status in statuses:
                states = [status.get("state", {}), status.get("lastState", {})]
                found = {s.get(kind, {}).get("reason") for s in states for kind in ("waiting", "terminated")}
                if found & set(reasons) and status["restartCount"] >= restarts:
                    return True
        return False
    return seen


def pending(ns, app=NAME):
    return any(pod["status"].get("phase") == "Pending" and any(
        c["type"] == "PodScheduled" and c["status"] == "False" for c in pod["status"].get("conditions", []))
        for pod in ns.pods(app))


def replace_pods(ns, app=NAME):
    ns.kubectl("delete", "pod", "-l", f"app={app}", "--wait=false")


def unprobed(ns):
    """One replica without a readiness probe, which answers: nothing but a request shows that it hangs later."""
    workload = sandfly.deployment(ns.name, replicas=1)
    del workload["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]
    sandfly.deploy(ns, workload)
    ns.until(ns.answers, "the tool server to answer")


def hang(ns):
    for pod in ns.pods():
        sandfly.hang(ns, pod)
