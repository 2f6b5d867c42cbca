"""A gate in front of the API server that can be shut or hushed: it is gone, or says nothing, for one Cortex only."""
import contextlib
import socket
import threading
import urllib.parse


class Gate:
    def __init__(self, server):
        parts = urllib.parse.urlsplit(server)
        self.target = (parts.hostname, parts.port or (443 if parts.scheme == "https" else 80))
        self.name = parts.hostname
        self.is_open = True
        self._flows = threading.Event()
        self._flows.set()
        self._pairs = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"{parts.scheme}://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def shut(self):
        """Resets every connection; those that come are reset as well."""
        self.is_open = False
        with self._lock:
            pairs, self._pairs = self._pairs, set()
        for pair in pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def hush(self):
        """Nothing passes any more in either direction; connections stay, and new ones are taken."""
        self._flows.clear()

    def open(self):
        self.is_open = True
        self._flows.set()

    def close(self):
        self._listener.close()
        self.shut()
        self._flows.set()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if not self.is_open:
                    client.close()
                    continue
                try:
                    upstream = socket.create_connection(self.target, timeout=10)
                    upstream.settimeout(None)
                except OSError:
                    client.close()
                    continue
                pair = (client, upstream)
                with self._lock:
                    self._pairs.add(pair)
                for a, b in (pair, pair[::-1]):
                    threading.Thread(target=self._copy, args=(a, b), daemon=True).start()

    def _copy(self, source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._flows.wait()
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
