"""Faults on the way to the workload, and Cortex's own missing rights."""
import pytest

from harness import cortex, rights, sandfly
from harness.sandfly import NAME
from harness.world import World


def repaired(ns, route, cause, good):
    verdict = cortex.diagnose(ns)
    assert verdict["cause"] and verdict["cause"]["id"] == cause, verdict
    assert verdict["plan"]["action"] == "repair"
    outcome = route.heal(ns)
    assert outcome.succeeded, outcome.text
    after = World.of(ns)
    assert after.service["selector"] == good.service["selector"]
    assert (after.replicas, after.template, after.pods) == (good.replicas, good.template, good.pods)
    assert ns.writes() in (None, [f"services {NAME}"])
    assert any(event.startswith(f"Service/{NAME} ") for event in ns.recorded_events())
    assert ns.answers()
    return after


@pytest.mark.cause("service-selector")
def test_service_selector(ns, route):
    sandfly.deploy(ns, replicas=1)
    good = World.of(ns)
    ns.patch("service", NAME, {"spec": {"selector": {"app": "sandfly"}}})
    ns.until_unreachable()
    repaired(ns, route, "service-selector", good)


@pytest.mark.cause("service-selector")
def test_service_selector_with_a_label_too_many(ns, route):
    sandfly.deploy(ns, replicas=1)
    good = World.of(ns)
    ns.patch("service", NAME, {"spec": {"selector": {"tier": "backend"}}})
    ns.until_unreachable()
    repaired(ns, route, "service-selector", good)


@pytest.mark.cause("service-target-port")
def test_service_target_port(ns, route):
    sandfly.deploy(ns, replicas=1)
    good = World.of(ns)
    ports = [{"port": 3000, "targetPort": 9999, "name": "mcp"}]
    ns.patch("service", NAME, {"spec": {"ports": ports}})
    ns.until_unreachable()
    after = repaired(ns, route, "service-target-port", good)
    assert after.service["ports"][0]["targetPort"] in ("mcp", 3000)


@pytest.mark.cause("forbidden")
@pytest.mark.parametrize(
    "resource, verb, group", [("deployments/scale", "patch", "apps"), ("services", "patch", "")],
    ids=["scale", "service"])
def test_forbidden(ns, route, resource, verb, group):
    ns.allow(rights.without(rights.rules("cortex-api-reader"), resource, verb))
    sandfly.deploy(ns, replicas=1)
    if resource == "services":
        ns.patch("service", NAME, {"spec": {"selector": {"app": "sandfly"}}})
        ns.until_unreachable()
    else:
        ns.kubectl("scale", "deployment", NAME, "--replicas=0")
        ns.until_gone()
    before = World.of(ns)

    outcome = route.heal(ns)

    assert not outcome.succeeded
    said = outcome.advice or outcome.text
    name, _, sub = resource.partition("/")
    full = (f"{name}.{group}" if group else name) + (f"/{sub}" if sub else "")
    assert full in said and verb in said, said
    after = World.of(ns)
    assert (after.replicas, after.template, after.service) == (before.replicas, before.template, before.service)
    assert ns.writes() in (None, [])


@pytest.mark.cause("forbidden")
def test_what_may_not_be_read_is_not_taken_for_absent(ns, route):
    ns.allow([rule for rule in rights.rules("cortex-api-reader") if "deployments" not in rule["resources"]])
    sandfly.deploy(ns, replicas=1)
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()
    outcome = route.heal(ns)
    assert not outcome.succeeded
    assert "deployments" in (outcome.advice or outcome.text)
    assert World.of(ns).replicas == 0


@pytest.mark.cause("forbidden")
def test_rights_granted_later_are_used_without_a_restart(ns, start):
    ns.allow(rights.without(rights.rules("cortex-api-reader"), "deployments/scale", "patch"))
    sandfly.deploy(ns)
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()
    server = start(ns)
    assert not server.ask().is_answered
    ns.allow(rights.rules("cortex-api-reader"))
    task = server.ask()
    assert task.is_answered, task.text
    assert World.of(ns).replicas == 2
