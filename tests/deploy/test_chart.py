"""The Helm chart, linted and rendered by Helm's own engine."""
import os
import subprocess

import pytest
import yaml

from conftest import ROOT, only, rbac, rights
from test_manifests import guide, hardened

helm = pytest.importorskip("helm_python", reason="Helm's engine cannot be installed here: the chart is not rendered")
CHART = ROOT / "deploy/helm/cortex"


def render(**values):
    with helm.Chart.load(str(CHART)) as chart:
        rendered = chart.render(values, name="cortex", namespace="cortex")
    return [document for name, text in sorted(rendered.items()) if name.endswith(".yaml")
            for document in yaml.safe_load_all(text) if document]


def test_it_lints():
    findings = helm.lint(str(CHART))
    assert not findings["errors"], findings
    # An icon is all that is missing.
    assert [m for m in findings["messages"] if m["severity"] > 1] == [], findings


def test_it_gives_what_the_guides_manifest_gives():
    objects = render(image={"repository": "10.43.170.72:5000/cortex-api", "tag": "latest", "pullPolicy": "Always"})
    assert rights(objects) == rights(guide()) == rbac()
    mine, theirs = (only(o, "Deployment")["spec"] for o in (objects, guide()))
    hardened(mine["template"]["spec"])
    assert mine["template"]["spec"] == theirs["template"]["spec"] and mine["strategy"] == theirs["strategy"]
    assert mine["template"]["metadata"]["annotations"] == theirs["template"]["metadata"]["annotations"]
    assert only(objects, "Service")["spec"] == {
        **only(guide(), "Service")["spec"]}
    assert only(objects, "NetworkPolicy")["spec"] == only(guide(), "NetworkPolicy")["spec"]


@pytest.mark.parametrize("strategies", [["scale"], ["rollback", "restart"], ["replace", "repair"]])
def test_each_strategy_brings_its_own_rights(strategies):
    objects = render(healing={"strategies": strategies, "namespaces": ["tools", "web"]})
    assert rights(objects) == rbac("--strategies", ",".join(strategies), "--namespaces", "tools,web")


def test_what_is_only_watched_brings_rights_to_look():
    objects = render(watch={"namespaces": ["shop", "web"]})
    assert rights(objects) == rbac("--watch-namespaces", "shop,web")
    env = only(objects, "Deployment")["spec"]["template"]["spec"]["containers"][0]["env"]
    assert {"name": "WATCH_NAMESPACES", "value": "shop,web"} in env


@pytest.mark.parametrize("healing", [{"enabled": False}, {"strategies": []}])
def test_without_healing_nothing_may_be_changed(healing):
    assert {right[1] for right in rights(render(healing=healing))} <= {"get", "list", "watch"}


def test_persistence():
    objects = render(persistence={"enabled": True, "storageClass": "local-path"})
    assert only(objects, "PersistentVolumeClaim")["spec"]["storageClassName"] == "local-path"
    spec = only(objects, "Deployment")["spec"]
    assert spec["strategy"] == {"type": "Recreate"}
    assert {"name": "data", "mountPath": "/var/lib/cortex"} in spec["template"]["spec"]["containers"][0]["volumeMounts"]


def test_the_rest_of_the_values():
    objects = render(
        serviceMonitor={"enabled": True, "labels": {"release": "prometheus"}}, priorityClassName="system-cluster-critical",
        env={"CORTEX_HUMAN_GRACE": "1m"}, nodeSelector={"a": "b"}, tolerations=[{"operator": "Exists"}], replicas=2)
    assert only(objects, "ServiceMonitor")["metadata"]["labels"]["release"] == "prometheus"
    assert only(objects, "PodDisruptionBudget")["spec"]["maxUnavailable"] == 1
    spec = only(objects, "Deployment")["spec"]
    pod = spec["template"]["spec"]
    assert spec["replicas"] == 2 and pod["priorityClassName"] == "system-cluster-critical"
    assert {"name": "CORTEX_HUMAN_GRACE", "value": "1m"} in pod["containers"][0]["env"]
    assert pod["nodeSelector"] == {"a": "b"} and pod["tolerations"] == [{"operator": "Exists"}]


def test_a_mistyped_value_is_refused():
    with helm.Chart.load(str(CHART)) as chart, pytest.raises(Exception, match="healng|additional"):
        chart.validate_schema({"healng": {"enabled": False}})


@pytest.mark.parametrize("namespaces", [["tools", "tools"], ["Tools"], []])
def test_namespaces_that_no_binding_can_be_made_in_are_refused(namespaces):
    with helm.Chart.load(str(CHART)) as chart, pytest.raises(Exception, match="namespaces"):
        chart.validate_schema({"healing": {"namespaces": namespaces}})


def container(**values):
    return only(render(**values), "Deployment")["spec"]["template"]["spec"]["containers"][0]


def test_an_image_by_its_digest():
    digest = f"sha256:{'0' * 64}"
    assert container(image={"repository": "r:5000/cortex-api", "digest": digest})["image"] == f"r:5000/cortex-api@{digest}"
    with helm.Chart.load(str(CHART)) as chart, pytest.raises(Exception, match="digest"):
        chart.validate_schema({"image": {"digest": "latest"}})


def test_a_variable_stands_once_whoever_sets_it():
    """Server-side apply refuses a name that is there twice."""
    env = container(env={"CORTEX_DRAIN": "10s", "SELF_HEAL_WORKER_PATH": "/worker/worker.sh"})["env"]
    names = [variable["name"] for variable in env]
    assert len(names) == len(set(names))
    assert {"name": "CORTEX_DRAIN", "value": "10s"} in env
    assert {"name": "SELF_HEAL_WORKER_PATH", "value": "/worker/worker.sh"} in env


@pytest.mark.parametrize("name, value", [
    ("HEALING_ENABLED", "healing.enabled"), ("HEAL_NAMESPACES", "healing.namespaces"),
    ("WATCH_NAMESPACES", "watch.namespaces"), ("CORTEX_DATA_DIR", "persistence.enabled")])
def test_what_rights_and_volumes_follow_is_set_by_its_own_value(name, value):
    with pytest.raises(Exception, match=f"set {value} instead"):
        render(env={name: "x"})


@pytest.mark.parametrize("config, value", [
    ({"namespaces": ["x"]}, "healing.namespaces"), ({"healing": {"enabled": False}}, "healing.enabled"),
    ({"watch": {"namespaces": ["x"]}}, "watch.namespaces"), ({"data": {"directory": "/x"}}, "persistence.enabled")])
def test_nor_is_it_set_by_the_configuration(config, value):
    with pytest.raises(Exception, match=f"set {value} instead"):
        render(config=config)


@pytest.mark.parametrize("values", [
    {"env": {"CORTEX_LEASE_NAMESPACE": "other"}}, {"config": {"healing": {"leaseNamespace": "other"}}}])
def test_leases_are_held_where_the_rights_to_them_are(values):
    with pytest.raises(Exception, match="CORTEX_LEASE_NAMESPACE"):
        render(**values)


def test_a_configuration_is_valid_and_a_change_of_it_replaces_the_pod(tmp_path):
    assert not [o for o in render() if o["kind"] == "ConfigMap"]
    values = [{"healing": {"humanGrace": grace}, "log": {"level": "debug"}} for grace in ("1m", "2m")]
    first, second = (render(config=config) for config in values)
    (tmp_path / "config.yaml").write_text(only(first, "ConfigMap")["data"]["config.yaml"])
    shown = subprocess.run([os.environ["CORTEX_BIN"], "config", "--config", tmp_path / "config.yaml"],
                           capture_output=True, text=True)
    assert "humanGrace: 1m " in shown.stdout and "level: debug" in shown.stdout, shown
    volume = only(first, "Deployment")["spec"]["template"]["spec"]["volumes"][1]["configMap"]["name"]
    assert only(first, "ConfigMap")["metadata"]["name"] == volume
    sums = {only(o, "Deployment")["spec"]["template"]["metadata"]["annotations"]["checksum/config"]
            for o in (first, second, render(config=values[0]))}
    assert len(sums) == 2
