"""Each right of docs/rbac.yaml is taken away by itself, in a world that needs it. The healing ends with exactly that rule
in its advice; or, where it is decided without it, it says which rule is missing and goes on."""
import contextlib
import json
import subprocess

import pytest

from harness import cortex, leases, rights, sandfly
from harness.sandfly import NAME
from harness.scenes import HEALABLE, break_by, to_zero

HEALER = rights.rules("cortex-api-reader")
NODES = rights.rules("cortex-api-nodes")
OWN = rights.rules("cortex-api-own")

#: Without which nothing is written; and with which, at once, the healing succeeds.
WRITES = {
    ("patch", "deployments.apps/scale"): "zero", ("patch", "statefulsets.apps/scale"): "stateful",
    ("patch", "replicasets.apps/scale"): "replica-set", ("patch", "deployments.apps"): "bad-command",
    ("create", "pods/eviction"): "hang", ("patch", "services"): "selector",
    ("patch", "statefulsets.apps"): "stateful-command", ("patch", "daemonsets.apps"): "daemon-command",
}
#: Without which it is not known enough to write anything.
ESSENTIAL = {
    ("list", "services"): "zero", ("list", "endpoints"): "zero", ("list", "pods"): "zero",
    ("list", "deployments.apps"): "zero", ("list", "replicasets.apps"): "bad-command",
    ("list", "horizontalpodautoscalers.autoscaling"): "zero", ("list", "statefulsets.apps"): "stateful",
    ("list", "daemonsets.apps"): "daemon-command", ("get", "namespaces"): "zero",
    ("list", "controllerrevisions.apps"): "stateful-command",
}
#: Without which the healing comes to its end, and says on its way what it lacks.
HELPFUL = {
    ("list", "events"): "zero", ("create", "events"): "zero", ("list", "nodes"): "zero",
    ("get", "services"): "zero", ("get", "endpoints"): "zero", ("get", "deployments.apps"): "zero",
    ("get", "statefulsets.apps"): "stateful", ("watch", "endpoints"): "zero", ("watch", "pods"): "zero",
    ("watch", "deployments.apps"): "zero", ("watch", "statefulsets.apps"): "stateful",
    ("watch", "replicasets.apps"): "replica-set", ("watch", "daemonsets.apps"): "daemon",
    ("list", "poddisruptionbudgets.policy"): "hang", ("list", "networkpolicies.networking.k8s.io"): "hang",
}
#: What only adds to a diagnosis that a person has to act upon.
EXPLAINING = {
    ("get", "pods/log"): "crash", ("list", "persistentvolumeclaims"): "claim", ("list", "resourcequotas"): "quota",
    ("list", "limitranges"): "limits", ("list", "configmaps"): "configured-crash", ("list", "jobs.batch"): "job",
    ("list", "cronjobs.batch"): "job", ("list", "pods.metrics.k8s.io"): "starved",
}
#: What `serve` alone asks for; and the API server's proxy, from outside of the cluster.
SERVING = {
    ("watch", "services"), ("watch", "jobs.batch"), ("watch", "cronjobs.batch"), ("watch", "nodes"),
    ("watch", "horizontalpodautoscalers.autoscaling"),
}
PROXIED = {("get", "services/proxy"), ("create", "services/proxy")}
MADE_AGAIN = {("create", "services")}
#: The guide's list has these for a worker program that looks with kubectl.
KUBECTL = {("get", "pods"), ("get", "events"), ("watch", "events")}
#: In Cortex's own namespace, for a person who looks from inside its pod.
IN_ITS_OWN_POD = {("list", "pods"): "get pods", ("get", "pods"): "get pod some-name"}
#: There, too, to be the only Cortex at a workload. Giving one back is the last: it stays for a while.
LEASES = [(verb, "leases.coordination.k8s.io") for verb in ("get", "create", "patch", "delete")]
LIMITS = {"CORTEX_TOOL_CALL_TIMEOUT": "3s", "CORTEX_PROBE_TIMEOUT": "10s"}


def worlds(*tables):
    """The worlds of these tables; where many rules are taken away in turn it takes long."""
    needed = [world for table in tables for world in table.values()]
    return pytest.mark.parametrize("world", [
        pytest.param(world, marks=pytest.mark.long if needed.count(world) > 4 else ())
        for world in sorted(set(needed))])


def rule(verb, resource):
    return f"--verb={verb} --resource={resource}"


def take_away(ns, verb, resource):
    name, slash, sub = resource.partition("/")
    if resource == "nodes":
        ns.allow(HEALER, nodes=rights.without(NODES, "nodes", verb))
    else:
        plural, _, group = name.partition(".")
        ns.allow(rights.without(HEALER, plural + slash + sub, verb, group))


@contextlib.contextmanager
def missing(ns, verb, resource):
    """All rights but this one; what fails meanwhile says which it was."""
    take_away(ns, verb, resource)
    try:
        yield
    except AssertionError as failure:
        raise AssertionError(f"without {verb} {resource}: {failure}") from failure


def in_turn(table, world):
    return sorted(right for right in table if table[right] == world)


def heal(ns, world=None):
    service = HEALABLE[world].service if world in HEALABLE else NAME
    return cortex.heal(ns, service, "request timed out", **LIMITS)


def test_every_right_that_is_granted_is_taken_away_here():
    tables = [WRITES, ESSENTIAL, HELPFUL, EXPLAINING, SERVING, PROXIED, MADE_AGAIN, KUBECTL]
    assert set().union(*tables) == rights.flat(HEALER) | rights.flat(NODES)
    assert sum(map(len, tables)) == len(set().union(*tables))
    assert IN_ITS_OWN_POD.keys() | set(LEASES) == rights.flat(OWN)


@worlds(WRITES, ESSENTIAL)
def test_without_what_a_healing_needs_nothing_is_written_and_the_rule_is_told(ns, world):
    """Each write needs its rule, and so does each reading without which not enough is known. With all of them the same
    world is healed at once."""
    break_by(ns, world)
    for verb, resource in in_turn({**WRITES, **ESSENTIAL}, world):
        with missing(ns, verb, resource):
            without = heal(ns, world)
            assert without.code == 1, without.out
            assert f"{rule(verb, resource)} -n {ns.name}" in without.json["recommendation"], without.out
            if (verb, resource) in WRITES:
                assert f"{verb} {resource} in the namespace {ns.name}" in without.out, without.out
            assert ns.writes() in (None, [])
    ns.allow(HEALER)
    run = heal(ns, world)
    assert run.code == 0, run.out


@pytest.mark.timeout(600)
@worlds(HELPFUL)
def test_a_reading_that_only_helps_is_named_and_done_without(ns, world):
    HEALABLE[world].stand(ns)
    for verb, resource in in_turn(HELPFUL, world):
        HEALABLE[world].break_it(ns)
        with missing(ns, verb, resource):
            run = heal(ns, world)
            assert run.code == 0, run.out
            assert run.out.count(f"PROGRESS: Cortex may not {verb} {resource} ") == 1, run.out
            assert rule(verb, resource) in run.out
            assert ns.answers(HEALABLE[world].service)
            # A kubelet may keep the pods of the round before: they are not counted again.
            assert len(ns.ready_pods(HEALABLE[world].service)) == 1


@worlds(EXPLAINING)
def test_what_only_a_diagnosis_lacks_is_named(ns, world):
    break_by(ns, world)
    for verb, resource in in_turn(EXPLAINING, world):
        with missing(ns, verb, resource):
            run = heal(ns, world)
            assert run.code == 1 or ns.answers(), run.out
            place = run.json["recommendation"] if run.code else run.out
            assert f"{rule(verb, resource)} -n {ns.name}" in place, run.out


@pytest.mark.long
def test_a_watch_of_serve_that_is_refused_is_told_once(ns, start):
    sandfly.deploy(ns, replicas=1)
    for verb, resource in sorted(SERVING):
        with missing(ns, verb, resource):
            server = start(ns, watch=True)
            ns.until(lambda: rule(verb, resource) in server.output, "the missing rule in the log", 30)
            # The watch may heal it before anybody asks.
            ns.kubectl("scale", "deployment", NAME, "--replicas=0")
            task = server.ask()
            assert task.is_answered, task.text
            assert server.output.count(rule(verb, resource)) == 1
            server.stop()


def test_a_service_that_may_not_be_made_again(ns, start):
    (verb, resource), = MADE_AGAIN
    take_away(ns, verb, resource)
    sandfly.deploy(ns, replicas=1)
    server = start(ns)
    assert server.ask().is_answered
    ns.kubectl("delete", "service", NAME)
    task = server.ask()
    assert not task.is_answered
    assert rule(verb, resource) in task.first("healing_failed")["recommendation"], task.text
    assert ns.writes() in (None, [])


def test_an_answer_that_may_not_be_had_is_not_taken_for_one(ns):
    """A tool server is sent a request, and anything else is got, through the API server's proxy."""
    sandfly.deploy(ns, sandfly.deployment(ns.name, replicas=1), sandfly.plain(ns.name))
    for verb, resource in sorted(PROXIED):
        with missing(ns, verb, resource):
            name = NAME if verb == "create" else sandfly.PLAIN
            run = cortex.heal(ns, name, "connect ECONNREFUSED", "--reach", "api-proxy")
            assert run.code == 1, run.out
            assert f"{rule(verb, resource)} -n {ns.name}" in run.json["recommendation"], run.out
            assert ns.writes() in (None, [])


@pytest.mark.real("kubectl sends a token only to a server with TLS")
def test_what_a_worker_program_lacks_kubectl_names(ns, start, tmp_path):
    sandfly.deploy(ns, replicas=1)
    to_zero(ns)
    program = tmp_path / "worker.sh"
    for verb, resource in sorted(KUBECTL):
        command = {"get": f"get {resource} some-name", "watch": f"get {resource} --watch-only"}[verb]
        program.write_text(f"""#!/bin/bash
echo "PROGRESS: $(timeout 5 kubectl --kubeconfig '{ns.kubeconfig}' -n {ns.name} {command} 2>&1 | tr '\\n\"' '  ')"
echo '{{"success": false, "diagnosis": "looked", "fix_attempted": "none", "timestamp": "2026-01-01T00:00:00Z",' \
     '"recommendation": "none"}}'
""")
        program.chmod(0o755)
        with missing(ns, verb, resource):
            server = start(ns, SELF_HEAL_WORKER_PATH=str(program))
            task = server.ask()
            assert f"cannot {verb} resource  {resource} " in task.text, task.text
            server.stop()


@pytest.mark.real("a pod's identity is one for a server with TLS")
def test_what_is_missing_in_its_own_namespace_is_named_and_healing_does_without(ns, own):
    sandfly.deploy(ns, replicas=1)
    for (verb, resource), command in IN_ITS_OWN_POD.items():
        assert "forbidden" not in kubectl(own, command).lower()
        to_zero(ns)
        own.allow(rights.without(OWN, resource, verb))
        assert f'cannot {verb} resource "{resource}"' in kubectl(own, command)

        run = cortex.as_in_a_pod(own, "doctor", "-o", "json", "-n", ns.name)
        checks = {check["name"]: check for check in json.loads(run.out)["checks"]}
        check = checks.pop(f"Cortex's own pod in {own.name}")
        assert (check["state"], check["detail"]) == (
            "warning", f"missing: {verb} {resource} in the namespace {own.name}"), run.out
        assert f"{rule(verb, resource)} -n {own.name}" in check["remedy"]
        assert all(check["state"] == "ok" for check in checks.values() if check["area"] == "rights"), run.out

        run = cortex.as_in_a_pod(own, "heal", NAME, "-n", ns.name, "--reach", "cluster-ip")
        assert run.code == 0, run.out
        own.allow(OWN)


@pytest.mark.long
@pytest.mark.real("a pod's identity is one for a server with TLS")
def test_without_a_right_to_leases_it_is_named_and_healing_goes_on(ns, own):
    sandfly.deploy(ns, replicas=1)
    for verb, resource in LEASES:
        to_zero(ns)
        if verb == "patch":
            leases.put(own, ns, "")
        own.allow(rights.without(OWN, "leases", verb))
        own.withhold(verb, resource)

        run = cortex.as_in_a_pod(own, "doctor", "-o", "json", "-n", ns.name)
        checks = {check["name"]: check for check in json.loads(run.out)["checks"]}
        check = checks[f"leases in {own.name}"]
        assert (check["state"], check["detail"]) == (
            "warning", f"missing: {verb} {resource} in the namespace {own.name}"), run.out
        assert f"{rule(verb, resource)} -n {own.name}" in check["remedy"]

        run = cortex.as_in_a_pod(own, "heal", NAME, "-n", ns.name, "--reach", "cluster-ip")
        assert run.code == 0, run.out
        assert f"Cortex may not {verb} {resource} in the namespace {own.name}. " in run.out
        assert f"{rule(verb, resource)} -n {own.name}" in run.out
        own.allow(OWN)
        leases.remove(own, ns)


def kubectl(own, command):
    done = subprocess.run(
        ["kubectl", "--kubeconfig", own.kubeconfig, "-n", own.name, *command.split()], capture_output=True, text=True,
        timeout=30)
    return done.stdout + done.stderr
