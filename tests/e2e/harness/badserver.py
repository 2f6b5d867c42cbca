"""Tool servers as they must not be."""
import contextlib
import socket
import threading
import time

JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def _garbage(client):
    client.sendall(b"\x00\xff\x13 this is no HTTP \r\n\r\n\x80")


def _html(client):
    page = b"<html>Service is starting</html>"
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s" % (len(page), page))


def _endless(client):
    client.sendall(JSON + b"Transfer-Encoding: chunked\r\n\r\n")
    chunk = b" " * 65536
    while True:
        client.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))


def _endless_stream(client):
    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
    while True:
        client.sendall(b": still here\n\n")
        time.sleep(0.05)


def _huge(client):
    size = 100 << 20
    client.sendall(JSON + b"Content-Length: %d\r\n\r\n" % size)
    client.sendall(b'{"jsonrpc":"2.0","id":1,"result":{"tools":[],"x":"')
    chunk = b"a" * (1 << 20)
    for _ in range(100):
        client.sendall(chunk)


def _silent(client):
    while client.recv(65536):
        pass


def _hang_up(client):
    pass


BEHAVIOURS = {
    "garbage": _garbage, "html": _html, "endless": _endless, "endless-stream": _endless_stream, "huge": _huge,
    "silent": _silent, "hang-up": _hang_up,
}


@contextlib.contextmanager
def serve(behaviour):
    """A server on loopback that behaves so to every request; gives its URL."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer(client):
        with client, contextlib.suppress(OSError):
            client.settimeout(60)
            client.recv(65536)
            BEHAVIOURS[behaviour](client)

    def accept():
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=answer, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/mcp"
    finally:
        listener.close()
