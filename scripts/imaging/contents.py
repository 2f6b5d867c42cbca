"""What is in the image: Cortex and the libraries it links, and in the full variant the guide's tools."""
import pathlib
import subprocess

from . import elf, sbom
from .layer import Layer

#: Debian 12's packages of what the program links, the certificates it trusts, and the name of the system.
BASE = ["base-files", "ca-certificates", "libc6", "libcurl4", "libgcc-s1", "libhttp-parser2.9", "libsqlite3-0",
        "libstdc++6", "libyaml-0-2"]
#: What the deployment guide finds in the image, and a worker program of one's own needs.
TOOLS = ["bash", "busybox", "curl", "jq", "kubernetes-client"]
PROGRAMS = ["bin/bash", "bin/busybox", "usr/bin/curl", "usr/bin/jq", "usr/bin/kubectl"]
APPLETS = """awk basename chmod cp cut date dirname env expr find grep head hostname id ls mkdir mktemp mv nslookup ps
    rm sed seq sleep sort stat tail tee timeout touch tr uname uniq wc which xargs""".split()
#: Sections of a program in which the folder it was compiled in leaves its trace.
PLACES = [".swift_modhash", ".swift_ast", ".note.gnu.build-id"]
MERGED = ("bin", "lib", "lib64", "sbin")
USER = 10001


def merged(path):
    """Debian's packages still name /bin and /lib, which are links to /usr/bin and /usr/lib."""
    return f"usr/{path}" if path.split("/")[0] in MERGED else path


class Contents:
    def __init__(self, packages, variant, program, root, epoch):
        self.packages = packages
        self.program = program
        self.root = pathlib.Path(root)
        self.files, self.owners = {}, {}
        self.used = set()
        tools = TOOLS if variant == "full" else []
        for package in packages.closure(BASE + tools):
            for path, member, content in packages.unpack(package):
                if member.isreg() or member.issym():
                    self.files[merged(path)] = (member, content)
                    self.owners[merged(path)] = package
        self.base, self.tools = Layer("libraries", epoch), Layer("tools", epoch)
        self.cortex = Layer("cortex", epoch)
        self._base()
        if tools:
            self._tools()
        self._notices(self.base, {self.owners[path] for path in self.base.entries if path in self.owners})
        self._notices(self.tools, {self.owners[path] for path in self.tools.entries if path in self.owners} - self.used)

    @property
    def layers(self):
        return [layer for layer in (self.base, self.tools, self.cortex) if layer.entries]

    def _take(self, layer, path):
        """A file of a package, with the links it stands behind and the libraries it needs."""
        path = merged(path)
        if path in self.base.entries or path in layer.entries:
            return
        member, content = self.files[path]
        if member.issym():
            layer.link(path, member.linkname)
            target = member.linkname.lstrip("/") if member.linkname.startswith("/") else \
                str((pathlib.PurePosixPath("/") / path).parent / member.linkname).lstrip("/")
            self._take(layer, target)
            return
        layer.file(path, content, member.mode & 0o755)
        self._libraries(layer, content)

    def _libraries(self, layer, content):
        for soname in elf.needed(content):
            found = sorted(path for path in self.files if path.rsplit("/", 1)[-1] == soname)
            if not found:
                raise SystemExit(f"scripts/image: no package of the image holds {soname}")
            self._take(layer, found[0])

    def _base(self):
        for name in MERGED:
            self.base.link(name, f"usr/{name}")
            self.base.directory(f"usr/{name}")
        self.base.directory("tmp", 0o1777)
        for name in ("dev", "proc", "sys", "run", "var/tmp"):
            self.base.directory(name)
        loader = {"amd64": "lib64/ld-linux-x86-64.so.2", "arm64": "lib/ld-linux-aarch64.so.1"}
        self._take(self.base, loader[self.packages.arch])
        self._libraries(self.base, self.program)
        self._take(self.base, "usr/lib/os-release")
        self.base.link("etc/os-release", "../usr/lib/os-release")
        certificates = [content for path, (_, content) in sorted(self.files.items())
                        if path.startswith("usr/share/ca-certificates/mozilla/")]
        self.base.file("etc/ssl/certs/ca-certificates.crt", b"".join(certificates))
        self.owners["etc/ssl/certs/ca-certificates.crt"] = "ca-certificates"
        self.base.file("etc/passwd", f"root:x:0:0::/:/sbin/nologin\ncortex:x:{USER}:{USER}::/tmp:/bin/bash\n".encode())
        self.base.file("etc/group", f"root:x:0:\ncortex:x:{USER}:\n".encode())
        self.base.file("etc/nsswitch.conf", b"passwd: files\ngroup: files\nhosts: files dns\n")

    def _tools(self):
        for path in PROGRAMS:
            self._take(self.tools, path)
        self.tools.link("usr/bin/sh", "bash")
        for name in APPLETS:
            self.tools.link(f"usr/bin/{name}", "busybox")
        self.tools.file("usr/bin/cat", (self.root / "deploy/image/cat").read_bytes(), 0o755)

    def _notices(self, layer, names):
        """Licences, and the records by which scanners know Debian packages that no dpkg installed."""
        for name in sorted(names):
            self.used.add(name)
            paths = [f"usr/share/doc/{name}/copyright"]
            while paths:
                path = paths.pop()
                member, content = self.files.get(path, (None, None))
                if member is not None and member.isreg():
                    layer.file(path, content)
            about = self.packages.describe(name)
            layer.file(f"var/lib/dpkg/status.d/{name}", (
                f"Package: {name}\nStatus: install ok installed\nVersion: {about['version']}\n"
                f"Architecture: {about['architecture']}\nSource: {about['source']}\n").encode())

    def add_cortex(self, version, revision, created, release):
        self.cortex.file("usr/bin/cortex", self.program, 0o755)
        self.cortex.file(
            "app/scripts/self-heal-worker.sh", (self.root / "scripts/self-heal-worker.sh").read_bytes(), 0o755)
        self.cortex.file("usr/share/doc/cortex/copyright", (self.root / "LICENSE").read_bytes())
        bill = sbom.document(
            version, revision, created, self.program, release,
            [self.packages.describe(name) for name in sorted(self.used)])
        self.cortex.file("usr/share/cortex/sbom.spdx.json", bill)
        return bill


def stripped(path):
    """The program without its symbol table, most of its size and nothing that runs, and without what tells the folder
    it was compiled in: a hash of each module with its debugging information, and the linker's of all of it."""
    result = pathlib.Path(path).with_suffix(".stripped")
    try:
        removed = (f"--remove-section={name}" for name in PLACES)
        subprocess.run(["strip", "--strip-all", *removed, "-o", result, path], check=True, capture_output=True)
        return result.read_bytes()
    except FileNotFoundError:
        raise SystemExit("scripts/image: there is no strip; install the package binutils")
    finally:
        result.unlink(missing_ok=True)
