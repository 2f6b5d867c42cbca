# Read by `tests/e2e/run --embedded`: the environment in which the tests find the embedded cluster, and which tests.
# Each worker of the suite starts a cluster of its own; the one here is for preparing.

embedded=yes
export CORTEX_BIN=${CORTEX_BIN:-$(cd "$here/../.." && pwd)/.build/release/cortex}
[[ -x $CORTEX_BIN ]] || fail "$CORTEX_BIN is not there; run: make build"
export CORTEX_E2E_KIND=embedded CORTEX_E2E_REACH=api-proxy CORTEX_E2E_CLUSTER=$here/embedded/cluster
export CORTEX_E2E_STATE=$here/../../.build/e2e/embedded
: "${CORTEX_E2E_WORKERS:=28}"
unset CORTEX_E2E_IMAGE CORTEX_E2E_SESSIONS_IMAGE CORTEX_E2E_AUDIT_LOG
up=$("$CORTEX_E2E_CLUSTER" up) || fail "the embedded cluster does not start"
trap '"$CORTEX_E2E_CLUSTER" down' EXIT
export CORTEX_E2E_KUBECONFIG=${up#KUBECONFIG=}

# The scenarios of a failing tool server that is healed inside the request.
(($#)) || set -- test_causes_workload.py test_causes_service.py test_guide.py test_requests.py test_resilience.py \
    test_tool_servers.py test_worker_program.py test_bad_requests.py test_cluster_access.py
