"""What Cortex says and does when it cannot reach the cluster, or is not let in."""
import contextlib
import socket
import ssl
import subprocess
import threading
import time

import pytest
import yaml

from harness import cortex, sandfly, stream, wait
from harness.api import API
from harness.gate import Gate
from harness.sandfly import NAME
from harness.world import World


def refused(ns, kubeconfig, *words):
    """`cortex diagnose` ends with 2 and one clear sentence that holds these words."""
    run = cortex.run("diagnose", NAME, "-n", ns.name, directory=ns.directory, kubeconfig=kubeconfig, timeout=60)
    assert run.code == 2, (run.code, run.out, run.err)
    said = run.out + run.err
    assert all(word in said for word in words), said
    assert len(said.strip().splitlines()) <= 6, said
    return said


def test_a_kubeconfig_that_is_not_there(ns, tmp_path):
    refused(ns, tmp_path / "nowhere.yaml", "nowhere.yaml")


@pytest.mark.parametrize(
    "text, word",
    [("clusters: [\n", "line"), ("just words\n", "kubeconfig"), ("", "kubeconfig"),
     ("current-context: a\ncontexts: [{name: a, context: {cluster: nobody, user: u}}]\n", "nobody"),
     ("current-context: b\n", "b")],
    ids=["no-yaml", "words", "empty", "no-cluster", "no-context"])
def test_a_broken_kubeconfig(ns, tmp_path, text, word):
    file = tmp_path / "broken.yaml"
    file.write_text(text)
    said = refused(ns, file, "broken.yaml")
    assert word in said.replace("broken.yaml", ""), said


def test_a_token_that_is_no_good(ns):
    refused(ns, ns.cluster.credentials(ns.directory, {"token": "not-a-token"}), "401")


def certificate(directory, name):
    """A key and a certificate that it signed itself."""
    key, file = directory / f"{name}.key", directory / f"{name}.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", file, "-days", "2", "-subj",
         f"/CN={name}"], check=True, capture_output=True)
    return key, file


@pytest.fixture
def server_with_tls(cluster, tmp_path):
    """The cluster's own; where that speaks no TLS somebody who does, up to the handshake."""
    if cluster.server.startswith("https:"):
        yield cluster.server
        return
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    key, file = certificate(tmp_path, "front")
    context.load_cert_chain(file, key)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        def shake_hands():
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return  # the test is over
                with connection, contextlib.suppress(OSError):  # whoever does not like the certificate goes
                    context.wrap_socket(connection, server_side=True).close()
        threading.Thread(target=shake_hands, daemon=True).start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)


def test_a_certificate_of_another_authority(ns, tmp_path, server_with_tls):
    _, file = certificate(tmp_path, "another")
    other = {"certificate-authority": str(file), "certificate-authority-data": None}
    said = refused(ns, ns.cluster.credentials(ns.directory, {"token": "a"}, server=server_with_tls, cluster=other))
    assert "certificate" in said.lower()


def test_nobody_listens_where_the_server_should_be(ns):
    url = f"https://127.0.0.1:{cortex.free_port()}"
    said = refused(ns, ns.cluster.credentials(ns.directory, {"token": "a"}, server=url))
    assert url.removeprefix("https://") in said


def through_gate(ns, gate):
    """Cortex's own account, but through the gate."""
    user = yaml.safe_load(ns.kubeconfig.read_text())["users"][0]["user"]
    return ns.cluster.credentials(ns.directory, user, server=gate.url, cluster={"tls-server-name": gate.name})


@pytest.fixture
def gate(cluster):
    gate = Gate(cluster.server)
    yield gate
    gate.close()


@pytest.mark.long
def test_the_server_is_unreachable_at_the_start_and_comes_later(ns, start, gate):
    sandfly.deploy(ns, replicas=1)
    gate.shut()
    server = start(ns, kubeconfig=through_gate(ns, gate))
    assert stream.request(server.url, path="/livez")[0] == 200
    assert stream.request(server.url, path="/readyz")[0] == 503
    task = server.ask(timeout=90)
    assert not task.is_answered and task.types[-1] == "processing_complete"
    assert "The cluster cannot be looked at" in task.first("error")["error"], task.text
    assert "The cluster cannot be watched: " in server.output
    gate.open()
    wait.until(lambda: stream.request(server.url, path="/readyz")[0] == 200, "cortex to be ready", 60)
    task = server.ask()
    assert task.is_answered, task.text


@pytest.mark.long
def test_the_server_falls_silent_and_speaks_again(ns, start, gate):
    sandfly.deploy(ns, replicas=1)
    server = start(ns, kubeconfig=through_gate(ns, gate))
    wait.until(lambda: stream.request(server.url, path="/readyz")[0] == 200, "cortex to be ready", 60)
    gate.hush()
    wait.until(lambda: stream.request(server.url, path="/readyz")[0] == 503, "cortex to notice", 60)
    assert "no answer" in stream.request(server.url, path="/readyz")[2]
    assert "The cluster cannot be watched" in server.output
    gate.open()
    wait.until(lambda: stream.request(server.url, path="/readyz")[0] == 200, "cortex to be ready again", 60)
    task = server.ask()
    assert task.is_answered, task.text


@pytest.mark.long
def test_the_server_is_silent_from_the_start(ns, start, gate):
    sandfly.deploy(ns, replicas=1)
    gate.hush()
    server = start(ns, kubeconfig=through_gate(ns, gate))
    task = server.ask(timeout=90)
    assert not task.is_answered
    assert "no answer" in task.first("error")["error"], task.text
    assert "no answer" in stream.request(server.url, path="/readyz")[2]


@pytest.mark.long
def test_a_credential_plugin_that_is_refused_does_not_run_without_end(ns, start, tmp_path):
    runs = tmp_path / "runs"
    plugin = tmp_path / "plugin"
    plugin.write_text(f"""#!/bin/sh
echo run >> {runs}
echo '{{"apiVersion": "client.authentication.k8s.io/v1beta1", "kind": "ExecCredential", "status": {{"token": "bad"}}}}'
""")
    plugin.chmod(0o755)
    user = {"exec": {"apiVersion": "client.authentication.k8s.io/v1beta1", "command": str(plugin)}}
    server = start(ns, kubeconfig=ns.cluster.credentials(ns.directory, user))
    task = server.ask(timeout=90)
    assert not task.is_answered and "401" in task.text, task.text
    # The first run, and those 1, 2, 4 and 8 s after a refusal: within ten seconds no more than these.
    assert 2 <= len(runs.read_text().splitlines()) <= 6, runs.read_text()


@pytest.mark.long
def test_the_server_goes_in_the_middle_of_a_healing(ns, start, gate):
    sandfly.deploy(ns, sandfly.deployment(ns.name, env=[{"name": "START_DELAY", "value": "5"}]))
    server = start(ns, kubeconfig=through_gate(ns, gate))
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()
    shut_at = []

    def cut(event):
        # As soon as the write is seen in the cluster: Cortex waits for the rollout now.
        if event["type"] == "healing_progress" and not shut_at and World.of(ns).replicas == 2:
            gate.shut()
            shut_at.append(time.monotonic())
        if event["type"].startswith("healing") and shut_at and time.monotonic() - shut_at[0] > 3:
            gate.open()

    import threading
    threading.Timer(15, gate.open).start()
    task = server.ask(on_event=cut)
    gate.open()
    assert task.is_answered, task.text
    assert World.of(ns).replicas == 2
    assert ns.writes() in (None, [f"deployments/scale {NAME}"]), "no write was repeated"


def accepted(ns):
    """Whether the API server takes Cortex's token. (kubectl would not even send it to one without TLS.)"""
    account = API(yaml.safe_load(ns.kubeconfig.read_text()))
    return account.request(API.PATHS["services"].format(ns.name))[0] == 200


def test_a_token_that_expires_while_it_serves(ns, start):
    sandfly.deploy(ns, replicas=1)
    server = start(ns)
    assert server.ask().is_answered
    # The account's tokens are worthless from here on.
    ns.kubectl("delete", "serviceaccount", "cortex-api")
    ns.until(lambda: not accepted(ns), "the token to be refused: the server remembers a good one for some seconds")
    ns.kubectl("scale", "deployment", NAME, "--replicas=0")
    ns.until_gone()
    task = server.ask(timeout=120)
    assert not task.is_answered
    assert "401" in task.text or "credential" in task.text.lower() or "token" in task.text.lower(), task.text
    assert World.of(ns).replicas == 0
    assert stream.request(server.url, path="/livez")[0] == 200
