"""Two Cortexes at one cluster, as in an upgrade: one heals, the other waits for it."""
import contextlib
import threading

import pytest

from harness import cortex, leases, sandfly, wait
from harness.sandfly import NAME
from harness.scenes import to_zero
from test_watching import incidents, until_watching


@contextlib.contextmanager
def renewing(own, ns, holder):
    """Somebody holds the tool server's lease and renews it, until the block ends."""
    is_over = threading.Event()

    def renew():
        while not is_over.wait(1):
            leases.put(own, ns, holder)
    leases.put(own, ns, holder)
    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join(30)


def ask(server):
    """A request of its own thread; `task` is there when it has ended."""
    answer = {}
    thread = threading.Thread(target=lambda: answer.update(task=server.ask()), daemon=True)
    thread.start()
    return thread, answer


@pytest.mark.long
def test_what_another_cortex_heals_is_waited_for_and_healed_when_it_gives_up(ns, own, start):
    sandfly.deploy(ns, replicas=1)
    server = start(ns, kubeconfig=own.kubeconfig, CORTEX_LEASE_NAMESPACE=own.name)
    assert server.ask().is_answered
    to_zero(ns)
    with renewing(own, ns, "other-pod_1"):
        thread, answer = ask(server)
        waiting = f"Another healing (other-pod_1) is at Deployment/{NAME}; waiting until it is over"
        wait.until(lambda: waiting in server.output, "it to wait", 30)
        # For longer than a lease lasts that nobody renews, in which it looks and decides several times.
        thread.join(20)
        assert thread.is_alive()
        assert ns.get("deployment", NAME)["spec"]["replicas"] == 0
    leases.remove(own, ns)
    thread.join(120)
    task = answer["task"]
    assert task.is_answered, task.text
    assert waiting in task.text
    assert server.output.count(waiting) <= 2, "told once, in the log of the healing and in the program's"
    assert leases.holders(own) == {}
    if own.cluster.audit_log:
        used = {verb for verb, kind in own.used_rules() if kind == "leases"}
        assert {"get", "create", "delete"} <= used
        assert own.refusals() == []


@pytest.mark.long
def test_whoever_does_not_renew_a_lease_has_lost_it(ns, own):
    """As a Cortex that was killed in the middle of a healing leaves it."""
    sandfly.deploy(ns, replicas=1)
    to_zero(ns)
    leases.put(own, ns, "killed_1")
    run = cortex.heal(
        ns, NAME, "connect ECONNREFUSED", kubeconfig=own.kubeconfig, CORTEX_LEASE_NAMESPACE=own.name)
    assert run.code == 0, run.out
    assert f"Another healing (killed_1) is at Deployment/{NAME}" in run.out
    assert leases.holders(own) == {}
    if own.cluster.audit_log:
        assert ("patch", "leases") in own.used_rules()


@pytest.mark.long
def test_of_two_that_watch_one_replaces_the_pod_that_hangs(ns, own, start):
    """An eviction is bound to its pod alone: without the lease each of them asks for one."""
    workload = sandfly.deployment(ns.name, replicas=1)
    del workload["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]
    sandfly.deploy(ns, workload)
    ns.until(ns.answers, "the first answer")
    servers = [
        start(ns, kubeconfig=own.kubeconfig, watch=True, CORTEX_LEASE_NAMESPACE=own.name, WATCH_ASK_EVERY="1s")
        for _ in range(2)]
    for server in servers:
        until_watching(server)
    pod = ns.pods()[0]["metadata"]["name"]
    sandfly.hang(ns, ns.pods()[0])
    wait.until(
        lambda: any(i["state"] == "healed" for server in servers for i in incidents(server)), "it to be healed", 100)
    ns.until(lambda: not any(i["state"] == "open" for s in servers for i in incidents(s)), "both to end")
    ends = sorted(i["state"] for server in servers for i in incidents(server))
    assert ends in (["healed"], ["healed", "recovered"]), ends
    assert ns.answers()
    attempts = own.write_attempts()
    assert attempts is None or [w for w in attempts if not w.startswith("leases")] == [f"pods/eviction {pod}"], attempts
    assert leases.holders(own) == {}
