.DEFAULT_GOAL := help

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

test: ## everything a reviewer needs, with Go alone
	go vet ./...
	go test ./...
	go run ./cmd/failpoint-build -test ./cluster/wal

build: ## bin/ordeal, with its failpoint marks switched in
	go run ./cmd/failpoint-build -o bin/ordeal ./cmd/ordeal

lint: ## vet and staticcheck
	go vet ./...
	go tool staticcheck ./...

.PHONY: help test build lint
