#!/usr/bin/env python3
"""Opens many event streams of one unfinished task, measures what each costs the server, then lets the task finish.

    streams.py --url URL --pid PID --release URL [--streams 10000] [--host-header HOST]

Prints one line of JSON: kilobytes of resident memory a stream, and how long after the release the last event reached
the streams (p50, p99, max, milliseconds). Needs nothing but Python and as many descriptors as streams.
"""
import argparse
import json
import select
import socket
import sys
import time
import urllib.parse
import urllib.request


def resident_kilobytes(pid):
    with open(f"/proc/{pid}/status") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    raise SystemExit(f"process {pid} is gone")


def settled_kilobytes(pid):
    """Resident memory once three looks in a row agree within 64 kB."""
    looks = []
    for _ in range(50):
        looks.append(resident_kilobytes(pid))
        if len(looks) >= 3 and max(looks[-3:]) - min(looks[-3:]) <= 64:
            break
        time.sleep(0.2)
    return looks[-1]


def connect(address, requests, deadline):
    """One connection for each request, its request sent, waiting for the first event."""
    poller = select.epoll()
    streams = {}
    opened = 0
    pending = list(requests)
    while opened < len(requests):
        # At most 256 in flight, so that no listening queue overflows.
        while pending and len(streams) - opened < 256:
            client = socket.create_connection(address)
            client.sendall(pending.pop())
            client.setblocking(False)
            streams[client.fileno()] = [client, b"", False]
            poller.register(client.fileno(), select.EPOLLIN)
        for descriptor, _ in poller.poll(1):
            stream = streams[descriptor]
            data = stream[0].recv(65536)
            if not data:
                raise SystemExit(f"a stream ended early: {stream[1]!r}")
            stream[1] += data
            if not stream[2] and b"processing_start" in stream[1]:
                stream[2] = True
                opened += 1
            if not stream[1].startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"not a stream: {stream[1]!r}")
        if time.monotonic() > deadline:
            raise SystemExit(f"only {opened} of {len(requests)} streams opened in time")
    return poller, streams


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--url", required=True)
    options.add_argument("--pid", required=True, type=int)
    options.add_argument("--release", required=True, help="POSTed to, to let the task finish")
    options.add_argument("--streams", type=int, default=10000)
    options.add_argument("--query", default="hold now")
    options = options.parse_args()

    parts = urllib.parse.urlsplit(options.url)
    address = (parts.hostname, parts.port)
    host = f"Host: {parts.netloc}\r\n"
    identity = f"bench-{time.time_ns()}"
    body = json.dumps({"id": identity, "query": options.query, "streaming": True})
    start = (f"POST /api/tasks HTTP/1.1\r\n{host}Content-Type: application/json\r\n"
             f"Content-Length: {len(body)}\r\n\r\n{body}").encode()
    follow = f"GET /api/tasks/{identity}/events HTTP/1.1\r\n{host}\r\n".encode()
    deadline = time.monotonic() + 120

    first_poller, first = connect(address, [start], deadline)
    before = settled_kilobytes(options.pid)
    poller, streams = connect(address, [follow] * options.streams, deadline)
    after = settled_kilobytes(options.pid)

    # What is still to come of the task's beginning is not the event that is waited for.
    for descriptor, _ in poller.poll(0.2):
        streams[descriptor][1] += streams[descriptor][0].recv(65536)
    for stream in streams.values():
        if b"processing_complete" in stream[1]:
            raise SystemExit("the task finished before it was released")
        stream[1] = b""

    arrivals = []
    released = time.monotonic()
    release = urllib.request.Request(options.release, data=b"", method="POST")
    urllib.request.urlopen(release, timeout=30).read()
    while len(arrivals) < len(streams):
        for descriptor, _ in poller.poll(1, 1024):
            now = time.monotonic()
            stream = streams[descriptor]
            data = stream[0].recv(65536)
            if not data:
                poller.unregister(descriptor)
                if b"processing_complete" not in stream[1]:
                    raise SystemExit(f"a stream ended without its event: {stream[1]!r}")
                continue
            had = b"processing_complete" in stream[1]
            stream[1] += data
            if not had and b"processing_complete" in stream[1]:
                arrivals.append(now - released)
        if time.monotonic() > released + 60:
            raise SystemExit(f"only {len(arrivals)} of {len(streams)} streams got the event")
    arrivals.sort()

    def at(share):
        return round(arrivals[min(len(arrivals) - 1, int(len(arrivals) * share))] * 1000, 1)

    print(json.dumps({
        "streams": len(streams), "rssBeforeKB": before, "rssAfterKB": after,
        "kBPerStream": round((after - before) / len(streams), 3),
        "fanOutP50ms": at(0.5), "fanOutP99ms": at(0.99), "fanOutMaxms": at(1.0),
    }))
    for stream in list(first.values()) + list(streams.values()):
        stream[0].close()
    first_poller.close()


if __name__ == "__main__":
    sys.exit(main())
