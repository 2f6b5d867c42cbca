"""The program under test."""
import base64
import dataclasses
import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.parse

import pytest

from . import stream, wait

PROGRAM = os.environ.get("CORTEX_BIN", "")


def environment(directory, **variables):
    """What the program inherits: nothing of the machine's own but where programs are."""
    home = directory / "home"
    home.mkdir(exist_ok=True)
    way = {"CORTEX_REACH": os.environ["CORTEX_E2E_REACH"]} if "CORTEX_E2E_REACH" in os.environ else {}
    return {"PATH": os.environ["PATH"], "HOME": str(home), "CORTEX_HEAL_LOG_DIR": str(directory), **way, **variables}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Cortex:
    """`cortex serve` for one namespace or several, on a port of its own.

    It heals only what a request needs, since a test breaks things on purpose; `watch=True` lets it find them itself."""

    def __init__(self, directory, kubeconfig, namespaces, grace="1s", flags=(), watch=False, **variables):
        variables.setdefault("WATCH_ENABLED", "true" if watch else "false")
        self.directory = directory
        self.log = directory / f"cortex-{time.monotonic_ns()}.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [PROGRAM, "serve", "--listen", f"127.0.0.1:{self.port}", "--namespace", ",".join(namespaces),
                   "--human-grace", grace, *flags]
        if kubeconfig:
            command += ["--kubeconfig", str(kubeconfig)]
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                env=environment(directory, **variables))

    def until_listening(self, seconds=10):
        def listening():
            assert self.process.poll() is None, f"cortex ended with {self.process.returncode}:\n{self.output}"
            try:
                return stream.request(self.url, path="/livez", timeout=2)[0] == 200
            except OSError:
                return False
        wait.until(listening, "cortex to listen", seconds, every=0.02)
        return self

    def ask(self, query="list sandfly hosts", **options):
        return stream.ask(self.url, query, **options)

    def metrics(self):
        return stream.request(self.url, path="/metrics")[2]

    def resident_bytes(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS:"))

    @property
    def output(self):
        return self.log.read_text(errors="replace")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """Ends it as Kubernetes would; it must go by itself."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(32)  # it gives tasks in flight 25 seconds
            except subprocess.TimeoutExpired:
                self.kill()
                raise AssertionError(f"cortex did not end on SIGTERM:\n{self.output[-2000:]}")


@dataclasses.dataclass
class Run:
    """One `cortex heal` or `cortex diagnose` that has ended."""
    code: int
    out: str
    err: str

    @property
    def lines(self):
        return self.out.splitlines()

    @property
    def json(self):
        """The last line, which is one line of JSON whatever happened."""
        assert self.lines, f"no output; on the error stream: {self.err}"
        return json.loads(self.lines[-1])


def run(command, *arguments, directory, kubeconfig, timeout=150, **variables):
    full = [PROGRAM, command, *arguments]
    if kubeconfig:
        full += ["--kubeconfig", str(kubeconfig)]
    done = subprocess.run(
        full, capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL,
        env=environment(directory, **variables))
    return Run(done.returncode, done.stdout, done.stderr)


#: A pod finds its identity in files at a fixed place; here they are for this one program only.
POD = """set -e
mount -t tmpfs tmpfs /var/run || exit 77
mkdir -p /var/run/secrets/kubernetes.io
cp -r "$1" /var/run/secrets/kubernetes.io/serviceaccount
shift
exec "$@"
"""


def as_in_a_pod(ns, *arguments):
    """A run with the identity of the namespace's account, found as a pod finds it."""
    cluster = ns.cluster.config["clusters"][0]["cluster"]
    parts = urllib.parse.urlsplit(cluster["server"])
    identity = ns.directory / "serviceaccount"
    identity.mkdir(exist_ok=True)
    (identity / "token").write_text(ns.token())
    (identity / "namespace").write_text(ns.name)
    authority = cluster.get("certificate-authority-data")
    (identity / "ca.crt").write_bytes(
        base64.b64decode(authority) if authority else pathlib.Path(cluster["certificate-authority"]).read_bytes())
    done = subprocess.run(
        ["unshare", "--mount", "--map-root-user", "bash", "-c", POD, "bash", identity, PROGRAM, *arguments],
        capture_output=True, text=True, timeout=150, stdin=subprocess.DEVNULL, env=environment(
            ns.directory, KUBERNETES_SERVICE_HOST=parts.hostname, KUBERNETES_SERVICE_PORT=str(parts.port or 443)))
    if (done.returncode == 77 or "unshare failed" in done.stderr) and os.geteuid() != 0:
        pytest.skip("nothing may be mounted here")
    return Run(done.returncode, done.stdout, done.stderr)


def heal(ns, service="sandfly-mcp-server", *arguments, grace="1s", **options):
    return run("heal", service, *arguments, "-n", ns.name, "--human-grace", grace, directory=ns.directory,
               kubeconfig=options.pop("kubeconfig", ns.kubeconfig), **options)


def diagnose(ns, target="sandfly-mcp-server", grace="1s", **options):
    """The diagnosis as JSON, with the exit code as `code`."""
    done = run("diagnose", target, "-n", ns.name, "-o", "json", "--human-grace", grace, directory=ns.directory,
               kubeconfig=options.pop("kubeconfig", ns.kubeconfig), **options)
    assert done.code in (0, 1), f"diagnose could not look: {done.out} {done.err}"
    return {**json.loads(done.out), "code": done.code}
