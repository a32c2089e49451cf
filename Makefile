# Everything here but `test-clients`, `test-suites`, `test-pages`, `test-jobs-page`, `test-redlock`, `test-clusters`,
# `test-etcd`, `test-image`, `test-bucket` and `bench-server`, which say what they want, needs Go alone; `race` needs a C compiler too,
# as Go's race detector does.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# What `make run`, `make sweep` and `make mutants` hand to the command, as in: make run ARGS='--workloads lock --nodes 5'
ARGS ?=
# How long `make fuzz` spends on each target.
FUZZTIME ?= 1m

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

# A path given as PATH would be where commands are looked for.
ifeq ($(origin PATH),command line)
$(error PATH is where commands are looked for; name a module with MODULE=$(PATH))
endif

# Packages that tell a build without marks from one that has them; the tests of all others are the same in both.
UNMARKED := ./testbed ./testbed/policy ./testbed/pricing ./testbed/trial

build: ## bin/ordeal, with its failpoint marks switched in
	go run ./cmd/failpoint-build -pgo=cmd/ordeal/worker.pgo -o bin/ordeal ./cmd/ordeal

build-older: ## bin/ordeal-older, an earlier build for upgrades (docs/CLUSTERS.md), as in: make build-older REF=HEAD~100
	dir=$$(mktemp -d); trap 'git worktree remove --force "$$dir/tree"; rm -rf "$$dir"' EXIT; \
	git worktree add --quiet --detach "$$dir/tree" '$(REF)'; \
	(cd "$$dir/tree" && go build -o '$(CURDIR)/bin/ordeal-older' ./cmd/ordeal)

run: build ## a campaign of about a minute; ARGS are handed to `ordeal run`
	bin/ordeal run $(ARGS)

# Compilers and tests are short-lived: with more garbage between two collections they take less of a processor. What
# debuggers want to know of a program is a fifth of the work to compile it. `go test` would vet once more what `go vet`
# has looked at, and all that it imports.
test: export GOGC ?= 400
test: export GOFLAGS := $(strip $(shell go env GOFLAGS) -gcflags=all=-dwarf=false)
test: ## everything a reviewer needs, with Go alone
	go vet ./...
	go run ./cmd/failpoint-build -test -vet=off ./...
	go test -vet=off $(UNMARKED) && go test -vet=off -run TestPlainBuild ./cmd/ordeal
	cd examples/paxos && go vet ./... && go test -vet=off ./... && go tool failpoint-build -test -vet=off ./...
	cd examples/readindex && go vet ./... && go test -vet=off ./... && go test -vet=off -modfile=raft37.mod -tags raft37 ./...
	cd examples/lease && go vet ./... && go test -vet=off ./...
	cd examples/redlock && go vet ./... && go test -vet=off ./...
	cd examples/own-model && go vet ./... && go test -vet=off ./...
	cd guest && go vet ./... && go test -vet=off ./...

test-guests: ## examples of ordinary programs on trial as guests, and what `ordeal new` writes of them; some minutes
	cd examples/election && go vet ./... && go test ./...
	cd examples/hashiraft && go vet ./... && go test ./...
	cd examples/zkclient && go vet ./... && go test ./...
	cd examples/etcdclient && go vet ./... && go test ./...
	cd examples/nats && go vet ./... && go test ./...
	NEW_KINDS="guest client" go test -count=1 -run TestANewModuleRuns ./cmd/ordeal

test-same: ## TRIALS=5 of each example of guests, twice, with other processors, collectors and instructions: all are the same
	acceptance/same.sh

.PHONY: test-same

test-clients: ## kazoo, zkCli.sh and Curator on real servers, our clients on ZooKeeper, its answers beside ours; says which Debian packages it wants
	acceptance/run.sh

test-suites: ## the own tests of go-zookeeper, kazoo and ZooKeeper's Java client, on real servers; says which Debian packages it wants
	acceptance/suites.sh

test-pages: ## the page of a trial in headless Chromium: keys, links, speed, screenshots; says which Debian packages it wants. DIR=... keeps the screenshots
	acceptance/pages.sh $(DIR)

test-jobs-page: ## the page of `ordeal jobs --http` in headless Chromium, over real servers; says which Debian packages it wants. DIR=... keeps the screenshots
	acceptance/jobs-page.sh $(DIR)

.PHONY: test-jobs-page

test-redlock: ## Redlock on five redis-server processes, through github.com/go-redsync/redsync, with a holder that is stopped (Debian's redis-server)
	program=$$(command -v redis-server) || { echo "make test-redlock wants Debian's package redis-server" >&2; exit 2; }; \
	cd examples/redlock && REDIS_SERVER=$$program go test -count=1 -v ./real

.PHONY: test-redlock

test-clusters: ## the swarm on real processes, ours, Apache ZooKeeper's and etcd's, as root on Linux; says what it wants. TRIALS=5 of each
	acceptance/clusters.sh

test-leaves: ## TRIALS=100 trials on real processes leave no process, namespace, mount, interface, port or file; as root on Linux
	acceptance/leaves.sh

truth: build ## how far the simulator agrees with real processes, into docs/TRUTH.md: PAIRS=200 trials with faults and QUIET=30 without (a quarter of a minute each); JOBS=1
	bin/ordeal calibrate --write bin/costs.txt
	bin/ordeal truth --pairs $(or $(PAIRS),200) --quiet $(or $(QUIET),30) --jobs $(or $(JOBS),1) --out $(or $(OUT),ordeal-truth) --costs bin/costs.txt --write docs/TRUTH.md

.PHONY: truth test-leaves

test-gate: ## fifty builds that differ by their seeds alone are all green to `bench --against`; some nine CPU-minutes, side by side
	GATE_RUNS=50 go test -count=1 -timeout 60m -v -run TestRunsOfOneBuildAreGreen ./testbed/bench

module: ## give the module another path, as in: make module MODULE=example.org/you/ordeal
	go run ./cmd/rename-module '$(MODULE)'

test-module: ## rename a copy of the module, vet and test it, and rename it back (some minutes)
	go test -count=1 -timeout 30m ./cmd/rename-module -whole

race: ## tests of what has goroutines, and a few trials twice, under the race detector
	go test -race ./host/... ./sim ./cluster/recipes
	out=$$(mktemp -d); trap 'rm -rf "$$out"' EXIT; \
	go run -race ./cmd/ordeal run --seeds 1-8 --length 20s --twice --out "$$out"

lint: ## vet and staticcheck
	go vet ./...
	go tool staticcheck ./...

test-etcd: ## etcdctl, Go's, Python's and npm's clients, curl and etcd itself beside a real server of etcd's API; says what it wants
	acceptance/etcd.sh

.PHONY: test-etcd

test-kubernetes: build ## the manifests of deploy/kubernetes before Kubernetes' own API server and controller of Jobs; ten CPU-minutes the first time
	cd acceptance/kubernetes && go vet ./... && ORDEAL='$(CURDIR)/bin/ordeal' go test -count=1 -timeout 10m -v ./...

test-image: ## the image of deploy/kubernetes: built by its Dockerfile without a network, and run as a pod does; as root, five CPU-minutes
	acceptance/image.sh

test-bucket: build ## shards hand their results on to versitygw, a real server of S3, while it and they are killed; two CPU-minutes the first time
	ORDEAL='$(CURDIR)/bin/ordeal' acceptance/bucket.sh

.PHONY: test-kubernetes test-image test-bucket

# Left to itself, the go command spends up to a minute on making one new input smaller: all that a target has.
fuzz: ## each fuzz target for FUZZTIME (1m)
	@targets=$$(go test -list '^Fuzz' ./... | awk '/^Fuzz/ {name[n++] = $$1} /^ok/ {while (n > 0) print $$2, name[--n]}'); \
	while read -r package name; do \
		echo "$$package $$name"; \
		go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "$$package"; \
	done <<< "$$targets"

bench: build ## what trials cost, beside what raft itself does (about six minutes)
	go run ./cmd/bench speed

profile: build ## where a worker's time goes, for the compiler: renews cmd/ordeal/worker.pgo
	go run ./cmd/bench speed --same 0 --races 0 --keep-profile cmd/ordeal/worker.pgo

bugs: build ## what it costs to find each planted bug, into docs/BUGS.md (about an hour of two CPUs)
	bin/ordeal bugs run --write docs --measured testbed/coordination

mutants: ## ordinary mistakes put into the service by chance: which of them tests and a campaign catch (hours); ARGS as in `go run ./cmd/mutants --help`
	go run ./cmd/mutants $(ARGS)

sweep: build ## every fault at every point of the built-in drills (about six CPU-minutes); ARGS are handed to `ordeal sweep`
	bin/ordeal sweep $(ARGS)

bench-server: build ## the real server beside Apache ZooKeeper and etcd, in turns, and a million znodes (about 20 minutes; wants Debian's zookeeper; ETCD=PATH for an etcd of 3.6)
	status=0; for what in server "keys --etcd=$(or $(ETCD),etcd)" million; do go run ./cmd/bench $$what || status=1; done; exit $$status

clean: ## remove what was built, and results
	rm -rf bin ordeal-results mutants.jsonl

bench-merge: build ## 1,000 shards of 1,000 trials are put together: time and memory, beside what they are to be (a CPU-minute)
	go run ./cmd/bench merge

.PHONY: bench-merge

bench-fleet: ## 10,000 trials by workers of which one is killed every second, and once more with servers killed: how many are lost or counted twice, and what asking costs (some minutes)
	FLEET_TRIALS=10000 FLEET_KILLS=1s FLEET_SERVER_KILLS=8s go test -count=1 -timeout 60m -v -run 'Killed|WhatATrialCosts' ./testbed/fleet

bench-machines: build ## what 10^9 trials cost: 1, 2 and 4 worker processes measured, more by a model (some two CPU-minutes)
	go run ./cmd/bench machines

.PHONY: bench-machines

bench-schedule: build ## 10,000 jobs and 20 instances on three real servers: firings in a second, and how late they are (some minutes)
	go run ./cmd/bench schedule

.PHONY: bench-fleet help build build-older run test test-guests test-clients test-suites test-pages module test-module race lint fuzz bench profile bench-server bench-schedule bugs mutants sweep clean
