"""Pushing to a registry, by the distribution protocol.
Source: https://github.com/opencontainers/distribution-spec/blob/main/spec.md"""
import http.client
import urllib.parse

from .oci import MANIFEST


class Registry:
    """`address` is HOST[:PORT], with http:// or https:// before it; without either, plain HTTP as for a registry that
    belongs to a cluster."""

    def __init__(self, address):
        parts = urllib.parse.urlsplit(address if "://" in address else f"http://{address}")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self.connection = kind(parts.hostname, parts.port, timeout=60)
        self.address = parts.netloc

    def _send(self, method, path, body=None, headers=None, expect=()):
        try:
            self.connection.request(method, path, body=body, headers=headers or {})
            response = self.connection.getresponse()
            text = response.read()
        except OSError as error:
            raise SystemExit(f"scripts/image: the registry {self.address} does not answer: {error}")
        if response.status not in expect:
            raise SystemExit(
                f"scripts/image: the registry {self.address} answered {method} {path} with {response.status}: "
                f"{text[:300].decode(errors='replace')}")
        return response

    def push(self, image, repository, tag):
        for key, data in sorted(image.blobs.items()):
            found = self._send("HEAD", f"/v2/{repository}/blobs/{key}", expect=(200, 404))
            if found.status == 404:
                self._upload(repository, key, data)
        self._send(
            "PUT", f"/v2/{repository}/manifests/{tag}", image.manifest, {"Content-Type": MANIFEST}, expect=(201,))

    def _upload(self, repository, key, data):
        begun = self._send("POST", f"/v2/{repository}/blobs/uploads/", b"", expect=(202,))
        place = urllib.parse.urlsplit(begun.headers["Location"])
        query = f"{place.query}&" if place.query else ""
        self._send(
            "PUT", f"{place.path}?{query}digest={urllib.parse.quote(key)}", data,
            {"Content-Type": "application/octet-stream"}, expect=(201,))
