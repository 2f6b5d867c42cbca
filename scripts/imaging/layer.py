"""One layer of an image: files with fixed owners, times and order, so that the same files give the same digest."""
import gzip
import hashlib
import io
import os
import pathlib
import tarfile


class Layer:
    def __init__(self, name, epoch):
        self.name = name
        self.epoch = epoch
        self.entries = {}

    def file(self, path, data, mode=0o644):
        self._add(path, tarfile.REGTYPE, mode, data=data)

    def link(self, path, target):
        self._add(path, tarfile.SYMTYPE, 0o777, target=target)

    def directory(self, path, mode=0o755):
        self._add(path, tarfile.DIRTYPE, mode)

    def _add(self, path, kind, mode, data=b"", target=""):
        parent = os.path.dirname(path)
        if parent and parent not in self.entries:
            self.directory(parent)
        info = tarfile.TarInfo(path)
        info.type, info.mode, info.mtime, info.size, info.linkname = kind, mode, self.epoch, len(data), target
        self.entries[path] = (info, data)

    def tar(self):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as tar:
            for path in sorted(self.entries):
                info, data = self.entries[path]
                tar.addfile(info, io.BytesIO(data) if info.isreg() else None)
        return buffer.getvalue()

    def packed(self, cache=None):
        """The compressed layer, the digest of what is in it, and its size. `cache` is a folder of layers that were
        compressed before."""
        tar = self.tar()
        digest = hashlib.sha256(tar).hexdigest()
        known = cache and pathlib.Path(cache) / f"{digest}.gz"
        if known and known.exists():
            data = known.read_bytes()
        else:
            data = gzip.compress(tar, compresslevel=6, mtime=0)
            if known:
                known.parent.mkdir(parents=True, exist_ok=True)
                known.write_bytes(data)
        return data, f"sha256:{digest}", len(tar)

    def write_to(self, root):
        """Lays the files out below a folder, for a build that copies them."""
        root = pathlib.Path(root)
        root.mkdir(parents=True, exist_ok=True)
        for path in sorted(self.entries):
            info, data = self.entries[path]
            target = root / path
            if info.isdir():
                target.mkdir(parents=True, exist_ok=True)
            elif info.issym():
                target.unlink(missing_ok=True)
                target.symlink_to(info.linkname)
            else:
                target.write_bytes(data)
            if not info.issym():
                target.chmod(info.mode)
        # The innermost first: what is put into a folder moves its time.
        for path in sorted(self.entries, reverse=True):
            os.utime(root / path, (self.epoch, self.epoch), follow_symlinks=False)
