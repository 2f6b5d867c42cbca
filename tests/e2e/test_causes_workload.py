"""Faults of the workload itself, healed through a request and through the worker."""
import pytest

from harness import cortex, sandfly
from harness.sandfly import NAME
from harness.world import World

CRASH = {
    "args": ["-c", "print('connecting'); print('vault: permission denied'); raise SystemExit(1)"],
    "does": {"crash": {"after": 0.3, "code": 1, "log": ["connecting", "vault: permission denied"]}}}


def diagnosed(ns, cause):
    """The cause by its name, and that looking at it changed nothing."""
    before, written = World.of(ns), ns.writes()
    verdict = cortex.diagnose(ns)
    assert verdict["cause"] and verdict["cause"]["id"] == cause, verdict
    assert verdict["healthy"] is False and verdict["code"] == 1
    assert verdict["findings"] and all(finding["evidence"] for finding in verdict["findings"]), verdict
    after = World.of(ns)
    assert (after.replicas, after.template, after.service) == (before.replicas, before.template, before.service)
    assert ns.writes() == written
    return verdict


def rolled_back(ns, route, cause, good):
    """Heals by the one write that brings the good template back, and the service answers."""
    sandfly.until_past_grace(ns)
    verdict = diagnosed(ns, cause)
    assert verdict["plan"]["action"] == "rollback", verdict
    outcome = route.heal(ns)
    assert outcome.succeeded, outcome.text
    after = World.of(ns)
    assert after.containers() == good.containers()
    assert (after.replicas, after.service) == (good.replicas, good.service)
    assert ns.writes() in (None, [f"deployments {NAME}"])
    assert any(event.startswith(f"Deployment/{NAME} ") for event in ns.recorded_events())
    assert ns.answers()


def left_alone(ns, route, **options):
    """Asks for healing and holds that nothing was written and no template, count or Service changed."""
    before = World.of(ns)
    outcome = route.heal(ns, **options)
    after = World.of(ns)
    assert ns.writes() in (None, []), outcome.text
    assert (after.replicas, after.template, after.paused, after.service) == (
        before.replicas, before.template, before.paused, before.service)
    return outcome, before, after


@pytest.mark.cause("scaled-to-zero")
@pytest.mark.parametrize("declared", ["applied", "created"])
def test_scaled_to_zero(ns, route, declared):
    if declared == "applied":
        sandfly.deploy(ns)
    else:
        # Nothing but the cluster's own history knows the count: no manifest is remembered.
        sandfly.deploy(ns)
        ns.kubectl("annotate", "deployment", NAME, "kubectl.kubernetes.io/last-applied-configuration-")
    good = World.of(ns)
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()
    assert diagnosed(ns, "scaled-to-zero")["plan"]["action"] == "scale"

    outcome = route.heal(ns)

    assert outcome.succeeded, outcome.text
    after = World.of(ns)
    assert after.replicas == 2
    assert (after.template, after.service) == (good.template, good.service)
    assert ns.writes() in (None, [f"deployments/scale {NAME}"])
    assert any(event.startswith(f"Deployment/{NAME} ") for event in ns.recorded_events())
    assert ns.answers()


@pytest.mark.cause("pod-deleted")
def test_pod_deleted(ns, route):
    sandfly.deploy(ns)
    ns.kubectl("delete", "pod", "-l", f"app={NAME}", "--wait=false")
    outcome, _, _ = left_alone(ns, route)
    assert outcome.succeeded, outcome.text
    # A pod that is leaving may have given the answer.
    ns.until(ns.answers, "the new pods' answer")


@pytest.mark.long
@pytest.mark.cause("crash-new-revision")
def test_crash_new_revision(ns, route):
    sandfly.deploy(ns)
    good = World.of(ns)
    sandfly.change(ns, **CRASH)
    # Before its third restart it may still be one whose dependency starts.
    ns.until_waiting("CrashLoopBackOff", restarts=3)
    rolled_back(ns, route, "crash-new-revision", good)


@pytest.mark.cause("crash-only-revision")
def test_crash_only_revision(ns, route):
    sandfly.deploy(ns, sandfly.deployment(ns.name, **CRASH), ready=False)
    ns.until_waiting("CrashLoopBackOff", restarts=3)
    diagnosed(ns, "crash-only-revision")
    outcome, _, _ = left_alone(ns, route)
    assert not outcome.succeeded
    assert "vault: permission denied" in outcome.text


@pytest.mark.cause("crash-transient")
def test_crash_transient(ns, route):
    sandfly.deploy_crashing_twice(ns)
    # The same revision again, in new pods: it ends twice once more, and then serves as it did.
    ns.kubectl("delete", "pod", "-l", f"app={NAME}", "--wait=false")
    ns.until_waiting("CrashLoopBackOff", "Error", restarts=1)
    outcome, _, _ = left_alone(ns, route)
    assert outcome.succeeded, outcome.text
    assert "cause: crash-transient" in outcome.text.lower()
    assert ns.answers()


@pytest.mark.cause("image-not-found")
def test_image_not_found(ns, route):
    sandfly.deploy(ns)
    good = World.of(ns)
    sandfly.unfindable_image(ns)
    ns.until_waiting("ErrImagePull", "ImagePullBackOff")
    rolled_back(ns, route, "image-not-found", good)


@pytest.mark.cause("bad-command")
def test_bad_command(ns, route):
    sandfly.deploy(ns)
    good = World.of(ns)
    sandfly.change(ns, command=["/nope"])
    ns.until_waiting("RunContainerError", "StartError", "CrashLoopBackOff")
    rolled_back(ns, route, "bad-command", good)


@pytest.mark.cause("oom-limit-cut")
def test_oom_limit_cut(ns, route):
    sandfly.deploy(ns)
    good = World.of(ns)
    sandfly.change(ns, resources={"requests": {"memory": "24Mi"}, "limits": {"memory": "24Mi"}})
    ns.until_waiting("OOMKilled", restarts=1)
    rolled_back(ns, route, "oom-limit-cut", good)


@pytest.mark.long
@pytest.mark.cause("hang")
def test_hang(ns, route):
    workload = sandfly.deployment(ns.name, replicas=1)
    # Without a probe the pod stays Ready, however long it hangs.
    del workload["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]
    sandfly.deploy(ns, workload)
    ns.until(ns.answers, "the first answer")
    before = World.of(ns)
    [pod] = ns.pods()
    sandfly.hang(ns, pod)

    # Its successor is Ready before it listens, on a busy node long before.
    outcome = route.heal(ns, error="the request timed out after 3 s", CORTEX_TOOL_CALL_TIMEOUT="3s")

    assert outcome.succeeded, outcome.text
    assert "cause: hang" in outcome.text.lower()
    after = World.of(ns)
    assert (after.replicas, after.template, after.service) == (before.replicas, before.template, before.service)
    assert after.pods and not after.pods & before.pods
    assert ns.writes() in (None, [f"pods/eviction {pod['metadata']['name']}"])
    assert ns.answers()


@pytest.mark.long
@pytest.mark.cause("hang")
def test_hang_of_both_replicas_replaces_one_at_a_time(ns, start):
    workload = sandfly.deployment(ns.name)
    del workload["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]
    sandfly.deploy(ns, workload)
    ns.until(ns.answers, "the first answer")
    before = World.of(ns)
    for pod in ns.pods():
        sandfly.hang(ns, pod)
    server = start(ns, CORTEX_TOOL_CALL_TIMEOUT="3s", CORTEX_PROBE_TIMEOUT="15s")
    task = server.ask()
    assert task.is_answered and "pve-01" in task.result, task.text
    after = World.of(ns)
    assert (after.replicas, after.template) == (before.replicas, before.template)
    # Without a probe a pod that has only been made is sent requests before it listens.
    ns.until(ns.answers, "both to answer")
    written = ns.writes()
    assert written is None or (written and {line.split()[0] for line in written} == {"pods/eviction"}), written
    assert written is None or len(set(written)) == len(written) <= 2


@pytest.mark.long
@pytest.mark.cause("slow-start")
def test_slow_start(ns, route):
    workload = sandfly.deployment(ns.name, env=[{"name": "START_DELAY", "value": "15"}])
    sandfly.deploy(ns, workload, ready=False)
    ns.until(lambda: len(ns.pods()) == 2, "its pods")
    outcome, before, after = left_alone(ns, route)
    assert outcome.succeeded, outcome.text
    assert "cause: slow-start" in outcome.text.lower()
    assert after.pods == before.pods
    assert ns.answers()


@pytest.mark.cause("readiness-wrong-port")
def test_readiness_wrong_port(ns, route):
    sandfly.deploy(ns)
    good = World.of(ns)
    sandfly.change(ns, readinessProbe={"httpGet": {"path": "/health", "port": 9999}, "periodSeconds": 1})
    ns.until(lambda: not ns.endpoints() and len(ns.pods()) == 2, "no endpoints")
    # Not the probe's event: a kubelet that has much to say sends five events a second and lets the rest wait.
    ns.until(lambda: all(s.get("state", {}).get("running") for pod in ns.pods()
                         for s in pod["status"].get("containerStatuses", [{}])), "its containers to run")
    rolled_back(ns, route, "readiness-wrong-port", good)


@pytest.mark.long
@pytest.mark.cause("rollout-running")
def test_rollout_running(ns, route):
    # The old pods take their time to leave, and the new ones come after them: however late it is asked, none starts yet.
    workload = sandfly.deployment(
        ns.name, does={"stopsAfter": 10}, lifecycle={"preStop": {"exec": {"command": ["/bin/sh", "-c", "sleep 10"]}}})
    workload["spec"]["strategy"] = {"type": "Recreate"}
    workload["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] = 15
    sandfly.deploy(ns, workload)
    ns.kubectl("rollout", "restart", f"deployment/{NAME}")
    # A pod that is leaving may still be sent what is asked: the node's rules follow the endpoints a little later.
    ns.until(lambda: not ns.endpoints() and ns.is_unreachable(), "the rollout to be under way")
    outcome, _, _ = left_alone(ns, route)
    assert outcome.succeeded, outcome.text
    assert "cause: rollout-running" in outcome.text.lower()
    assert ns.answers()


@pytest.mark.cause("rollout-paused")
def test_rollout_paused(ns, route):
    workload = sandfly.deployment(ns.name)
    workload["spec"]["paused"] = True
    sandfly.deploy(ns, workload, ready=False)
    ns.until(lambda: ns.get("deployment", NAME).get("status", {}).get("observedGeneration"), "the pause to be observed")
    diagnosed(ns, "rollout-paused")
    outcome, _, after = left_alone(ns, route)
    assert not outcome.succeeded
    assert after.paused
    assert "paused" in outcome.text


@pytest.mark.cause("healthy")
def test_healthy(ns, route):
    sandfly.deploy(ns)
    verdict = cortex.diagnose(ns)
    assert verdict["healthy"] is True and verdict["cause"] is None and verdict["plan"] is None
    assert verdict["code"] == 0
    outcome, before, after = left_alone(ns, route)
    assert outcome.succeeded, outcome.text
    assert after.pods == before.pods
    if outcome.task:
        assert not outcome.task.all("healing_start")


@pytest.mark.long
@pytest.mark.cause("image-not-found")
def test_a_slow_rollback_is_not_taken_back(ns, route):
    sandfly.deploy(ns, sandfly.deployment(ns.name, env=[{"name": "START_DELAY", "value": "10"}]))
    good = World.of(ns)
    # Its good revision takes longer than its rollouts are given: it looks stuck before it is ready.
    ns.patch("deployment", NAME, {"spec": {"progressDeadlineSeconds": 5}})
    ns.kubectl("set", "image", f"deployment/{NAME}", f"{NAME}=sandfly-mcp:nope")
    ns.until_waiting("ErrImagePull", "ImagePullBackOff")
    route.heal(ns, CORTEX_ROLLOUT_TIMEOUT="5s")
    assert World.of(ns).containers() == good.containers()
    assert ns.writes() in (None, [f"deployments {NAME}"]), "never back to the revision that was left"
