"""Runs every fault against every contestant and writes the scoreboard; `run` calls it."""
import argparse
import concurrent.futures
import contextlib
import dataclasses
import json
import os
import pathlib
import secrets
import statistics
import sys
import tempfile
import time
import traceback

import embedded
import front
import oracle
from catalogue import FAULTS, manifest_of_guards
from contestants import CONTESTANTS
from harness.cluster import Cluster
from harness.namespace import Namespace


@dataclasses.dataclass
class Watched:
    """What was seen between the fault and the end."""
    visible_at: float
    served_when_broken: bool
    writes: list = dataclasses.field(default_factory=list)
    answering_at: float = None
    answers_at_end: bool = False
    #: Never is before everything.
    unavailable_at: float = 0.0


def watch(ns, fault, contestant, visible_at):
    watched = Watched(visible_at, served_when_broken=fault.serves_when_broken and bool(has_endpoints(ns)))
    end = time.monotonic() + fault.seconds
    calm_since = None
    while time.monotonic() < end:
        answers = ns.answers(fault.service)
        if answers and watched.answering_at is None:
            watched.answering_at = time.time()
        if watched.served_when_broken and not has_endpoints(ns):
            watched.unavailable_at = watched.unavailable_at or time.time()
        # Whoever has ended is watched a little longer: a repair that does not last is none.
        if contestant.has_ended() and (answers or not fault.restored):
            calm_since = calm_since or time.monotonic()
            if time.monotonic() - calm_since > 5:
                break
        else:
            calm_since = None
        time.sleep(0.5)
    watched.answers_at_end = ns.answers(fault.service)
    watched.writes = ns.timed_writes()
    return watched


def has_endpoints(ns):
    names = {item["metadata"]["name"] for item in ns.list("services")}
    return all(ns.endpoints(name) for name in names) if names else False


def play(cluster, fault, kind):
    """One fault against one contestant, in a namespace of its own."""
    if fault.embedded and not cluster.is_embedded:
        with embedded.cluster() as own:
            return {**play(own, fault, kind), "where": "embedded"}
    with tempfile.TemporaryDirectory() as temporary:
        ns = Namespace(cluster, f"faults-{fault.id[:24]}-{secrets.token_hex(2)}", pathlib.Path(temporary))
        contestant = kind(ns, fault)
        started = False
        lent = contextlib.ExitStack()
        try:
            ns.create()
            fault.deploy(ns)
            if fault.embedded:
                lent.enter_context(contextlib.closing(front.lend(ns)))
            good = before(ns, fault)
            contestant.start()
            started = True
            fault.produce(ns)
            # A contestant may be quicker than the harness looks.
            ns.until(lambda: fault.visible(ns) or ns.timed_writes(), f"{fault.id} to be visible",
                     fault.visible_within)
            visible_at = min([time.time(), *(write["at"] for write in ns.timed_writes())])
            broken = before(ns, fault)
            if fault.asked:
                contestant.ask()
            watched = watch(ns, fault, contestant, visible_at)
            row = oracle.judge(ns, fault, good, broken, watched, contestant)
            if not row["cause_right"] or not row["action_right"]:
                row["details"] = contestant.details()
            return row
        except Exception as error:  # one row that cannot be played must not end the run; it counts as wrong
            return unplayed(fault, kind, error)
        finally:
            tidy(ns, fault, contestant if started else None)
            lent.close()


def tidy(ns, fault, contestant):
    """Whatever of it fails is shown, and the rest is done."""
    for step in (contestant.stop if contestant else lambda: None, lambda: fault.after(ns), ns.delete):
        try:
            step()
        except Exception:
            traceback.print_exc()


def unplayed(fault, kind, error):
    traceback.print_exc()
    return {"fault": fault.id, "contestant": kind.name, "error": str(error), "harm": [], "writes": [],
            "cause": None, "cause_right": False, "action": None, "action_right": False, "restored": None,
            "detect_s": None, "act_s": None, "restore_s": None}


def played(cluster, jobs, workers):
    """The rows as they come; those that take a part of the cluster away, or have one of their own, come last, one by
    one."""
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        futures = {pool.submit(play, cluster, fault, kind): fault for fault, kind in jobs if not fault.alone}
        for done in concurrent.futures.as_completed(futures):
            yield {**done.result(), "confirmed": futures[done].confirmed}
    for fault, kind in jobs:
        if fault.alone:
            yield {**play(cluster, fault, kind), "confirmed": fault.confirmed}


def before(ns, fault):
    spec = ns.get(fault.kind, fault.cause_at)["spec"]
    return oracle.Before(
        template=spec["template"]["spec"], spec=spec, guards=manifest_of_guards(ns), claims=set())


def earlier(file, again):
    """The rows of an earlier run that this one does not play again."""
    known = {fault.id for fault in FAULTS}
    rows = json.loads(file.read_text())["rows"] if file.exists() else []
    return [row for row in rows if row["fault"] in known and (row["fault"], row["contestant"]) not in again]


def totals(rows):
    result = {}
    for name in dict.fromkeys(row["contestant"] for row in rows):
        own = [row for row in rows if row["contestant"] == name]
        right = [row for row in own if row["cause_right"] and row["action_right"]]
        acted = [row["act_s"] for row in own if row["act_s"] is not None and not row.get("confirmed")]
        restored = [row for row in own if row["restored"] is not None]
        result[name] = {
            "faults": len(own), "right": len(right), "right_share": round(len(right) / len(own), 3),
            "cause_right": sum(row["cause_right"] for row in own),
            "action_right": sum(row["action_right"] for row in own),
            "detected": sum(row["detect_s"] is not None for row in own),
            "restored": sum(row["restored"] for row in restored), "to_restore": len(restored),
            "harm": sum(bool(row["harm"]) for row in own),
            "median_act_s": round(statistics.median(acted), 2) if acted else None,
        }
    return result


def markdown(document):
    lines = [
        "# The scoreboard", "", f"Made by `{document['command']}` on {document['date']}, Kubernetes "
        f"{document['kubernetes']}. What its one node cannot show is played on the cluster in the binary, and "
        "marked so.", "",
        "Every contestant has the same rights. The judge reads the state of the cluster and its audit log, not what a "
        "contestant says. A contestant's faults are those that it was played on; a row that was played again counts as "
        "it was last.", "",
        "| contestant | faults | right | cause right | action right | restored | harm | median s to act |",
        "|---|---|---|---|---|---|---|---|"]
    for name, t in document["totals"].items():
        lines.append(f"| {name} | {t['faults']} | {t['right']} ({t['right_share']:.0%}) | {t['cause_right']} | "
                     f"{t['action_right']} | {t['restored']} of {t['to_restore']} | {t['harm']} | "
                     f"{t['median_act_s'] if t['median_act_s'] is not None else '–'} |")
    lines += ["", "## Each fault", "",
              "| fault | contestant | cause named | action | restored | harm | detect s | act s | restore s |",
              "|---|---|---|---|---|---|---|---|---|"]
    for row in document["rows"]:
        mark = "" if row["cause_right"] or row["contestant"] != "cortex" else " (wrong)"
        action = (row["action"] or "–") + ("" if row["action_right"] else " (wrong)")
        where = " (embedded)" if row.get("where") == "embedded" else ""
        cells = [row["fault"] + where, row["contestant"], (row["cause"] or "–") + mark, action,
                 {None: "–", True: "yes", False: "no"}[row["restored"]], "; ".join(row["harm"]) or "–",
                 *("–" if row[key] is None else f"{row[key]:.1f}" for key in ("detect_s", "act_s", "restore_s"))]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(prog="tests/faults/run")
    parser.add_argument("--fault", action="append", choices=[f.id for f in FAULTS],
                        help="default: all")
    parser.add_argument("--contestant", action="append", choices=list(CONTESTANTS), help="default: all")
    parser.add_argument("--workers", type=int, default=3, help="faults at one time (default 3)")
    parser.add_argument("--out", type=pathlib.Path, help="a directory for scoreboard.md and scoreboard.json")
    parser.add_argument(
        "--check", type=float, metavar="SHARE", help="fail when fewer rows of Cortex are right, or any harms")
    parser.add_argument("--keep", action="store_true", help="keep the rows of --out that are not played again")
    options = parser.parse_args()
    if options.keep and not options.out:
        parser.error("--keep needs --out, whose rows it keeps")
    cluster = Cluster(os.environ["CORTEX_E2E_KUBECONFIG"], os.environ.get("CORTEX_E2E_CLUSTER"))
    faults = [f for f in FAULTS if not options.fault or f.id in options.fault]
    kinds = [CONTESTANTS[name] for name in options.contestant or CONTESTANTS]

    jobs = [(fault, kind) for kind in kinds for fault in faults]
    again = {(fault.id, kind.name) for fault, kind in jobs}
    rows = earlier(options.out / "scoreboard.json", again) if options.keep else []
    kept = len(rows)
    for row in played(cluster, jobs, options.workers):
        rows.append(row)
        verdict = "right" if row["cause_right"] and row["action_right"] else "WRONG"
        print(f"[{len(rows) - kept}/{len(again)}] {row['contestant']:13} {row['fault']:24} {verdict:6} cause "
              f"{row['cause']}, action {row['action']}, harm {row['harm'] or 'none'}", file=sys.stderr, flush=True)
    order = {fault.id: index for index, fault in enumerate(FAULTS)}
    rows.sort(key=lambda row: (order[row["fault"]], list(CONTESTANTS).index(row["contestant"])))
    document = {
        "command": "make faults", "date": time.strftime("%Y-%m-%d"),
        "kubernetes": cluster.read("/version")["gitVersion"], "totals": totals(rows), "rows": rows}
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "scoreboard.json").write_text(json.dumps(document, indent=1) + "\n")
        for row in rows:
            row.pop("details", None)
        (options.out / "scoreboard.md").write_text(markdown(document))
    print(markdown(document))
    own = document["totals"].get("cortex")
    sys.exit(1 if options.check and own and (own["right_share"] < options.check or own["harm"]) else 0)


if __name__ == "__main__":
    main()
