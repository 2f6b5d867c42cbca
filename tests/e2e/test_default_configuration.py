"""A request's healing in the configuration that users run: Cortex watches too, and may find the fault first. Whoever is
first, the other joins: one healing a workload, and one write."""
import json

import pytest

from harness import sandfly, stream, wait
from harness.sandfly import NAME
from harness.stream import at_once
from harness.world import World

QUERY = {NAME: "list sandfly hosts", "inventory-mcp-server": "list inventory hosts",
         "proxmox-mcp-server": "list proxmox hosts"}


def incidents(server):
    return json.loads(stream.request(server.url, path="/api/incidents")[2])["incidents"]


def watching(ns, start, **options):
    server = start(ns, watch=True, **options)
    wait.until(lambda: "Watching" in server.output, "the first lists", 30)
    return server


def until_it_shows(ns, server):
    """Nobody serves, or the watch has seen it already: it may have healed it before anybody looks."""
    ns.until(lambda: not ns.endpoints() or incidents(server), "the fault to show")


def healed_once(ns, server, writes, *causes, names=(NAME,)):
    """All that was opened is over, there is one incident a workload, and the writes are these."""
    wait.until(lambda: incidents(server) and all(i["state"] in ("healed", "recovered") for i in incidents(server)),
               "every incident to be over", 90)
    for name in names:
        ns.until(lambda: len(ns.endpoints(name)) == World.of(ns, name).replicas, f"all replicas of {name}", 60)
        assert ns.answers(name)
        # What the watch still shows is looked at, and found healthy.
        assert server.ask(QUERY[name]).is_answered
    found = incidents(server)
    assert sorted(i["service"] for i in found) == sorted(names), found
    assert {i["cause"] for i in found} <= set(causes), found
    assert server.output.count("Starting self-healing") == len(names), server.output
    written = ns.writes()
    assert written is None or sorted(written) == sorted(writes), written


@pytest.mark.cause("scaled-to-zero")
@pytest.mark.parametrize("grace", ["1s", "30s"], ids=["watch-is-quick", "request-is-quick"])
def test_scaled_to_zero(ns, start, grace):
    sandfly.deploy(ns)
    server = watching(ns, start, grace=grace)
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    if grace != "1s":
        # Else the watch has scaled it up again before the last container has ended.
        ns.until_gone()
    task = server.ask()
    assert task.is_answered and "pve-01" in task.result, task.text
    healed_once(ns, server, [f"deployments/scale {NAME}"], "scaled-to-zero")


@pytest.mark.cause("image-not-found")
def test_image_not_found(ns, start):
    sandfly.deploy(ns)
    good = World.of(ns)
    server = watching(ns, start)
    image = good.containers()[0]["image"].rsplit(":", 1)[0]
    ns.kubectl("set", "image", f"deployment/{NAME}", f"{NAME}={image}:nope")
    until_it_shows(ns, server)
    task = server.ask()
    assert task.is_answered, task.text
    healed_once(ns, server, [f"deployments {NAME}"], "image-not-found")
    assert World.of(ns).containers() == good.containers()


@pytest.mark.cause("service-selector")
def test_service_selector(ns, start):
    sandfly.deploy(ns)
    good = World.of(ns)
    server = watching(ns, start)
    ns.patch("service", NAME, {"spec": {"selector": {"app": "sandfly"}}})
    until_it_shows(ns, server)
    task = server.ask()
    assert task.is_answered, task.text
    healed_once(ns, server, [f"services {NAME}"], "service-selector")
    assert World.of(ns).service["selector"] == good.service["selector"]


@pytest.mark.cause("oom-limit-cut")
def test_oom_limit_cut(ns, start):
    sandfly.deploy(ns)
    good = World.of(ns)
    server = watching(ns, start)
    sandfly.change(ns, resources={"requests": {"memory": "24Mi"}, "limits": {"memory": "24Mi"}})
    until_it_shows(ns, server)
    task = server.ask()
    assert task.is_answered, task.text
    healed_once(ns, server, [f"deployments {NAME}"], "oom-limit-cut")
    assert World.of(ns).containers() == good.containers()


@pytest.mark.long
@pytest.mark.cause("hang")
def test_hang(ns, start):
    workload = sandfly.deployment(ns.name, replicas=1)
    # Without a probe the pod stays Ready, however long it hangs: no watch shows it, but Cortex asks now and then.
    del workload["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]
    sandfly.deploy(ns, workload)
    ns.until(ns.answers, "the first answer")
    server = watching(ns, start, WATCH_ASK_EVERY="1s", CORTEX_TOOL_CALL_TIMEOUT="3s")
    [pod] = ns.pods()
    sandfly.hang(ns, pod)
    task = server.ask()
    assert task.is_answered, task.text
    healed_once(ns, server, [f"pods/eviction {pod['metadata']['name']}"], "hang")


@pytest.mark.cause("scaled-to-zero")
def test_the_count_that_the_watch_saw_is_restored_though_events_of_it_were_dropped(ns, start):
    sandfly.deploy(ns)
    server = watching(ns, start, grace="30s")
    ns.kubectl("scale", "deployment", NAME, "--replicas=3")
    ns.until(lambda: len(ns.endpoints()) == 3, "three of them")
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()
    # The control plane's clients drop Events where there are many about one object.
    for event in ns.list("events"):
        if event["reason"] == "ScalingReplicaSet" and event["message"].endswith(" to 3"):
            ns.kubectl("delete", "event", event["metadata"]["name"])
    assert server.ask().is_answered
    healed_once(ns, server, [f"deployments/scale {NAME}"], "scaled-to-zero")
    assert World.of(ns).replicas == 3


@pytest.mark.long
@pytest.mark.cause("rollout-stuck")
def test_a_bad_revision_beside_pods_that_serve_is_one_incident_though_a_person_may_be_at_work(ns, start):
    workload = sandfly.deployment(ns.name)
    workload["spec"]["strategy"] = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    sandfly.deploy(ns, workload)
    server = watching(ns, start, grace="15s")
    sandfly.unfindable_image(ns)
    wait.until(lambda: incidents(server), "the incident", 30)
    assert ns.answers()
    wait.until(lambda: [i for i in incidents(server) if i["state"] == "healed"], "the rollback", 60)
    healed_once(ns, server, [f"deployments {NAME}"], "image-not-found")


def test_three_services_failing_at_once(ns, start):
    names = list(QUERY)
    sandfly.deploy(ns, *[sandfly.deployment(ns.name, name) for name in names])
    server = watching(ns, start, grace="30s")
    ns.kubectl("scale", "deployment", *names, "--replicas=0")
    for name in names:
        ns.until_gone(name)
    for name, task in zip(names, at_once(3, lambda index: server.ask(QUERY[names[index]]))):
        assert task.is_answered, f"{name}: {task.text}"
        assert World.of(ns, name).replicas == 2
    healed_once(ns, server, [f"deployments/scale {name}" for name in names], "scaled-to-zero", names=names)


def test_twenty_requests_for_one_failing_service(ns, start):
    sandfly.deploy(ns)
    server = watching(ns, start, grace="30s")
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()
    tasks = at_once(20, lambda index: server.ask())
    assert [task.is_answered for task in tasks] == [True] * 20
    assert all("pve-01" in task.result for task in tasks)
    healed_once(ns, server, [f"deployments/scale {NAME}"], "scaled-to-zero")
