"""Debian packages: downloaded with apt, unpacked with dpkg-deb, never installed."""
import fcntl
import pathlib
import re
import subprocess
import tarfile
import io


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, **options).stdout


class Packages:
    def __init__(self, cache, arch):
        self.cache = pathlib.Path(cache)
        self.arch = arch
        self.cache.mkdir(parents=True, exist_ok=True)
        self.apt = ["-o", f"APT::Sandbox::User={pathlib.Path.home().owner()}"]
        if arch != run("dpkg", "--print-architecture").strip():
            self.apt += self._other_architecture()
        #: Name → the package's control fields.
        self.control = {}

    def _other_architecture(self):
        """Package lists of another architecture, beside the machine's own."""
        state = self.cache / f"apt-{self.arch}"
        (state / "lists/partial").mkdir(parents=True, exist_ok=True)
        (state / "cache/archives/partial").mkdir(parents=True, exist_ok=True)
        (state / "status").touch()
        options = ["-o", f"APT::Architecture={self.arch}", "-o", f"APT::Architectures={self.arch}",
                   "-o", f"Dir::State={state}", "-o", f"Dir::State::status={state}/status",
                   "-o", f"Dir::Cache={state}/cache"]
        run("apt-get", *self.apt, *options, "update", "-qq")
        return options

    def closure(self, names):
        """The names with the libraries they depend on, sorted."""
        found, new = set(), set(names)
        while new:
            self._read(new)
            found |= new
            new = {first for name in new for first in self._libraries(name)} - found
        return sorted(found)

    def _libraries(self, name):
        fields = self.control[name]
        for group in f"{fields.get('Pre-Depends', '')},{fields.get('Depends', '')}".split(","):
            first = re.split(r"[\s|(:]", group.strip())[0]
            if first.startswith("lib") or first == "zlib1g":
                yield first

    def _read(self, names):
        text = run("apt-cache", *self.apt, "show", "--no-all-versions", *sorted(names))
        for paragraph in text.split("\n\n"):
            fields = dict(line.split(": ", 1) for line in paragraph.splitlines()
                          if ": " in line and not line.startswith(" "))
            if fields:
                self.control.setdefault(fields["Package"], fields)
        if missing := sorted(set(names) - set(self.control)):
            raise SystemExit(f"scripts/image: Debian has no {', '.join(missing)}; run apt-get update, on Debian 12")

    def unpack(self, name):
        """The package's files as a list of (path, tar member, bytes or None), paths without the leading slash."""
        archive = self._file(name)
        data = subprocess.run(["dpkg-deb", "--fsys-tarfile", archive], check=True, capture_output=True).stdout
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            for member in tar:
                content = tar.extractfile(member).read() if member.isreg() else None
                yield member.name.removeprefix("./").strip("/"), member, content

    def _file(self, name):
        fields = self.control[name]
        version = fields["Version"].replace(":", "%3a")
        path = self.cache / f"{name}_{version}_{fields['Architecture']}.deb"
        # Another build may be filling the same cache.
        with open(self.cache / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not path.exists():
                target = f"{name}={fields['Version']}"
                run("apt-get", *self.apt, "download", "-qq", target, cwd=self.cache)
        if not path.exists():
            raise SystemExit(f"scripts/image: apt-get downloaded no {path.name}")
        return path

    def describe(self, name):
        """What a bill of materials says of it."""
        fields = self.control[name]
        return {"name": name, "version": fields["Version"], "architecture": fields["Architecture"],
                "source": fields.get("Source", name).split()[0], "sha256": fields["SHA256"],
                "homepage": fields.get("Homepage", "")}
