#!/usr/bin/env bash
# Read by `tests/e2e/run` and `benchmarks/healing/run`: finds the cluster, the program, kubectl and promtool, makes the
# Python environment and the images. The reader defines `unavailable REASON` (there is no cluster to use) and
# `fail REASON`; both end it. Run by itself it does the same ahead of time, while the program is still being built.

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
    set -uo pipefail
    ahead=yes
    unavailable() { echo "end-to-end: $1"; exit 0; }
    fail() { echo "end-to-end: $1"; exit 1; }
fi

e2e=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$e2e/../.." && pwd)
tools=$root/.build/e2e
mkdir -p "$tools"
# What several suites need is made by one of them while the others wait for it.
exec {preparing}>"$tools/prepare.lock"
flock "$preparing"

[[ -n ${CORTEX_E2E_KUBECONFIG:-} ]] ||
    unavailable "CORTEX_E2E_KUBECONFIG names no cluster that may be broken"
[[ -r $CORTEX_E2E_KUBECONFIG ]] || fail "CORTEX_E2E_KUBECONFIG: $CORTEX_E2E_KUBECONFIG cannot be read"

export CORTEX_BIN=${CORTEX_BIN:-$root/.build/release/cortex}
[[ -x $CORTEX_BIN || -n ${ahead:-} ]] || fail "$CORTEX_BIN is not there; run: make build"

venv=$tools/venv
if ! cmp -s "$e2e/requirements.txt" "$venv/requirements.txt"; then
    rm -rf "$venv"
    python3 -m venv "$venv" && "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$e2e/requirements.txt" ||
        fail "the Python packages of requirements.txt cannot be installed"
    cp "$e2e/requirements.txt" "$venv/requirements.txt"
fi

# kubectl and promtool: from PATH, or taken out of Debian's packages without installing these (which would start
# a Prometheus).
from_package() { # PROGRAM PACKAGE PATH
    command -v "$1" >/dev/null && return 0
    if [[ ! -x $tools/bin/$1 ]]; then
        mkdir -p "$tools/bin" "$tools/packages"
        (cd "$tools/packages" && apt-get download --quiet --quiet "$2" && dpkg-deb --extract "$2"_*.deb "$2") &&
            install -m 755 "$tools/packages/$2/$3" "$tools/bin/$1"
        rm -rf "$tools/packages"
    fi
    [[ -x $tools/bin/$1 ]]
}
export PATH=$PATH:$tools/bin
from_package kubectl kubernetes-client usr/bin/kubectl || fail "there is no kubectl on PATH"
from_package promtool prometheus usr/bin/promtool || echo "end-to-end: no promtool: its test is skipped"

export KUBECONFIG=$CORTEX_E2E_KUBECONFIG
kubectl get --raw /version >/dev/null || fail "the cluster of $CORTEX_E2E_KUBECONFIG does not answer"

# The tool server's modules are compiled here, once: Python would else compile the whole SDK at every start of a pod,
# which keeps a small node busy for seconds. Unchecked: the image's copy of a source has its own time.
image() { # NAME DIR REQUIREMENT
    # All of the list is read: a script that writes to nobody would fail, and the image be made again.
    "$CORTEX_E2E_CLUSTER" images | grep -F "/$1" >/dev/null && return 0
    local work status
    work=$(mktemp -d)
    cp -r "$e2e/workloads/$2" "$work/app"
    python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-warn-conflicts --no-compile \
        --target "$work/site" "$3" &&
        python3 "$e2e/precompile.py" "$work/app/bytecode" "$work/site=/site" "$work/app=/app" &&
        "$CORTEX_E2E_CLUSTER" python-image "$1" "$work/app" "$3"
    status=$?
    rm -rf "$work"
    ((status == 0)) || fail "the image $1 cannot be made"
}
if [[ -n ${CORTEX_E2E_CLUSTER:-} ]]; then
    image sandfly-mcp:2 sandfly 'mcp>=2'
    image sandfly-sessions:2 sandfly-sessions 'mcp<2'
    : "${CORTEX_E2E_IMAGE:=sandfly-mcp:2}" "${CORTEX_E2E_SESSIONS_IMAGE:=sandfly-sessions:2}"
    export CORTEX_E2E_IMAGE CORTEX_E2E_SESSIONS_IMAGE
fi
[[ -n ${CORTEX_E2E_IMAGE:-} ]] ||
    unavailable "CORTEX_E2E_IMAGE names no image of workloads/sandfly, and there is no CORTEX_E2E_CLUSTER to make one"
exec {preparing}>&-
