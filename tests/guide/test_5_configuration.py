"""Policy from a ConfigMap that a kubelet mounts, changed while Cortex runs."""
import json
import re

import pytest

from harness import stream, wait

pytestmark = pytest.mark.usefixtures("unwatched")

REFUSED = 'cortex_config_reloads_total{result="refused"}'


def configure(world, text):
    world.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "cortex-config", "namespace": "cortex"},
                 "data": {"config.yaml": text}})


def data(world, pod):
    """Where the kubelet's symlink leads: to another folder after each change."""
    listed = world.kubectl("-n", "cortex", "exec", pod, "--", "ls", "-la", "/etc/cortex")
    assert re.search(r" config\.yaml -> \.\.data/config\.yaml$", listed, re.MULTILINE), listed
    return re.search(r" \.\.data -> (\S+)$", listed, re.MULTILINE)[1]


def is_healing_enabled(world):
    return json.loads(stream.request(world.url, path="/health")[2])["healing_enabled"]


def test_policy_follows_the_mounted_configmap_and_an_invalid_one_is_refused(world):
    # The environment goes before the file, and the manifest sets this there.
    world.set("HEALING_ENABLED-")
    pod, = world.pods()
    name = pod["metadata"]["name"]
    assert is_healing_enabled(world), "there is no ConfigMap yet"

    configure(world, "healing: {enabled: false}\n")
    wait.until(lambda: not is_healing_enabled(world), "the ConfigMap that came to count", 120)
    first = data(world, name)
    world.to_zero()
    task = world.ask()
    assert not task.is_answered and "healing is switched off" in task.first("healing_failed")["message"]

    configure(world, "healing: {enabeld: true}\n")
    wait.until(lambda: world.metric(REFUSED) == 1, "the invalid one to be refused", 120)
    second = data(world, name)
    assert second != first, "the kubelet swapped the symlink"
    assert "did you mean “healing.enabled”?" in world.log()
    assert not is_healing_enabled(world), "the old policy stays"
    task = world.ask()
    assert not task.is_answered and world.replicas() == 0

    configure(world, "healing: {enabled: true}\n")
    task = wait.until(lambda: is_healing_enabled(world) and world.ask(), "the valid one to count", 120)
    assert task.is_answered and world.replicas() == 2, task.text
    assert data(world, name) not in (first, second)
    assert world.metric("cortex_config_last_reload_successful") == 1
    after, = world.pods()
    assert after["metadata"]["name"] == name
    assert after["status"]["containerStatuses"][0]["restartCount"] == 0, "all of it in one and the same pod"
    world.kubectl("-n", "cortex", "delete", "configmap", "cortex-config")
    world.tool_server()
