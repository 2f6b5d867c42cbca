"""A cluster behind `kubectl proxy`, and what of its answers must be the same on every one."""
import http.client
import json
import os
import re
import socket
import subprocess
import time


class Cluster:
    """Safe for several threads: each request has a connection of its own."""

    def __init__(self, kubeconfig, unix, server=None):
        """`server` is the process behind it, where that is known: nobody waits for one that has ended."""
        self.socket, self.server = unix, server
        self.process = subprocess.Popen(
            ["kubectl", "--kubeconfig", kubeconfig, "proxy", "--unix-socket", unix, "--reject-methods=^$",
             "--reject-paths=^$"], stdout=subprocess.DEVNULL)
        for _ in range(100):
            if os.path.exists(unix):
                break
            time.sleep(0.1)

    def _connection(self, patience):
        connection = http.client.HTTPConnection("localhost", timeout=patience)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(patience)
        connection.sock.connect(self.socket)
        return connection

    def lines(self, path):
        """The lines of a stream until it ends; the proxy's end ends it too."""
        connection = self._connection(None)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            while line := answer.readline():
                yield line
        except (OSError, http.client.HTTPException):
            return
        finally:
            connection.close()

    def ask(self, method, path, body=None, content=None, headers=()):
        if self.server and self.server.poll() is not None:
            raise ConnectionError(f"the cluster's process has ended with {self.server.returncode}")
        connection = self._connection(30)
        head = {"Content-Type": content or "application/json", "User-Agent": "contract", **dict(headers)}
        connection.request(method, path, None if body is None else json.dumps(body), head)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, {"text": text.strip()}

    def close(self):
        self.process.terminate()
        self.process.wait()


LETTER = "[bcdfghjklmnpqrstvwxz2456789]"
CHANCE = [
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UID"),
    (r"(ResourceVersion in (?:object meta: |record \())\d+", r"\1N"),
    (rf"\b([a-z]\w*)-{LETTER}{{6,10}}-{LETTER}{{5}}\b", r"\1-HASH-POD"),
    (rf"\b([a-z]\w*)-{LETTER}{{6,10}}\b", r"\1-HASH"),
    (rf"\b([a-z]\w*)-{LETTER}{{5}}\b", r"\1-POD"),
    (r"\b10\.42\.\d+\.\d+\b", "ADDRESS"),
    (r"\b10\.43\.\d+\.\d+\b", "VIRTUAL-ADDRESS"),
    (r"\bin \d+(\.\d+)?m?s\b", "in TIME"),
    (r"(Too large resource version: \d+, current: )\d+", r"\1N"),
]


def plain(value, namespace="contract"):
    """A value without what time and chance decide."""
    if isinstance(value, dict):
        return {plain(key, namespace): plain(inner, namespace) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner, namespace) for inner in value]
    if not isinstance(value, str):
        return value
    value = re.sub(rf"\b{re.escape(namespace)}\b", "NAMESPACE", value) if namespace != "contract" else value
    for pattern, word in CHANCE:
        value = re.sub(pattern, word, value)
    return value
