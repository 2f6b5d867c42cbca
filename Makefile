# Each target installs what it needs first; `scripts/setup` is quick when nothing is missing.

cortex := .build/release/cortex
release := swift build --configuration release --static-swift-stdlib --product cortex

.PHONY: help setup build image manifests test lint e2e scenarios faults bench serve demo simulate soak clean

help:
	@echo "make serve    run Cortex against the cluster of your kubeconfig (ARGS='--namespace NS …')"
	@echo "make test     the tests that need no cluster"
	@echo "make build    $(cortex), a release build"
	@echo "make image    the container image, without a daemon (ARGS='--tag HOST:5000/cortex-api:latest --push')"
	@echo "make manifests  what is made from the table of rights, in deploy and docs"
	@echo "make lint     swift format, strict"
	@echo "make e2e      the end-to-end suite; CORTEX_E2E_KUBECONFIG names a cluster you may break"
	@echo "make scenarios  its scenarios of healing inside a request, on the simulated cluster; needs no other"
	@echo "make faults   the scoreboard: every fault against Cortex and three baselines, on the same cluster"
	@echo "make bench    the benchmarks; healing needs a cluster in CORTEX_E2E_KUBECONFIG"
	@echo "make demo     a simulated homelab with Cortex beside it; needs no cluster"
	@echo "make simulate a thousand seeds of incidents on the simulated cluster, judged; make soak runs many more"

setup:
	@scripts/setup

build: setup
	$(release)

image: build
	@scripts/setup --image
	scripts/image $(ARGS)

manifests: build
	scripts/manifests

# The HTTP server's tests open a thousand sockets and hold deadlines of seconds; the tidy test and the simulated cluster
# keep every core busy for as long: each has the machine to itself.
test:
	@scripts/setup --tests
	swift build --build-tests
	swift test --skip-build --skip '^(HTTPServerTests|TidyTests|SimulationTests|ClusterServerTests)\.'
	swift test --skip-build --filter '^(SimulationTests|ClusterServerTests)\.'
	swift test --skip-build --filter '^HTTPServerTests\.'
	swift test --skip-build --filter '^TidyTests\.'

lint:
	swift format lint --strict --recursive --parallel Sources Tests Package.swift

e2e: build
	@scripts/setup --e2e
	tests/e2e/run

scenarios: build
	@scripts/setup --e2e
	tests/e2e/run --embedded

faults: build
	@scripts/setup --e2e
	tests/faults/run --out docs $(ARGS)

bench: build
	@scripts/setup --e2e --bench
	benchmarks/http/run $(cortex)
	benchmarks/healing/run --check 1.3

serve: build
	$(cortex) serve $(ARGS)

demo: build
	$(cortex) demo $(ARGS)

# A thousand seeds, as CI runs them; and the long run, with a troubled API, for a night.
simulate: build
	$(cortex) simulate --runs 1000 --hours 0.1 --services 5 $(ARGS)

soak: build
	$(cortex) simulate --runs 20000 --hours 2 --services 20 --api-faults some --keep-going $(ARGS)

clean:
	rm -rf .build
