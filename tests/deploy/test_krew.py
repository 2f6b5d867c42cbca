"""The plugin's archive and manifest, held against what krew asks of them
(https://krew.sigs.k8s.io/docs/developer-guide/plugin-manifest/)."""
import hashlib
import os
import re
import subprocess
import tarfile

import pytest
import yaml

from conftest import ROOT

RELEASE = "https://downloads.example.org/cortex/v1"


def pack(folder, *options, release=RELEASE):
    return subprocess.run(
        [ROOT / "scripts/krew", "--release", release, "--homepage", "https://example.org/cortex", "--output", folder,
         *options], capture_output=True, text=True)


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("krew")
    done = pack(folder, "--program", os.environ["CORTEX_BIN"])
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def manifest(packed):
    return yaml.safe_load((packed / "cortex.yaml").read_text())


def test_the_manifest_says_what_is_in_the_archive(packed, manifest):
    platform, = manifest["spec"]["platforms"]
    arch = platform["selector"]["matchLabels"]["arch"]
    assert platform["selector"]["matchLabels"] == {"os": "linux", "arch": arch} and arch in ("amd64", "arm64")
    assert platform["uri"] == f"{RELEASE}/cortex-linux-{arch}.tar.gz"
    archive = packed / f"cortex-linux-{arch}.tar.gz"
    assert platform["sha256"] == hashlib.sha256(archive.read_bytes()).hexdigest()
    with tarfile.open(archive) as tar:
        assert {member.name: member.mode for member in tar} == {"LICENSE": 0o644, platform["bin"]: 0o755}


def test_the_manifest_is_one_that_krew_takes(manifest):
    assert (manifest["apiVersion"], manifest["kind"]) == ("krew.googlecontainertools.github.com/v1alpha2", "Plugin")
    assert manifest["metadata"] == {"name": "cortex"}
    spec = manifest["spec"]
    assert re.fullmatch(r"v\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?", spec["version"])
    assert spec["shortDescription"] and "\n" not in spec["shortDescription"]
    assert spec.keys() <= {"version", "homepage", "shortDescription", "description", "caveats", "platforms"}
    assert "libcurl.so.4" in spec["caveats"] and "${" not in str(manifest)


def test_the_program_of_the_archive_runs_as_that_version(packed, manifest, tmp_path):
    with tarfile.open(next(packed.glob("*.tar.gz"))) as tar:
        tar.extractall(tmp_path)
    printed = subprocess.run([tmp_path / "cortex", "version"], capture_output=True, text=True, check=True).stdout
    assert "v" + printed.split()[1] == manifest["spec"]["version"]


def test_the_same_tree_gives_the_same_archive_and_manifest(packed, tmp_path):
    assert pack(tmp_path, "--program", os.environ["CORTEX_BIN"]).returncode == 0
    for file in packed.iterdir():
        assert file.read_bytes() == (tmp_path / file.name).read_bytes(), file.name


@pytest.mark.parametrize("release", ["http://downloads.example.org/v1", "downloads", "https://a b/"])
def test_only_an_address_that_krew_would_take(tmp_path, release):
    done = pack(tmp_path, release=release)
    assert done.returncode == 2 and "is no https:// address" in done.stderr


def test_a_program_of_another_kind_is_refused(tmp_path):
    (tmp_path / "cortex").write_text("#!/bin/sh\n")
    done = pack(tmp_path, "--program", tmp_path / "cortex")
    assert done.returncode == 1 and "no program for amd64 or arm64" in done.stderr


def test_two_programs_of_one_architecture_are_refused(tmp_path):
    done = pack(tmp_path, *["--program", os.environ["CORTEX_BIN"]] * 2)
    assert done.returncode == 1 and "two programs for" in done.stderr
