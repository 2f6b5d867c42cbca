"""An image as an OCI layout in one tar, which `docker load` and `ctr images import` read as well."""
import hashlib
import io
import json
import tarfile

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def encoded(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


class Image:
    """Layers and how they are run. `digest` is that of the manifest, by which the image is pulled."""

    def __init__(self, layers, arch, created, settings, cache=None):
        packed = [layer.packed(cache) for layer in layers]
        self.blobs = {digest(data): data for data, _, _ in packed}
        self.unpacked_bytes = sum(size for _, _, size in packed)
        self.layer_bytes = [(layer.name, len(data), size) for layer, (data, _, size) in zip(layers, packed)]
        config = encoded({
            "architecture": arch, "os": "linux", "created": created, "config": settings,
            "rootfs": {"type": "layers", "diff_ids": [diff for _, diff, _ in packed]},
            "history": [{"created": created, "created_by": f"scripts/image: {layer.name}"} for layer in layers],
        })
        self.config = digest(config)
        self.blobs[self.config] = config
        self.manifest = encoded({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "digest": self.config, "size": len(config)},
            "layers": [{"mediaType": LAYER, "digest": digest(data), "size": len(data)} for data, _, _ in packed],
        })
        self.layers = [digest(data) for data, _, _ in packed]
        self.digest = digest(self.manifest)

    def save(self, path, name):
        index = {"schemaVersion": 2, "manifests": [{
            "mediaType": MANIFEST, "digest": self.digest, "size": len(self.manifest),
            "annotations": {"io.containerd.image.name": name, "org.opencontainers.image.ref.name": name}}]}
        files = {
            "oci-layout": encoded({"imageLayoutVersion": "1.0.0"}), "index.json": encoded(index),
            "manifest.json": encoded([{
                "Config": blob(self.config), "RepoTags": [name], "Layers": [blob(layer) for layer in self.layers]}]),
            **{blob(key): data for key, data in {**self.blobs, self.digest: self.manifest}.items()},
        }
        with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
            for name in sorted(files):
                info = tarfile.TarInfo(name)
                info.size, info.mode = len(files[name]), 0o644
                tar.addfile(info, io.BytesIO(files[name]))


def blob(key):
    return "blobs/" + key.replace(":", "/")


class Saved:
    """An image that was saved before, read again to be pushed."""

    def __init__(self, path):
        with tarfile.open(path) as tar:
            def read(name):
                return tar.extractfile(name).read()
            self.digest = json.loads(read("index.json"))["manifests"][0]["digest"]
            self.manifest = read(blob(self.digest))
            parts = json.loads(self.manifest)
            self.blobs = {part["digest"]: read(blob(part["digest"])) for part in [parts["config"], *parts["layers"]]}
