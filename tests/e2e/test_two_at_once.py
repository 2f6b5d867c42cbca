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


def test_what_another_cortex_heals_is_waited_for_and_healed_when_it_gives_up(ns, own, start):
    sandfly.deploy(ns, replicas=1)
    server = start(ns, kubeconfig=own.kubeconfig, CORTEX_LEASE_NAMESPACE=own.name)
    assert server.ask().is_answered
    to_zero(ns)
    with renewing(own, ns, "other-pod_1"):
        thread, answer = ask(server)
        waiting = f"Another Cortex (other-pod_1) is healing Deployment/{NAME}; waiting until it is done"
        wait.until(lambda: waiting in server.output, "it to wait", 30)
        assert thread.is_alive()
        assert not [write for write in own.writes() or [] if not write.startswith("leases")]
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
    assert "Another Cortex (killed_1) is healing" in run.out
    assert leases.holders(own) == {}
    if own.cluster.audit_log:
        assert ("patch", "leases") in own.used_rules()


@pytest.mark.long
def test_of_two_that_watch_one_rolls_back(ns, own, start):
    sandfly.deploy(ns)
    servers = [
        start(ns, kubeconfig=own.kubeconfig, watch=True, CORTEX_LEASE_NAMESPACE=own.name) for _ in range(2)]
    for server in servers:
        until_watching(server)
    sandfly.change(ns, image="registry.invalid/nope:1")
    wait.until(
        lambda: any(i["state"] == "healed" for server in servers for i in incidents(server)), "it to be healed", 100)
    ns.until(lambda: not any(i["state"] == "open" for s in servers for i in incidents(s)), "both to end")
    ends = sorted(i["state"] for server in servers for i in incidents(server))
    assert ends in (["healed"], ["healed", "recovered"]), ends
    assert ns.answers()
    written = own.writes()
    assert written is None or [w for w in written if not w.startswith("leases")] == [f"deployments {NAME}"], written
    assert leases.holders(own) == {}
