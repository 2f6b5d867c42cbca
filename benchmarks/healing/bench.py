"""Measures on a real cluster; `run` calls it in the end-to-end suite's environment."""
import argparse
import contextlib
import json
import os
import pathlib
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

from harness import sandfly, stream
from harness.cluster import Cluster
from harness.cortex import Cortex, free_port
from harness.namespace import Namespace
from harness.sandfly import NAME

#: What `--check` holds besides the ratio: resident memory at rest, and start to the first answered request.
MEMORY_MB, START_MS = 30, 150
#: A change of a template must be older than this before Cortex reverts it; the script waits as long.
GRACE = 5
PROTOCOL = "2026-07-28"
CALL = json.dumps({
    "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
        "name": "list_hosts", "arguments": {}, "_meta": {
            "io.modelcontextprotocol/protocolVersion": PROTOCOL, "io.modelcontextprotocol/clientCapabilities": {},
            "io.modelcontextprotocol/clientInfo": {"name": "bench", "version": "1"}}}}).encode()
HEADERS = {
    "Content-Type": "application/json", "Accept": "application/json, text/event-stream",
    "MCP-Protocol-Version": PROTOCOL, "Mcp-Method": "tools/call", "Mcp-Name": "list_hosts"}


def say(*words):
    print(*words, file=sys.stderr, flush=True)


@contextlib.contextmanager
def namespace(cluster, directory, title):
    ns = Namespace(cluster, f"bench-{title}-{secrets.token_hex(2)}", directory)
    try:
        ns.create()
        yield ns
    finally:
        ns.delete()


@contextlib.contextmanager
def serving(ns, **options):
    server = Cortex(ns.directory, ns.kubeconfig, [ns.name], grace=f"{GRACE}s", **options).until_listening()
    try:
        yield server
    finally:
        server.stop()


class Scenario:
    """A fault, and the fix of somebody who knows it."""

    def __init__(self, name, break_it, is_broken, fix, settle=0):
        self.name, self.break_it, self.is_broken, self.fix, self.settle = name, break_it, is_broken, fix, settle


def selector(app):
    return json.dumps({"spec": {"selector": {"app": app}}})


SCENARIOS = [
    Scenario(
        "scaled-to-zero", ["scale", "deployment", NAME, "--replicas=0"],
        lambda ns: not ns.pods(deleted=True), ["scale", "deployment", NAME, "--replicas=2"]),
    Scenario(
        "image-not-found", ["set", "image", f"deployment/{NAME}", f"{NAME}=sandfly-mcp:nope"],
        lambda ns: any("Image" in status.get("state", {}).get("waiting", {}).get("reason", "") for pod in ns.pods()
                       for status in pod["status"].get("containerStatuses", [])),
        ["rollout", "undo", f"deployment/{NAME}"], settle=GRACE + 1),
    Scenario(
        "service-selector", ["patch", "service", NAME, "-p", selector("sandfly")],
        lambda ns: ns.is_unreachable(), ["patch", "service", NAME, "-p", selector(NAME)]),
]


class Server:
    """The tool server as the script reaches it: by its cluster IP, or through `kubectl proxy` where that is far."""

    def __init__(self, ns):
        address = ns.get("service", NAME)["spec"]["clusterIP"]
        self.proxy = None
        try:
            socket.create_connection((address, 3000), timeout=2).close()
            self.url = f"http://{address}:3000/mcp"
        except OSError:
            port = free_port()
            self.proxy = subprocess.Popen(
                ["kubectl", "--kubeconfig", str(ns.cluster.kubeconfig), "proxy", f"--port={port}"],
                stdout=subprocess.DEVNULL)
            self.url = f"http://127.0.0.1:{port}/api/v1/namespaces/{ns.name}/services/{NAME}:3000/proxy/mcp"

    def first_answer(self, seconds=120):
        """Calls the tool in a tight loop until it answers."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(urllib.request.Request(self.url, CALL, HEADERS), timeout=2) as reply:
                    if b"pve-01" in reply.read():
                        return
            except OSError:
                pass
            time.sleep(0.05)
        raise SystemExit("the tool server does not answer after its fix")

    def close(self):
        if self.proxy:
            self.proxy.terminate()
            self.proxy.wait()


def by_script(ns, scenario, tool_server):
    begin = time.monotonic()
    ns.kubectl(*scenario.fix)
    tool_server.first_answer()
    return time.monotonic() - begin


def by_cortex(server):
    begin = time.monotonic()
    task = server.ask()
    elapsed = time.monotonic() - begin
    if not task.is_answered or not task.all("healing_complete"):
        raise SystemExit(f"Cortex did not heal: {task.text}\n{server.output[-4000:]}")
    return elapsed


def healing(cluster, directory, scenario, rounds):
    """Both, in turn, on the same service: seconds from the request to its answer."""
    times = {"cortex": [], "script": []}
    with namespace(cluster, directory, scenario.name) as ns:
        sandfly.deploy(ns)
        tool_server = Server(ns)
        try:
            with serving(ns) as server:
                for index in range(rounds * 2):
                    # Who comes first changes from round to round.
                    who = ["cortex", "script", "script", "cortex"][index % 4]
                    ns.kubectl(*scenario.break_it)
                    ns.until(lambda: scenario.is_broken(ns), scenario.name, 90)
                    time.sleep(scenario.settle)
                    seconds = by_cortex(server) if who == "cortex" else by_script(ns, scenario, tool_server)
                    times[who].append(seconds)
                    say(f"  {scenario.name:17} {who:6} {seconds:6.2f} s")
                    ns.until(lambda: len(ns.endpoints()) == 2 and len(ns.pods(deleted=True)) == 2, "both replicas", 90)
        finally:
            tool_server.close()
    cortex, script = (statistics.median(times[who]) for who in ("cortex", "script"))
    return {"scenario": scenario.name, "cortex_s": cortex, "script_s": script, "ratio": cortex / script, "times": times}


def at_rest(cluster, directory, idle):
    with namespace(cluster, directory, "rest") as ns:
        sandfly.deploy(ns, sandfly.deployment(ns.name), sandfly.deployment(ns.name, "inventory-mcp-server"))
        with serving(ns, watch=True) as server:
            for query in ("list sandfly hosts", "list inventory hosts"):
                assert server.ask(query).is_answered
            time.sleep(idle)
            return {"resident_mb": server.resident_bytes() / 1e6, "idle_s": idle}


def start_to_answer(cluster, directory, pods, rounds):
    """Milliseconds from the start of the process to the first `GET /health`, and to the first task's answer."""
    filler = sandfly.deployment("", "filler", pods, image="busybox", args=["sleep", "100000"])
    container = filler["spec"]["template"]["spec"]["containers"][0]
    for needless in ("ports", "readinessProbe", "resources"):
        del container[needless]
    body = json.dumps({"query": "list sandfly hosts", "streaming": False})
    times = {"health_ms": [], "task_ms": []}
    with namespace(cluster, directory, "start") as ns:
        sandfly.deploy(ns)
        filler["metadata"]["namespace"] = ns.name
        ns.apply(filler)
        ns.until(lambda: len(ns.ready_pods("filler")) == pods, f"{pods} running pods", 600)
        for _ in range(rounds):
            for kind in times:
                begin = time.monotonic()
                server = Cortex(ns.directory, ns.kubeconfig, [ns.name])
                try:
                    while True:
                        try:
                            if kind == "health_ms":
                                status, _, text = stream.request(server.url, path="/health")
                            else:
                                status, _, text = stream.request(
                                    server.url, "POST", "/api/tasks", body, {"Content-Type": "application/json"})
                            break
                        except ConnectionRefusedError:
                            assert server.process.poll() is None and time.monotonic() - begin < 20, server.output
                            time.sleep(0.001)
                    assert status == 200 and (kind == "health_ms" or "pve-01" in text), text
                    times[kind].append((time.monotonic() - begin) * 1000)
                finally:
                    server.stop()
    return {"pods": pods, **{kind: statistics.median(values) for kind, values in times.items()}}


def main():
    parser = argparse.ArgumentParser(prog="benchmarks/healing/run")
    parser.add_argument("-o", "--output", choices=["text", "json"], default="text")
    parser.add_argument("--rounds", type=int, default=5, help="rounds each (default 5)")
    parser.add_argument("--scenario", action="append", choices=[s.name for s in SCENARIOS], help="default: all")
    parser.add_argument("--pods", type=int, default=100, help="pods in the cluster for the start; 0 leaves it out")
    parser.add_argument("--idle", type=int, default=20, help="seconds without a request before memory is read")
    parser.add_argument("--check", type=float, metavar="RATIO", 
                        help="fail when a median ratio is higher, memory at rest or the start above its limit")
    options = parser.parse_args()
    cluster = Cluster(os.environ["CORTEX_E2E_KUBECONFIG"], os.environ.get("CORTEX_E2E_CLUSTER"))

    with tempfile.TemporaryDirectory() as temporary:
        directory = pathlib.Path(temporary)
        chosen = [s for s in SCENARIOS if not options.scenario or s.name in options.scenario]
        result = {
            "rounds": options.rounds,
            "healing": [healing(cluster, directory, scenario, options.rounds) for scenario in chosen]}
        if not options.scenario:
            say("  memory at rest")
            result["at_rest"] = at_rest(cluster, directory, options.idle)
            if options.pods:
                say(f"  start on a cluster with {options.pods} pods")
                result["start"] = start_to_answer(cluster, directory, options.pods, options.rounds)

    if options.output == "json":
        print(json.dumps(result, indent=2))
    else:
        print(f"\nrequest to answer, medians of {options.rounds}\n")
        print(f"  {'':18}{'Cortex':>9}{'script':>9}{'ratio':>8}")
        for row in result["healing"]:
            print(f"  {row['scenario']:18}{row['cortex_s']:7.2f} s{row['script_s']:7.2f} s{row['ratio']:8.2f}")
        if "at_rest" in result:
            print(f"\n  memory at rest    {result['at_rest']['resident_mb']:.1f} MB")
        if "start" in result:
            start = result["start"]
            print(f"  start to answer   {start['health_ms']:.0f} ms (health), {start['task_ms']:.0f} ms (task), "
                  f"{start['pods']} other pods")
    sys.exit(1 if options.check and exceeded(result, options.check) else 0)


def exceeded(result, ratio):
    """What is above its limit, each said in a line."""
    over = [f"{row['scenario']}: {row['ratio']:.2f} times the script, at most {ratio}"
            for row in result["healing"] if row["ratio"] > ratio]
    resident = result.get("at_rest", {}).get("resident_mb", 0)
    if resident > MEMORY_MB:
        over.append(f"memory at rest: {resident:.1f} MB, at most {MEMORY_MB}")
    over += [f"start to answer: {value:.0f} ms ({name}), at most {START_MS}"
             for name, value in result.get("start", {}).items() if name.endswith("_ms") and value > START_MS]
    for line in over:
        say("above its limit:", line)
    return over


if __name__ == "__main__":
    main()
