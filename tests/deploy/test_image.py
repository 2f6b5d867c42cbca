"""The image, as it lies in its archive."""
import json
import os
import re
import stat
import subprocess
import tarfile
import io
import sys

import pytest

from conftest import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
from imaging.contents import stripped  # noqa: E402


def build(folder, name, *options):
    archive = folder / f"{name}.tar"
    done = subprocess.run(
        [ROOT / "scripts/image", "--program", os.environ["CORTEX_BIN"], "--output", archive, *options],
        capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return Image(archive)


class Image:
    def __init__(self, archive):
        self.files = {}
        with tarfile.open(archive) as tar:
            def blob(key):
                return tar.extractfile("blobs/" + key.replace(":", "/")).read()
            self.digest = json.load(tar.extractfile("index.json"))["manifests"][0]["digest"]
            manifest = json.loads(blob(self.digest))
            self.config = json.loads(blob(manifest["config"]["digest"]))
            self.bill = json.loads(archive.with_suffix(".spdx.json").read_text())
            for layer in manifest["layers"]:
                with tarfile.open(fileobj=io.BytesIO(blob(layer["digest"]))) as files:
                    self.files |= {member.name: member for member in files}


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    return build(tmp_path_factory.mktemp("image"), "full")


@pytest.fixture(scope="module")
def minimal(tmp_path_factory):
    return build(tmp_path_factory.mktemp("image"), "minimal", "--variant", "minimal")


def test_what_the_guide_finds_in_it(full):
    for path in ("usr/bin/bash", "usr/bin/jq", "usr/bin/kubectl", "usr/bin/cortex", "app/scripts/self-heal-worker.sh"):
        assert full.files[path].isreg() and full.files[path].mode == 0o755, path
    assert full.files["bin"].linkname == "usr/bin"
    # No entry point: `docker run IMAGE ls` runs ls.
    assert full.config["config"]["Cmd"] == ["cortex", "serve"] and "Entrypoint" not in full.config["config"]


def test_nobody_is_root_in_it(full):
    assert full.config["config"]["User"] == "10001:10001"
    for name, member in full.files.items():
        assert member.mode & 0o6000 == 0, f"{name} is setuid or setgid"
        assert member.issym() or member.mode & 0o022 == 0 or name == "tmp", f"{name} can be written to"


def test_the_variant_without_the_guides_tools(full, minimal):
    programs = {name for name, member in minimal.files.items() if member.isreg() and name.startswith("usr/bin/")}
    assert programs == {"usr/bin/cortex"}
    size = [sum(member.size for member in image.files.values()) for image in (full, minimal)]
    assert size[1] < size[0]


def test_labels_and_bill_of_materials(full):
    labels = full.config["config"]["Labels"]
    version = subprocess.run([os.environ["CORTEX_BIN"], "version"], capture_output=True, text=True).stdout
    assert labels["org.opencontainers.image.version"] in version
    assert labels["org.opencontainers.image.revision"] and labels["org.opencontainers.image.licenses"] == "Apache-2.0"
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert f"ARG CORTEX_VERSION={labels['org.opencontainers.image.version']}\n" in dockerfile
    assert full.bill["spdxVersion"] == "SPDX-2.3" and "usr/share/cortex/sbom.spdx.json" in full.files
    packages = {package["name"] for package in full.bill["packages"]}
    assert {"cortex", "libc6", "libcurl4", "bash", "jq", "kubernetes-client", "ca-certificates"} <= packages
    recorded = {name.rsplit("/", 1)[1] for name in full.files if name.startswith("var/lib/dpkg/status.d/")}
    # Cortex, and what is linked into it.
    assert recorded == packages - {"cortex", "swift"}
    swift = subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout
    runtime, = (package for package in full.bill["packages"] if package["name"] == "swift")
    assert f"(swift-{runtime['versionInfo']}-RELEASE)" in swift
    assert all(f"usr/share/doc/{name}/copyright" in full.files for name in ("bash", "jq", "cortex"))


def test_the_dockerfile_says_of_its_image_what_scripts_image_says(full):
    stage, config = (ROOT / "Dockerfile").read_text().rsplit("\nFROM scratch\n", 1)[1], full.config["config"]
    for line in (f"ENV {' '.join(config['Env'])}", f"WORKDIR {config['WorkingDir']}", f"USER {config['User']}",
                 f"EXPOSE {', '.join(config['ExposedPorts']).split('/')[0]}", f"STOPSIGNAL {config['StopSignal']}",
                 f"CMD {json.dumps(config['Cmd'])}"):
        assert f"\n{line}\n" in f"{stage}\n", line
    labels = set(re.findall(r"(org\.opencontainers\.image\.[a-z]+)=", stage))
    # When it was made the builder notes itself.
    assert labels == config["Labels"].keys() - {"org.opencontainers.image.created"}


def test_the_same_tree_gives_the_same_digest_twice(full, tmp_path):
    assert build(tmp_path, "again", "--no-cache").digest == full.digest


def test_a_program_compiled_in_another_folder_is_the_same(tmp_path):
    programs = []
    for folder in (tmp_path / "a", tmp_path / "somewhere/else"):
        folder.mkdir(parents=True)
        (folder / "main.swift").write_text('print("the same")\n')
        subprocess.run(["swiftc", "-O", "-g", "-static-stdlib", "main.swift", "-o", "program"], cwd=folder, check=True)
        (folder / "stripped").write_bytes(stripped(folder / "program"))
        (folder / "stripped").chmod(0o755)
        assert subprocess.run([folder / "stripped"], capture_output=True, text=True).stdout == "the same\n"
        programs.append(folder)
    assert len({(folder / "program").read_bytes() for folder in programs}) == 2, "before they differ"
    assert len({(folder / "stripped").read_bytes() for folder in programs}) == 1


def test_the_dockerfile_copies_the_same_files(full, tmp_path):
    """It lays them out in a folder that is not there yet, as the build stage of the Dockerfile does."""
    folder = tmp_path / "root"
    done = subprocess.run(
        [ROOT / "scripts/image", "--program", os.environ["CORTEX_BIN"], "--rootfs", folder], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    laid = {str(path.relative_to(folder)): path.lstat() for path in folder.rglob("*")}
    assert laid.keys() == full.files.keys()
    for name, member in full.files.items():
        status = laid[name]
        assert stat.S_ISLNK(status.st_mode) == member.issym() and stat.S_ISDIR(status.st_mode) == member.isdir(), name
        assert member.issym() or stat.S_IMODE(status.st_mode) == member.mode, name
        assert not member.isreg() or status.st_size == member.size, name
        assert status.st_mtime == member.mtime, name


def test_a_program_of_another_kind_is_refused(tmp_path):
    (tmp_path / "cortex").write_text("#!/bin/sh\n")
    done = subprocess.run([ROOT / "scripts/image", "--program", tmp_path / "cortex"], capture_output=True, text=True)
    assert done.returncode != 0 and "no program for amd64 or arm64" in done.stderr
