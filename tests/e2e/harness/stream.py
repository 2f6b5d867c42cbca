"""A task as a client sees it: the request, and the events of its stream."""
import concurrent.futures
import dataclasses
import http.client
import json
import time
import urllib.parse


@dataclasses.dataclass
class Task:
    status: int
    events: list = dataclasses.field(default_factory=list)
    #: Seconds from the request to each event.
    times: list = dataclasses.field(default_factory=list)
    ids: list = dataclasses.field(default_factory=list)
    comments: int = 0
    headers: dict = dataclasses.field(default_factory=dict)
    body: str = ""

    def all(self, kind):
        return [event for event in self.events if event["type"] == kind]

    def first(self, kind):
        found = self.all(kind)
        assert found, f"no {kind} among {[event['type'] for event in self.events]}"
        return found[0]

    @property
    def types(self):
        return [event["type"] for event in self.events]

    @property
    def text(self):
        return json.dumps(self.events, ensure_ascii=False)

    @property
    def is_answered(self):
        return bool(self.events) and self.events[-1]["type"] == "processing_complete" \
            and self.events[-1]["status"] == "completed"

    @property
    def result(self):
        return json.dumps(self.first("processing_complete").get("result"), ensure_ascii=False)


def at_once(count, action):
    """What `action` makes of each number below `count`, all at the same time."""
    with concurrent.futures.ThreadPoolExecutor(count) as pool:
        return list(pool.map(action, range(count)))


def open_connection(url, timeout):
    parts = urllib.parse.urlsplit(url)
    return http.client.HTTPConnection(parts.hostname, parts.port, timeout=timeout)


def request(url, method="GET", path="/", body=None, headers=None, timeout=30):
    """One plain exchange: status, headers, text."""
    connection = open_connection(url, timeout)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        response = connection.getresponse()
        return response.status, {k.lower(): v for k, v in response.getheaders()}, response.read().decode()
    finally:
        connection.close()


def ask(url, query, timeout=150, on_event=None, **fields):
    """`POST /api/tasks`, streaming, to its end. `on_event` is called with each event and may return False to leave."""
    body = json.dumps({"query": query, "streaming": True, **fields})
    headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
    return follow(url, "POST", "/api/tasks", body, headers, timeout, on_event)


def follow(url, method, path, body=None, headers=None, timeout=150, on_event=None):
    """Reads an event stream to its end; a reply that is no stream is read as text."""
    connection = open_connection(url, timeout)
    begin = time.monotonic()
    try:
        connection.request(method, path, body=body, headers=headers or {})
        response = connection.getresponse()
        task = Task(response.status, headers={k.lower(): v for k, v in response.getheaders()})
        if not task.headers.get("content-type", "").startswith("text/event-stream"):
            task.body = response.read().decode()
            return task
        for event, identifier in _events(response, task):
            task.events.append(event)
            task.times.append(time.monotonic() - begin)
            task.ids.append(identifier)
            if on_event and on_event(event) is False:
                break
            assert time.monotonic() - begin < timeout, f"the stream did not end: {task.types}"
        return task
    finally:
        connection.close()


def _events(response, task):
    data, identifier = [], None
    while line := response.readline():
        line = line.decode().rstrip("\r\n")
        if line.startswith(":"):
            task.comments += 1
        elif line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif line.startswith("id:"):
            identifier = line[3:].strip()
        elif not line and data:
            yield json.loads("\n".join(data)), identifier
            data = []
