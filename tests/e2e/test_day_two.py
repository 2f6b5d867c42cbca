"""Looking after Cortex itself: its configuration, and what it says about itself."""
import contextlib
import email.utils
import http.server
import json
import os
import pathlib
import subprocess
import threading
import time

import pytest

from harness import cortex, rights, sandfly, stream, wait
from harness.sandfly import NAME


class Mount:
    """A ConfigMap as the kubelet mounts it: the file is a symlink through `..data`, which is swapped at a change."""

    def __init__(self, directory, text):
        self.directory = directory / "etc"
        self.directory.mkdir()
        self.revision = 0
        self.write(text)
        self.path = self.directory / "config.yaml"
        self.path.symlink_to("..data/config.yaml")

    def write(self, text):
        self.revision += 1
        content = self.directory / f"..{self.revision}"
        content.mkdir()
        (content / "config.yaml").write_text(text)
        new = self.directory / "..data_tmp"
        new.symlink_to(content.name)
        os.replace(new, self.directory / "..data")


def metric(server, name):
    return next(float(line.split()[-1]) for line in server.metrics().splitlines() if line.startswith(name + " "))


def refused(server):
    return metric(server, 'cortex_config_reloads_total{result="refused"}')


def test_the_policy_follows_its_configmap_and_an_invalid_one_is_refused(ns, start, tmp_path):
    sandfly.deploy(ns, replicas=1)
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()
    mount = Mount(tmp_path, "healing: {enabled: false}\n")
    server = start(ns, flags=["--config", str(mount.path)])

    task = server.ask()
    assert not task.is_answered
    assert "healing is switched off" in task.first("healing_failed")["message"]

    mount.write("healing: {enabeld: true}\n")
    wait.until(lambda: refused(server) == 1, "the invalid file to be refused", 20)
    assert metric(server, "cortex_config_last_reload_successful") == 0
    assert "did you mean “healing.enabled”?" in server.output
    assert stream.request(server.url, path="/health")[2].count('"healing_enabled":false') == 1

    mount.write("healing: {enabled: true}\nhttp: {heartbeat: 20s}\n")
    wait.until(lambda: metric(server, "cortex_config_last_reload_successful") == 1, "the valid file to count", 20)
    assert "healing.enabled: false → true" in server.output
    assert "counts after a restart" in server.output
    assert server.ask().is_answered
    assert ns.get("deployment", NAME)["spec"]["replicas"] > 0


def test_config_says_where_each_value_comes_from(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text("timeouts: {probe: 7s}\nhealing: {humanGrace: 1m}\n")
    run = cortex.run(
        "config", "-o", "json", "-n", "a,b", directory=tmp_path, kubeconfig=None, CORTEX_CONFIG=str(file),
        CORTEX_HUMAN_GRACE="2m")
    assert run.code == 0, run.err
    settings = json.loads(run.out)["settings"]
    assert settings["namespaces"] == {"value": ["a", "b"], "source": "flag", "from": "--namespace", "live": False}
    assert settings["healing.humanGrace"]["value"] == "2m"
    assert settings["healing.humanGrace"]["from"] == "CORTEX_HUMAN_GRACE"
    assert settings["timeouts.probe"] == {"value": "7s", "source": "file", "from": str(file), "live": True}
    assert settings["timeouts.rollout"]["source"] == "default"

    # What it prints as YAML is a file that gives the same.
    printed = cortex.run("config", directory=tmp_path, kubeconfig=None, CORTEX_CONFIG=str(file))
    file.write_text(printed.out)
    again = cortex.run("config", "-o", "json", directory=tmp_path, kubeconfig=None, CORTEX_CONFIG=str(file))
    assert again.code == 0, again.err
    assert json.loads(again.out)["settings"]["timeouts.probe"]["value"] == "7s"


def test_an_unknown_setting_is_an_error_with_the_nearest_known_one(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text("heeling: {enabled: true}\n")
    run = cortex.run("config", "--config", str(file), directory=tmp_path, kubeconfig=None)
    assert run.code == 2
    assert "unknown setting “heeling”; did you mean “healing”?" in run.err and str(file) in run.err and run.out == ""


def test_logs_as_json_carry_incident_and_request(ns, start):
    sandfly.deploy(ns, replicas=1)
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()
    server = start(ns, flags=["--log-format", "json"])
    assert server.ask(id="request-1").is_answered
    lines = [json.loads(line) for line in server.output.splitlines() if line.startswith("{")]
    healing = [line for line in lines if line["component"] == "HEAL-WORKER"]
    assert any(line["message"].startswith("Starting self-healing for service: ") for line in healing)
    assert {line["request"] for line in healing} == {"request-1"}
    assert len({line["incident"] for line in healing}) == 1
    assert all({"time", "level", "message"} <= line.keys() for line in lines)


def doctor(ns, *arguments, **variables):
    return cortex.run("doctor", "-n", ns.name, *arguments, directory=ns.directory, kubeconfig=ns.kubeconfig, **variables)


def checks(run):
    return {check["name"]: check for check in json.loads(run.out)["checks"]}


def test_doctor_finds_nothing_where_everything_is_there(ns):
    sandfly.deploy(ns, replicas=1)
    run = doctor(ns, "-o", "json", CORTEX_DATA_DIR=str(ns.directory))
    report = json.loads(run.out)
    assert (run.code, report["summary"]["failed"]) == (0, 0), run.out
    found = checks(run)
    assert f"system:serviceaccount:{ns.name}:cortex-api" in [check["detail"] for check in report["checks"]]
    for strategy in ("looking", "scale", "rollback", "replace", "repair"):
        assert found[f"{strategy} in {ns.name}"]["state"] == "ok"
    assert found[f"tool server {NAME} in {ns.name}"]["state"] == "ok"
    assert found["clock"]["state"] == "ok"
    assert report["configuration"]["settings"]["namespaces"]["from"] == "--namespace"


def test_doctor_names_what_is_missing_with_its_remedy(ns):
    sandfly.deploy(ns, replicas=1)
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()
    ns.until_unreachable()
    ns.allow(rights.without(rights.rules("cortex-api-reader"), "deployments/scale", "patch"))
    run = doctor(ns, "-o", "json", CORTEX_HEAL_LOG_DIR="/nonexistent")
    assert run.code == 1, run.out
    found = checks(run)
    scale = found[f"scale in {ns.name}"]
    assert (scale["state"], scale["detail"]) == (
        "failed", f"missing: patch deployments.apps/scale in the namespace {ns.name}")
    assert "kubectl create role" in scale["remedy"]
    assert f"cortex heal {NAME}" in found[f"tool server {NAME} in {ns.name}"]["remedy"]
    assert found["healing.logDirectory"]["state"] == "failed"
    assert all(check.get("remedy") for check in found.values() if check["state"] == "failed")
    assert ns.writes() in ([], None)


def test_doctor_says_that_it_could_not_look(ns):
    away = ns.cluster.credentials(ns.directory, {"token": "x"}, server="https://127.0.0.1:1")
    run = cortex.run("doctor", directory=ns.directory, kubeconfig=away)
    assert run.code == 2 and "kubectl get --raw /version" in run.out, run.out
    run = cortex.run("doctor", "-o", "json", directory=ns.directory, kubeconfig=ns.kubeconfig, HEALING_ENABLED="perhaps")
    assert run.code == 2 and "HEALING_ENABLED" in run.out, run.out


@contextlib.contextmanager
def pretended(ns, body='{"gitVersion": "v1.30.0", "items": [], "metadata": {}, "status": {"allowed": true}}', skew=0):
    """A kubeconfig for something that answers everything alike, with a clock that is `skew` seconds ahead."""
    class Answer(http.server.BaseHTTPRequestHandler):
        def date_time_string(self, timestamp=None):
            return email.utils.formatdate(time.time() + skew, usegmt=True)

        def do_GET(self):
            self.rfile.read(int(self.headers.get("content-length") or 0))
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        do_POST = do_GET

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield ns.cluster.credentials(
            ns.directory, {}, server=f"http://127.0.0.1:{server.server_port}",
            cluster={"certificate-authority": None, "certificate-authority-data": None})
        server.shutdown()


@pytest.mark.parametrize("skew, state, words", [
    (3600, "failed", "s behind the API server"), (-3600, "failed", "s ahead of the API server"),
    (-6, "warning", "s ahead of the API server")])
def test_doctor_sees_clocks_that_differ(ns, skew, state, words):
    with pretended(ns, skew=skew) as kubeconfig:
        run = cortex.run("doctor", "-o", "json", directory=ns.directory, kubeconfig=kubeconfig)
    clock = checks(run)["clock"]
    assert clock["state"] == state and words in clock["detail"] and "NTP" in clock["remedy"], run.out
    assert run.code == (1 if state == "failed" else 0)


def test_doctor_says_that_something_else_answers_there(ns):
    with pretended(ns, body="<html>Please log in</html>") as kubeconfig:
        run = cortex.run("doctor", directory=ns.directory, kubeconfig=kubeconfig)
    assert run.code == 2 and "no answer of a Kubernetes API server" in run.out and "DecodingError" not in run.out, run.out


def test_doctor_says_that_the_clusters_names_do_not_resolve(ns):
    found = checks(doctor(ns, "-o", "json", CORTEX_REACH="dns"))
    assert found["DNS"]["state"] == "failed" and "kube-dns" in found["DNS"]["remedy"]


def test_doctor_sees_where_nothing_can_be_kept(ns):
    found = checks(doctor(ns, "-o", "json", CORTEX_DATA_DIR="/dev/null/cortex"))
    assert found["data.directory"]["state"] == "failed", found
    assert "/dev/null cannot be written" in found["data.directory"]["detail"] and found["data.directory"]["remedy"]


def test_doctor_sees_a_full_disk(ns):
    folder = ns.directory / "full"
    folder.mkdir()
    script = (f"mount -t tmpfs -o size=64k tmpfs '{folder}' || exit 77; cat /dev/zero >'{folder}/zero' 2>/dev/null; "
              f"CORTEX_DATA_DIR='{folder}' '{cortex.PROGRAM}' doctor -n {ns.name} --kubeconfig '{ns.kubeconfig}'")
    done = subprocess.run(["unshare", "--mount", "--map-root-user", "bash", "-c", script], capture_output=True, text=True)
    if "unshare failed" in done.stderr or done.returncode == 77:
        pytest.skip("nothing may be mounted here")
    assert done.returncode == 1 and f"data.directory: {folder} is full" in done.stdout, done.stdout
    assert "Make room there" in done.stdout


def test_output_that_cannot_be_written_is_no_success_and_a_reader_that_left_is_none_of_it(tmp_path):
    def run(output):
        return subprocess.run(
            [cortex.PROGRAM, "rbac"], stdout=output, stderr=subprocess.PIPE, text=True,
            env=cortex.environment(tmp_path))
    with open("/dev/full", "w") as full:
        done = run(full)
    assert done.returncode == 1 and "No space left on device" in done.stderr
    reading, writing = os.pipe()
    os.close(reading)
    done = run(writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("content, words", [
    (None, "No such file or directory"), ("", "Is a directory"), ("a: [", "line 2"), ("- a\n", "must hold a mapping"),
    ("x: " + "y" * (5 << 20), "larger than 4 MiB")], ids=["absent", "folder", "no-yaml", "list", "huge"])
def test_a_configuration_file_that_cannot_be_used_says_why(tmp_path, content, words):
    file = tmp_path / "config.yaml"
    if content == "":
        file.mkdir()
    elif content:
        file.write_text(content)
    run = cortex.run("config", "--config", str(file), directory=tmp_path, kubeconfig=None)
    assert run.code == 2 and str(file) in run.err and words in run.err and run.out == "", run.err


def test_it_is_a_kubectl_plugin(ns):
    plugins = ns.directory / "bin"
    plugins.mkdir()
    (plugins / "kubectl-cortex").symlink_to(pathlib.Path(cortex.PROGRAM).resolve())
    environment = cortex.environment(ns.directory, KUBECONFIG=str(ns.kubeconfig))
    environment["PATH"] = f"{plugins}:{environment['PATH']}"
    done = subprocess.run(
        ["kubectl", "cortex", "doctor", "-n", ns.name], capture_output=True, text=True, env=environment, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"looking in {ns.name}" in done.stdout
