"""A server of the first version (`POST /`, plain JSON-RPC), and servers that speak nothing of use.

Prints one line of JSON, name -> URL, when all of them listen on loopback; ends with its standard input."""
import json
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOOLS = [
    {"name": "list_hosts", "description": "List all hosts.", "inputSchema": {"type": "object"}},
    {
        "name": "get_host",
        "description": "Show one host by its hostname.",
        "inputSchema": {
            "type": "object", "properties": {"hostname": {"type": "string"}}, "required": ["hostname"],
        },
    },
]
HOSTS = [{"hostname": "pve-01", "status": "active"}, {"hostname": "nas-01", "status": "unreachable"}]


class FirstVersion(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path == "/forget":
            return self.reply(200, {})
        if self.path != "/":
            return self.reply(404, {"error": "Not found"})
        method, params = body.get("method"), body.get("params", {})
        answer = {"jsonrpc": "2.0", "id": body.get("id")}
        if method == "tools/list":
            answer["result"] = {"tools": TOOLS}
        elif method == "tools/call" and params.get("name") == "list_hosts":
            answer["result"] = {"content": [{"type": "text", "text": json.dumps(HOSTS)}]}
        elif method == "tools/call" and params.get("name") == "get_host":
            found = [h for h in HOSTS if h["hostname"] == params["arguments"].get("hostname")]
            text = json.dumps(found[0]) if found else "no such host"
            answer["result"] = {"content": [{"type": "text", "text": text}], "isError": not found}
        else:
            answer["error"] = {"code": -32601, "message": "Method not found"}
        self.reply(200, answer)

    def reply(self, status, value):
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\n"
JSON, STREAM = HEAD % b"application/json", HEAD % b"text/event-stream"


def endless(connection, piece):
    while True:
        connection.sendall(piece)


GARBAGE = {
    "bytes": lambda c: c.sendall(bytes(range(256)) * 4),
    "not-json": lambda c: c.sendall(JSON + b"Content-Length: 7\r\n\r\n<html/>"),
    "empty": lambda c: c.sendall(JSON + b"Content-Length: 0\r\n\r\n"),
    "truncated": lambda c: c.sendall(JSON + b"Content-Length: 500\r\n\r\n{\"jsonrpc\":"),
    "endless-json": lambda c: (c.sendall(JSON + b"\r\n"), endless(c, b"[" * 65536)),
    "endless-stream": lambda c: (c.sendall(STREAM + b"\r\n"), endless(c, b"data: x\n" * 8192)),
    "endless-header": lambda c: (c.sendall(b"HTTP/1.1 200 OK\r\n"), endless(c, b"X-A: " + b"a" * 1000 + b"\r\n")),
    "hundred-megabytes": lambda c: (
        c.sendall(JSON + b"Content-Length: 104857600\r\n\r\n"), [c.sendall(b" " * (1 << 20)) for _ in range(100)]),
    "half-an-event": lambda c: c.sendall(STREAM + b"\r\nevent: message\ndata: {\"jsonrpc\""),
    "wrong-id": lambda c: c.sendall(JSON + b"Connection: close\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":-5,\"result\":{}}"),
    "wrong-version": lambda c: c.sendall(JSON + b"Connection: close\r\n\r\n{\"jsonrpc\":\"9\",\"id\":1,\"result\":{}}"),
    "nothing": lambda c: threading.Event().wait(),
    "closed": lambda c: None,
}


def serve(listener, behave):
    def answer(connection):
        try:
            connection.recv(65536)
            behave(connection)
        except OSError:
            pass
        connection.close()

    while True:
        threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()


def main():
    first = ThreadingHTTPServer(("127.0.0.1", 0), FirstVersion)
    threading.Thread(target=first.serve_forever, daemon=True).start()
    urls = {
        "first-version": f"http://127.0.0.1:{first.server_port}/",
        "first-version-by-mcp-path": f"http://127.0.0.1:{first.server_port}/mcp",
    }
    for name, behave in GARBAGE.items():
        listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=serve, args=(listener, behave), daemon=True).start()
        urls[f"garbage-{name}"] = f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"
    print(json.dumps(urls), flush=True)
    sys.stdin.read()


main()
