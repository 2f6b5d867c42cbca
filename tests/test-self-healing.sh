#!/usr/bin/env bash
# The deployment guide's test suite: breaks a tool server in every way the guide names, asks Cortex for it, and puts back
# what it changed. Runs in a pod of the cluster, or wherever kubectl and the address of Cortex work.
#
#   SERVICE            the tool server that is broken (default sandfly-mcp-server)
#   NAMESPACE          where it runs (default cortex-system)
#   QUERY              a question that needs it (default "list sandfly hosts")
#   CORTEX_NAMESPACE   where Cortex runs (default cortex)
#   CORTEX_URL         its address (default http://cortex-orchestrator.CORTEX_NAMESPACE.svc.cluster.local:8000)
#
# Cortex also heals by itself, before anybody asks: what counts is that the request is answered and the service is back.
#
# One line a test, PASS or FAIL; the last line counts them. Exit code 1 when one failed.
set -uo pipefail

SERVICE=${SERVICE:-sandfly-mcp-server}
NAMESPACE=${NAMESPACE:-cortex-system}
QUERY=${QUERY:-list sandfly hosts}
CORTEX_NAMESPACE=${CORTEX_NAMESPACE:-cortex}
CORTEX_URL=${CORTEX_URL:-http://cortex-orchestrator.$CORTEX_NAMESPACE.svc.cluster.local:8000}
WORKER=/app/scripts/self-heal-worker.sh
POD=deploy/cortex-orchestrator

passed=0 failed=0
pass() { passed=$((passed + 1)); printf 'PASS  %s\n' "$1"; }
fail() { failed=$((failed + 1)); printf 'FAIL  %s: %s\n' "$1" "$2"; }
stop() { printf 'FAIL  %s\n0 passed, 1 failed\n' "$1"; exit 1; }

for program in kubectl jq curl; do
    command -v $program >/dev/null || stop "there is no $program here; use an image that has it, as cortex-api has"
done
kubectl auth can-i patch deployments/$SERVICE -n "$NAMESPACE" >/dev/null 2>&1 ||
    stop "no right to break $SERVICE in $NAMESPACE; grant it: kubectl apply -f deploy/guide-tests.yaml"

work=$(mktemp -d)
deployment() { kubectl get deployment "$SERVICE" -n "$NAMESPACE" -o json; }
deployment >"$work/deployment.json" || stop "there is no deployment $SERVICE in $NAMESPACE"
kubectl get service "$SERVICE" -n "$NAMESPACE" -o json >"$work/service.json" || stop "there is no service $SERVICE"
replicas=$(jq .spec.replicas "$work/deployment.json")
((replicas > 0)) || stop "$SERVICE has no replicas; scale it up first: these tests put back what they found"

# Back to what was found; nothing is written where nothing differs.
restore() {
    local now
    now=$(deployment) || return
    local wanted
    wanted=$(jq -c '{replicas: .spec.replicas, template: .spec.template, strategy: .spec.strategy}' "$work/deployment.json")
    if [[ $(jq -c '{replicas: .spec.replicas, template: .spec.template, strategy: .spec.strategy}' <<<"$now") != "$wanted" ]]; then
        kubectl patch deployment "$SERVICE" -n "$NAMESPACE" --type=json -p "$(jq -c '[
            {op: "replace", path: "/spec/replicas", value: .replicas},
            {op: "replace", path: "/spec/strategy", value: .strategy},
            {op: "replace", path: "/spec/template", value: .template}]' <<<"$wanted")" >/dev/null
    fi
    local selector
    selector=$(jq -c .spec.selector "$work/service.json")
    if [[ $(kubectl get service "$SERVICE" -n "$NAMESPACE" -o json | jq -c .spec.selector) != "$selector" ]]; then
        kubectl patch service "$SERVICE" -n "$NAMESPACE" --type=json \
            -p "[{\"op\": \"replace\", \"path\": \"/spec/selector\", \"value\": $selector}]" >/dev/null
    fi
    kubectl rollout status deployment/"$SERVICE" -n "$NAMESPACE" --timeout=90s >/dev/null
    until_true 60 endpoints
}
trap 'restore; rm -rf "$work"' EXIT

until_true() { # SECONDS COMMAND...
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        ((SECONDS < end)) || return 1
        sleep 0.3
    done
}
endpoints() {
    (($(kubectl get endpoints "$SERVICE" -n "$NAMESPACE" -o json | jq '[.subsets[]?.addresses[]?] | length') >= replicas))
}
no_endpoints() { ! kubectl get endpoints "$SERVICE" -n "$NAMESPACE" -o json | jq -e '.subsets[0].addresses[0]' >/dev/null; }
# A pod that has ended may stay listed for a while.
nothing_runs() {
    kubectl get pods -n "$NAMESPACE" -l app="$SERVICE" -o json | jq -e '
        [.items[].status.containerStatuses[]? | select(.state.running)] | length == 0' >/dev/null
}
ready_pods() {
    (($(kubectl get pods -n "$NAMESPACE" -l app="$SERVICE" -o json | jq '[.items[] | select(.metadata.deletionTimestamp == null)
        | .status.conditions[]? | select(.type == "Ready" and .status == "True")] | length') >= replicas))
}
crashing() {
    kubectl get pods -n "$NAMESPACE" -l app="$SERVICE" -o json | jq -e '
        [.items[].status.containerStatuses[]? | select(.restartCount > 0 or .state.waiting.reason == "CrashLoopBackOff")]
        | length > 0' >/dev/null
}
scale() { kubectl scale deployment "$SERVICE" -n "$NAMESPACE" --replicas="$1" >/dev/null; }
current() { deployment | jq .spec.replicas; }
# A pod that is leaving may still answer; and a Cortex that watches may be quicker than the last of them is gone.
gone() { nothing_runs || (($(current) > 0)); }
to_zero() { scale 0 && until_true 60 gone; }

# Asks, and leaves the events in $work/events, one a line.
ask() { # URL
    curl -sN -m 170 -X POST "$1/api/tasks" -H "Content-Type: application/json" \
        -d "$(jq -nc --arg query "$QUERY" '{query: $query, streaming: true}')" | sed -n 's/^data: //p' >"$work/events"
}
answered() { tail -n 1 "$work/events" | jq -e '.type == "processing_complete" and .status == "completed"' >/dev/null; }
event() { jq -se --arg type "$1" 'any(.[]; .type == $type)' "$work/events" >/dev/null; }
said() { jq -r '[.type, .message // .error // .issue // empty] | join(": ")' "$work/events" 2>/dev/null | tail -n 3 | tr '\n' ';'; }
worker() { # ENVIRONMENT...
    kubectl exec -n "$CORTEX_NAMESPACE" "$POD" -- env "$@" HEAL_NAMESPACES="$NAMESPACE" "$WORKER" "$SERVICE" \
        "connect ECONNREFUSED" "http://$SERVICE.$NAMESPACE.svc.cluster.local:3000" >"$work/worker" 2>/dev/null
}
report() { tail -n 1 "$work/worker" | jq -r "$1" 2>/dev/null; }

health_endpoint() {
    local status
    status=$(curl -s -m 10 "$CORTEX_URL/health" | jq -r .status)
    if [[ $status == healthy || $status == ok ]]; then pass "health endpoint"; else
        fail "health endpoint" "GET $CORTEX_URL/health says ${status:-nothing}; kubectl logs -n $CORTEX_NAMESPACE $POD"
    fi
}

healed() { # NAME CONDITION...: asks, and expects an answer after a healing
    local name=$1
    shift
    ask "$CORTEX_URL"
    if ! answered; then fail "$name" "not answered; $(said)"; return; fi
    if ! "$@"; then fail "$name" "answered, but not as expected ($*)"; return; fi
    pass "$name"
}

scaled_to_zero() {
    to_zero
    back() { [[ $(current) == "$replicas" ]]; }
    healed "scaled to zero" back
}

crash_loop() {
    # All pods of the old revision go at once, else they would go on serving and nothing were down.
    kubectl patch deployment "$SERVICE" -n "$NAMESPACE" --type=strategic -p '{"spec": {
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "100%", "maxSurge": 0}},
        "template": {"spec": {"containers": [{"name": "'"$SERVICE"'", "command": ["/bin/sh", "-c", "exit 7"]}]}}}}' >/dev/null
    until_true 90 crashing
    rolled_back() {
        [[ $(deployment | jq -c .spec.template.spec) == "$(jq -c .spec.template.spec "$work/deployment.json")" ]]
    }
    healed "crash loop" rolled_back
    restore
}

pod_deletion() {
    kubectl delete pods -n "$NAMESPACE" -l app="$SERVICE" --wait=false >/dev/null
    healed "pod deletion" true
    until_true 90 endpoints
}

endpoints_missing() {
    kubectl patch service "$SERVICE" -n "$NAMESPACE" --type=merge \
        -p '{"spec": {"selector": {"app": "nobody-has-this-label"}}}' >/dev/null
    until_true 30 no_endpoints
    # A connection that was open before would go on working; it ends with its pod.
    kubectl delete pods -n "$NAMESPACE" -l app="$SERVICE" >/dev/null
    until_true 60 ready_pods
    repaired() { until_true 30 endpoints; }
    healed "endpoints missing" repaired
    restore
}

healing_disabled() {
    local try
    # The Cortex that serves may have healed before the one that must not was asked.
    for try in 1 2 3; do
        to_zero
        ask_without_healing
        answered || break
    done
    if event healing_start; then fail "healing disabled" "it healed all the same; $(said)"
    elif ! grep -q "switched off" "$work/events"; then fail "healing disabled" "it does not say so; $(said)"
    else pass "healing disabled"; fi
}

ask_without_healing() {
    # A second Cortex in the same pod, so that the first one stays as it is.
    kubectl exec -n "$CORTEX_NAMESPACE" "$POD" -- bash -c '
        HEALING_ENABLED=false CORTEX_LISTEN=127.0.0.1:8001 cortex serve >/dev/null 2>&1 & server=$!
        for _ in $(seq 50); do curl -sf http://127.0.0.1:8001/readyz >/dev/null && break; sleep 0.1; done
        curl -sN -m 60 -X POST http://127.0.0.1:8001/api/tasks -H "Content-Type: application/json" -d "$1"
        kill $server' - "$(jq -nc --arg query "$QUERY" '{query: $query, streaming: true}')" |
        sed -n 's/^data: //p' >"$work/events"
}

worker_directly() {
    [[ $(current) == 0 ]] || to_zero
    worker
    if [[ $(report .success) != true ]]; then fail "worker directly" "$(report .diagnosis) $(report .recommendation)"
    elif [[ $(current) != "$replicas" ]]; then fail "worker directly" "$(current) replicas, not $replicas"
    else pass "worker directly"; fi
}

time_out() {
    to_zero
    local begin=$SECONDS
    worker CORTEX_WORKER_TIMEOUT=1s
    # Within a second only a service that the serving Cortex has healed meanwhile can be reported as healed.
    if [[ $(report .success) != false && $(report .success) != true ]]; then
        fail "time-out" "its last line is no report: $(tail -n 1 "$work/worker" | cut -c -200)"
    elif [[ $(report .success) == false && -z $(report .recommendation) ]]; then fail "time-out" "it recommends nothing"
    elif ((SECONDS - begin > 30)); then fail "time-out" "it took $((SECONDS - begin)) s"
    else pass "time-out"; fi
    restore
}

printf 'Testing the healing of %s in %s through %s\n' "$SERVICE" "$NAMESPACE" "$CORTEX_URL"
health_endpoint
scaled_to_zero
pod_deletion
endpoints_missing
healing_disabled
worker_directly
time_out
crash_loop
printf '%d passed, %d failed\n' "$passed" "$failed"
((failed == 0))
