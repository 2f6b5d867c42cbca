#!/usr/bin/env python3
"""Puts the same load on two servers in turn and prints what they did with it. Called by `run`, which starts them."""
import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TASK = """wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = '{"query": "answer now", "streaming": %s}'
"""
#: Nobody asks either server anything for so long before its memory at rest is read.
REST_SECONDS = 15
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60000.0}


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load(server, path, seconds, script=None):
    """64 connections for some seconds."""
    command = ["wrk", "-t1", "-c64", f"-d{seconds}s", "--latency"]
    command += (["-s", script] if script else []) + [server["url"] + path]
    before = cpu_seconds(server["pid"])
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    used = cpu_seconds(server["pid"]) - before
    if "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(f"{server['name']} {path}: wrong answers under load\n{text}")
    requests = int(re.search(r"(\d+) requests in", text).group(1))
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s|m)\b", text).groups()
    return {
        "perSecond": float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1)),
        "p99ms": float(value) * UNITS[unit],
        "cpuMicros": used / max(1, requests) * 1e6,
    }


def idle_streams(server, count):
    before = cpu_seconds(server["pid"])
    text = subprocess.run(
        [sys.executable, os.path.join(HERE, "streams.py"), "--url", server["url"], "--pid", str(server["pid"]),
         "--release", server["release"], "--streams", str(count)], capture_output=True, text=True)
    if text.returncode != 0:
        raise SystemExit(f"{server['name']}, {count} streams: {text.stderr.strip() or text.stdout.strip()}")
    return json.loads(text.stdout) | {"cpuMicros": (cpu_seconds(server["pid"]) - before) / count * 1e6}


def resident_mb(server):
    with open(f"/proc/{server['pid']}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1)) / 1024


def server(name):
    def parse(values):
        url, pid, release = values
        return {"name": name, "url": url.rstrip("/"), "pid": int(pid), "release": release}
    return parse


def rows(results, rest, counts):
    """(label, unit, Node, Cortex, ratio, target, met)"""
    def median(name, kind, key):
        return statistics.median(result[key] for result in results[name][kind])

    def row(kind, label, key, at_least=None, at_most=None, absolute=None):
        node, cortex = median("node", kind, key), median("cortex", kind, key)
        ratio = cortex / node if node else float("inf")
        if absolute is not None:
            return label, node, cortex, ratio, f"at most {absolute}", cortex <= absolute
        if at_least is not None:
            return label, node, cortex, ratio, f"ratio at least {at_least}", ratio >= at_least
        if at_most is not None:
            return label, node, cortex, ratio, f"ratio at most {at_most}", ratio <= at_most
        return label, node, cortex, ratio, "", None

    yield "memory at rest, MB", rest["node"], rest["cortex"], rest["cortex"] / rest["node"], "at most 30", \
        rest["cortex"] <= 30
    for kind, label, least in (("health", "GET /health", 2), ("task", "task, JSON", 1), ("stream", "task, events", 1)):
        yield row(kind, f"{label}: requests/s", "perSecond", at_least=least)
        yield row(kind, f"{label}: p99, ms", "p99ms", at_most=1)
        yield row(kind, f"{label}: CPU of the server, µs", "cpuMicros")
    for count in counts:
        kind = f"streams{count}"
        yield row(kind, f"{count} streams: kB each", "kBPerStream", absolute=2)
        yield row(kind, f"{count} streams: fan-out p99, ms", "fanOutP99ms", at_most=1)
        yield row(kind, f"{count} streams: CPU of the server, µs each", "cpuMicros")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--node", nargs=3, required=True, metavar=("URL", "PID", "RELEASE"))
    options.add_argument("--cortex", nargs=3, required=True, metavar=("URL", "PID", "RELEASE"))
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--seconds", type=int, default=5)
    options.add_argument("--streams", type=int, default=10000)
    options.add_argument("--json")
    options = options.parse_args()
    servers = [server("node")(options.node), server("cortex")(options.cortex)]
    counts = sorted({min(1000, options.streams), options.streams})
    time.sleep(REST_SECONDS)
    rest = {each["name"]: resident_mb(each) for each in servers}
    results = {each["name"]: {} for each in servers}

    with tempfile.TemporaryDirectory() as work:
        scripts = {}
        for kind, streaming in (("task", "false"), ("stream", "true")):
            scripts[kind] = os.path.join(work, f"{kind}.lua")
            with open(scripts[kind], "w") as script:
                script.write(TASK % streaming)
        # First the streams, on heaps that no load has grown: memory that is there already would hide their cost.
        for number in range(options.rounds):
            for count in counts:
                for each in servers if number % 2 == 0 else servers[::-1]:
                    results[each["name"]].setdefault(f"streams{count}", []).append(idle_streams(each, count))
        for number in range(options.rounds):
            for each in servers if number % 2 == 0 else servers[::-1]:
                found = results[each["name"]]
                found.setdefault("health", []).append(load(each, "/health", options.seconds))
                for kind, script in scripts.items():
                    found.setdefault(kind, []).append(load(each, "/api/tasks", options.seconds, script))

    # The same memory serves every later round: what a stream costs shows in the round that first needs it.
    for found in results.values():
        for count in counts:
            most = max(result["kBPerStream"] for result in found[f"streams{count}"])
            for result in found[f"streams{count}"]:
                result["kBPerStream"] = most
    table = list(rows(results, rest, counts))
    print(f"{'':44}{'Node':>10}{'Cortex':>10}{'ratio':>8}")
    for label, node, cortex, ratio, target, met in table:
        verdict = "" if met is None else f"   {'ok ' if met else 'NOT'} {target}"
        print(f"{label:44}{node:10.1f}{cortex:10.1f}{ratio:8.2f}{verdict}")
    if options.json:
        with open(options.json, "w") as file:
            json.dump({
                "rows": [dict(zip(("label", "node", "cortex", "ratio", "target", "met"), row)) for row in table],
                "rounds": results}, file, indent=2)
            file.write("\n")
    return 1 if any(row[5] is False for row in table) else 0


if __name__ == "__main__":
    sys.exit(main())
