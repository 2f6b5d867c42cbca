"""A front of the API server for one contestant: it lends the account's token to whoever comes, so that kubectl can use
it over plain HTTP, and it stumbles or is gone when it is told to."""
import contextlib
import http.client
import http.server
import itertools
import json
import socket
import ssl
import threading
import time
import urllib.parse

#: What is not passed on: it is of one connection, or the front's own.
OWN = {"host", "connection", "authorization", "content-length", "transfer-encoding", "accept-encoding"}


def lend(ns):
    """A front of the namespace's cluster, by which alone a contestant reaches it from here on."""
    front = Front(ns.cluster.server, ns.token())
    ns.kubeconfig = ns.cluster.credentials(
        ns.directory, {"token": ns.token()}, server=front.url, cluster={
            "certificate-authority-data": None, "certificate-authority": None})
    return front


class Front:
    def __init__(self, server, token):
        self.target = urllib.parse.urlsplit(server)
        self.token = token
        self.is_gone = False
        self.stumbles = False
        self._stumbling_since = None
        self._asked = 0
        self._number = itertools.count(1)
        self._open = set()
        front = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do(self):
                front._answer(self)
            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stumble(self):
        """From here on every third request is refused: with 429, or with 500."""
        self.stumbles = True
        self._stumbling_since = time.monotonic()

    def rate(self):
        """Requests a second since it began to stumble."""
        return self._asked / (time.monotonic() - self._stumbling_since)

    def go(self):
        """Every connection is reset, and so are those that come."""
        self.is_gone = True
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def be_well(self):
        self.is_gone = self.stumbles = False

    def close(self):
        self.go()
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, handler):
        if self.is_gone:
            handler.close_connection = True
            return
        self._open.add(handler.connection)
        try:
            body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
            number = next(self._number)
            self._asked += self.stumbles
            if self.stumbles and number % 3 == 0:
                self._refuse(handler, 429 if number % 2 else 500)
            else:
                self._pass_on(handler, body)
        except (OSError, http.client.HTTPException):
            handler.close_connection = True
        finally:
            self._open.discard(handler.connection)

    @staticmethod
    def _refuse(handler, code):
        reason, words = {
            429: ("TooManyRequests", "Too many requests, please try again later."),
            500: ("InternalError", "Internal error occurred: etcdserver: request timed out")}[code]
        body = json.dumps({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "reason": reason,
            "message": words, "code": code}).encode()
        handler.send_response(code)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        if code == 429:
            handler.send_header("Retry-After", "1")
        handler.end_headers()
        handler.wfile.write(body)

    def _pass_on(self, handler, body):
        kind = http.client.HTTPSConnection if self.target.scheme == "https" else http.client.HTTPConnection
        # It is the test's own cluster, and the contestant's credentials are the front's.
        trust = {"context": ssl._create_unverified_context()} if self.target.scheme == "https" else {}
        upstream = kind(self.target.hostname, self.target.port, **trust)
        try:
            headers = {name: value for name, value in handler.headers.items() if name.lower() not in OWN}
            upstream.request(handler.command, handler.path, body or None,
                             {**headers, "Authorization": f"Bearer {self.token}"})
            answer = upstream.getresponse()
            handler.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in OWN:
                    handler.send_header(name, value)
            # Its end is the connection's: a watch has no length.
            handler.send_header("Connection", "close")
            handler.end_headers()
            handler.close_connection = True
            while part := answer.read1(65536):
                handler.wfile.write(part)
                handler.wfile.flush()
        finally:
            upstream.close()
