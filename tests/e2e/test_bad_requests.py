"""Bad input at the front door: a clear answer, and everybody else is served on."""
import json
import socket

import pytest

from harness import sandfly, stream

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def server(ns, start):
    # Nothing here needs a tool server.
    return start(ns)


def post(server, body, headers=JSON):
    status, _, text = stream.request(server.url, "POST", "/api/tasks", body, headers)
    return status, json.loads(text)


def raw(server, data, shut=False):
    """Sends bytes as they are and reads what comes until the server hangs up."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=40) as client:
        try:
            client.sendall(data)
            if shut:
                client.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it has heard enough and hung up
        answer = b""
        try:
            while chunk := client.recv(65536):
                answer += chunk
        except OSError:
            pass
        return answer


def test_bad_requests(server):
    """One server takes all of it, one after the other."""
    status, answer = post(server, "{}")
    assert (status, answer) == (400, {"error": "No query provided"})
    status, answer = post(server, json.dumps({"query": "", "streaming": False}))
    assert (status, answer) == (400, {"error": "No query provided"})
    for body in ["{not json", "", "[]", "3", '{"query": 7}', '{"query": "a", "streaming": "yes"}', "\xff\xfe"]:
        status, answer = post(server, body.encode("latin-1"))
        assert status == 400 and answer["error"], body
    large = json.dumps({"query": "a" * (10 << 20)}).encode()
    head = f"POST /api/tasks HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {len(large)}\r\n\r\n"
    assert raw(server, head.encode() + large).startswith(b"HTTP/1.1 413 ")
    status, _, text = stream.request(server.url, path="/nothing/here")
    assert status == 404 and json.loads(text)["error"]
    status, headers, text = stream.request(server.url, "DELETE", "/api/tasks")
    assert status == 405 and "POST" in headers["allow"] and json.loads(text)["error"]
    status, _, _ = stream.request(server.url, path="/api/tasks/unknown-id")
    assert status == 404
    assert stream.request(server.url, path="/health")[0] == 200


def test_unknown_fields_are_ignored(server):
    task = server.ask("what can you do", later="perhaps", nested={"a": [1, 2]})
    assert task.status == 200 and task.types[0] == "processing_start"


def test_a_query_that_fits_nothing_says_what_is_possible(ns, start):
    sandfly.deploy(ns, replicas=1)
    task = start(ns).ask("bake a chocolate cake")
    assert "healing_start" not in task.types
    assert "list_hosts" in task.text or "sandfly" in task.text


def test_bytes_that_are_no_request(server):
    assert b" 431 " in raw(server, b"GET /health HTTP/1.1\r\nHost: a\r\nX: " + b"a" * (1 << 20))[:64]
    for text in [
        b"GET /health HTTP/1.1\r\n\r\n",
        b"POST /api/tasks HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nhello",
        b"POST /api/tasks HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    ]:
        assert raw(server, text).startswith(b"HTTP/1.1 400 "), text
    # Half a request, and then nothing more: the connection ends, and nothing is lost.
    half = raw(server, b"POST /api/tasks HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{", shut=True)
    assert not half or half.startswith(b"HTTP/1.1 4")
    assert stream.request(server.url, path="/health")[0] == 200


@pytest.mark.long
def test_half_a_request_ends_at_its_deadline(server):
    answer = raw(server, b"GET /health HTTP/1.1\r\nHost: a\r\n")
    assert not answer or answer.startswith(b"HTTP/1.1 408 ")
    assert stream.request(server.url, path="/health")[0] == 200


def test_a_client_that_leaves_does_not_stop_the_healing(ns, start):
    sandfly.deploy(ns)
    server = start(ns)
    ns.kubectl("scale", "deployment", sandfly.NAME, "--replicas=0")
    ns.until_gone()
    task = server.ask(on_event=lambda event: event["type"] != "healing_start")
    assert task.types[-1] == "healing_start"
    ns.until(lambda: len(ns.endpoints()) == 2, "the healing without its client", 60)
    assert ns.writes() in (None, [f"deployments/scale {sandfly.NAME}"])
    assert server.ask().is_answered
