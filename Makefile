# What can be done here: make help
SHELL       := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

GO ?= go
# The flags of the deployed binaries; infra/local/build has the same, and a test compares them.
# Nothing else decides what they are: not the folder, nor the commit, nor the builder's Go settings.
LAMBDA_FLAGS := -tags lambda.norpc -trimpath -buildvcs=false -ldflags "-s -w"
LAMBDA_BUILD := GOOS=linux GOARCH=arm64 GOARM64=v8.0 CGO_ENABLED=0 GOFLAGS=-mod=readonly GOEXPERIMENT= GOWORK=off $(GO) build $(LAMBDA_FLAGS)

.PHONY: help run demo test check check-template openapi bench build sbom reproducible localstack simulate crashes mutate clean need-go need-npm need-cc

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

run: need-go need-npm ## build, start the local stack, import the demo account, print its statement, stay
	$(GO) run ./infra/local

demo: need-go need-npm ## the same on free ports, once: exit 0 if the statement is the bank's
	$(GO) run ./infra/local --once --addr 127.0.0.1:0 --aws-addr 127.0.0.1:0 --bank-addr 127.0.0.1:0

test: need-go need-npm need-cc ## every test, with the race detector
	$(GO) test -race ./...

check: need-go ## gofmt, vet, staticcheck, go.mod, templates, imports
	@files=$$(gofmt -l functions internal infra); [ -z "$$files" ] || { echo "not gofmt'ed:" $$files; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	$(GO) mod tidy -diff
	$(GO) mod verify
	$(GO) test -count=1 ./internal/archtest/...
	@$(MAKE) --no-print-directory check-template

# One package after the other: each starts the validator, which is most of its time. One that npm
# cannot fetch is an error that says so; cfn-lint is a second opinion.
check-template: need-go ## the templates against the code, AWS's validator and cfn-lint
	$(GO) test -count=1 -p 1 ./infra/template/... ./infra/validate/...
	@if command -v cfn-lint >/dev/null; then \
	  cfn-lint template.yaml infra/alarms.yaml infra/dashboard.json && echo "cfn-lint: nothing to say"; \
	else \
	  echo "cfn-lint is not installed: SAM's own translator has not seen the templates, only cloudformation-validate has"; \
	fi

# Says of itself whether npm could not fetch it or it did not like the document.
OPENAPI_GENERATOR := openapi-typescript@7.9.1
OPENAPI_DOCUMENT  := internal/api/testdata/openapi.json

openapi: ## a client generator of another language accepts the API's document
	@command -v npx >/dev/null || { echo "openapi: npx is missing: it comes with npm, which comes with Node.js"; exit 1; }
	@out=$$(mktemp -d); trap 'rm -rf "$$out"' EXIT; \
	npx --yes $(OPENAPI_GENERATOR) --version >"$$out/log" 2>&1 || \
	  { cat "$$out/log"; echo "openapi: npm cannot fetch $(OPENAPI_GENERATOR), so nothing was checked"; exit 1; }; \
	npx --yes $(OPENAPI_GENERATOR) $(OPENAPI_DOCUMENT) -o "$$out/client.ts" >"$$out/log" 2>&1 || \
	  { cat "$$out/log"; echo "openapi: $(OPENAPI_GENERATOR) refuses $(OPENAPI_DOCUMENT)"; exit 1; }; \
	ids=$$(sed -n 's/.*"operationId": *"\([^"]*\)".*/\1/p' $(OPENAPI_DOCUMENT)); n=0; \
	for id in $$ids; do \
	  grep -qE "operations\[\"$$id\"\]" "$$out/client.ts" || { echo "openapi: the client lacks $$id"; exit 1; }; n=$$((n+1)); \
	done; \
	[ "$$n" -gt 0 ] || { echo "openapi: $(OPENAPI_DOCUMENT) has no operation"; exit 1; }; \
	echo "openapi: $(OPENAPI_GENERATOR) made a client of $$n operations"

# Flags for the program, as in: make bench BENCH="--only start,front"
BENCH ?=

bench: need-go need-npm ## what speed and capacity cost beside their limits, on an idle machine; some minutes
	$(GO) test -run '^$$' -bench . -benchmem ./internal/...
	@$(GO) run ./infra/bench $(BENCH)

SYNCS    ?= 1000000
HOURS    ?= 0
SEED     ?=
KEEP     ?=
CAMPAIGN ?= 0

simulate: need-go ## faults by the catalogue until SYNCS account-syncs; HOURS=8; SEED=… replays one
	$(GO) run ./infra/simulate -syncs $(SYNCS) -hours $(HOURS) -campaign $(CAMPAIGN) -seed '$(SEED)' -keep '$(KEEP)'

crashes: need-go ## every crash point and every crossing of two processes; counts at the end
	$(GO) test ./internal/simtest -count 1 -timeout 0 -v -run 'TestCrashes|TestInterleavings' -args -exhaustive \
	  | grep -vE '^=== |^    --- PASS'

mutate: need-go ## break the product's guards one by one; each must be noticed
	$(GO) run ./infra/simulate -mutations

build: need-go ## the three functions for arm64, under .build/lambda
	@for f in fanout sync api; do \
	  $(LAMBDA_BUILD) -o .build/lambda/$$f/bootstrap ./functions/$$f; \
	  ls -l .build/lambda/$$f/bootstrap | awk '{printf "%s %.1f MB\n", $$NF, $$5/1e6}'; \
	done

# sam build calls these, one for each function's logical id.
build-FanoutFunction build-SyncFunction build-ApiFunction: build-%Function:
	$(LAMBDA_BUILD) -o $(ARTIFACTS_DIR)/bootstrap ./functions/$(shell echo $* | tr A-Z a-z)

sbom: build ## what the three functions are made of: CycloneDX documents under .build/sbom
	$(GO) run ./infra/supply sbom .build/lambda .build/sbom

reproducible: need-go ## builds each function twice, in two places, and compares the bytes
	$(GO) run ./infra/supply rebuild

localstack: need-go ## make the table and queues at AWS_ENDPOINT_URL, and print what sam local needs
	@$(GO) run ./infra/localstack

clean: ## remove what was built and fetched
	rm -rf .build .tools

need-go:
	@command -v $(GO) >/dev/null || { echo "Go is missing: install Go 1.26 or later from https://go.dev/dl"; exit 1; }

need-npm:
	@[ -n "$${AWS_ENDPOINT_URL_DYNAMODB:-}" ] || [ -d .tools/node_modules/@dynoxide ] || command -v npm >/dev/null || \
	  { echo "npm is missing: it fetches the local DynamoDB. Install Node.js, or set AWS_ENDPOINT_URL_DYNAMODB to a DynamoDB that runs"; exit 1; }

need-cc:
	@command -v gcc >/dev/null || command -v clang >/dev/null || \
	  { echo "A C compiler is missing: the race detector needs gcc or clang"; exit 1; }
