# Every task of the project. `make help` lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# The first of these that runs and is new enough; version managers put commands on PATH that do not run.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
  $$name -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$name && break; done)
VENV := .venv
BIN := $(VENV)/bin
BUF := node_modules/.bin/buf
PROTOS := $(sort $(wildcard proto/tintype/v1/*.proto))
TOOLS := $(HOME)/.cache/tintype/tools
PROTOVALIDATE := github.com/bufbuild/protovalidate@v1.2.2
SOURCES := services/tintype clients/python clients/cli tests tools deploy/native

MARK ?=
PYTEST := $(BIN)/pytest -m "$(if $(MARK),($(MARK)) and )not servers"

.PHONY: help
help: ## list the tasks
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-18s %s\n", $$1, $$2}'

# ---- setting up ------------------------------------------------------------------------------------------------------

$(VENV)/.installed: requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Tintype needs Python 3.11, 3.12 or 3.13; none was found on the PATH."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the packages of requirements.lock (about 760 MB, once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: setup
setup: $(VENV)/.installed ## install everything into .venv

LOCK := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --no-annotate --custom-compile-command 'make lock'

.PHONY: lock
lock: ## resolve the packages anew into requirements.lock and, for the image, requirements-server.lock
	$(LOCK) --extra server --extra dev -o requirements.lock
	$(LOCK) --extra server --constraint requirements.lock -o requirements-server.lock

NPM = $(dir $(shell $(BIN)/python -m tools.toolchain node))npm

node_modules/.installed: package.json package-lock.json $(VENV)/.installed
	@# Not `npm ci`: it refuses a lock without the packages of other platforms, which not every registry has.
	@$(NPM) install --no-save --silent
	@touch $@

# ---- the contract ----------------------------------------------------------------------------------------------------

build/protos/.filled: $(VENV)/.installed Makefile
	@mkdir -p build/protos/google build/protos/buf
	@google=$$($(BIN)/python -c "import google.api, os; print(os.path.dirname(google.api.__path__[0]))") && \
	  cp -r $$google/api $$google/rpc build/protos/google/
	@find build/protos/google -name '*.py*' -delete
	@dir=$$($(GO) mod download -json $(PROTOVALIDATE) | sed -n 's/.*"Dir": "\(.*\)".*/\1/p') && \
	  mkdir -p build/protos/buf/validate && cp "$$dir/proto/protovalidate/buf/validate/validate.proto" build/protos/buf/validate/ && \
	  chmod -R u+w build/protos
	@touch $@

PLUGINS := $(TOOLS)/gateway
GO = $(shell $(BIN)/python -m tools.toolchain go)
GOFMT = $(dir $(GO))gofmt

# Built by the module that pins them; one build for all clones.
$(PLUGINS)/.built: services/gateway/tools/go.mod services/gateway/tools/go.sum
	@mkdir -p $(PLUGINS)
	@GOBIN=$(PLUGINS) $(GO) -C services/gateway/tools install -trimpath tool
	@touch $@

.PHONY: gen
gen: build/protos/.filled $(PLUGINS)/.built ## generate Python, Go and the OpenAPI document from proto/
	@$(BIN)/python -m grpc_tools.protoc -Iproto -Ibuild/protos --python_out=services --pyi_out=services \
	  --grpc_python_out=services $(PROTOS:proto/%=%) buf/validate/validate.proto
	@rm -f services/buf/validate/validate_pb2_grpc.py
	@for file in services/tintype/v1/*_pb2_grpc.py; do grep -q 'class .*Servicer' "$$file" || rm "$$file"; done
	@$(BIN)/python -m tools.gateway_code $(PLUGINS)

# ---- checking --------------------------------------------------------------------------------------------------------

.PHONY: check
check: setup check-python check-imports check-contract check-generated check-gateway check-web ## format, lint, types, import rules, contract, generated code

.PHONY: check-python
check-python: setup
	$(BIN)/ruff format --check --quiet $(SOURCES)
	$(BIN)/ruff check --quiet $(SOURCES)
	$(BIN)/mypy $(SOURCES)

.PHONY: check-imports
check-imports: setup
	$(BIN)/lint-imports

.PHONY: check-contract
check-contract: build/protos/.filled node_modules/.installed
	$(BUF) lint
	$(BUF) format --diff --exit-code proto
	$(BIN)/python tools/check_breaking.py

GENERATED := services/tintype/v1 services/buf services/gateway/gen services/gateway/openapi

.PHONY: check-generated
check-generated: gen
	@git diff --exit-code --stat -- $(GENERATED) \
	  || { echo "Generated code is not up to date: run 'make gen' and commit what it changes."; exit 1; }
	@test -z "$$(git status --porcelain -- $(GENERATED))" \
	  || { echo "Generated files are missing from the repository: commit $(GENERATED)."; exit 1; }

.PHONY: check-gateway
check-gateway: setup $(PLUGINS)/.built
	@test -z "$$(cd services/gateway && $(GOFMT) -l main.go internal)" || { echo "Run 'make format'."; exit 1; }
	cd services/gateway && $(GO) vet . ./internal/... && $(PLUGINS)/staticcheck . ./internal/...

clients/web/node_modules/.installed: clients/web/package-lock.json
	@# Not `npm ci`: see node_modules/.installed.
	@cd clients/web && npm install --no-save --silent
	@touch $@

.PHONY: check-web
check-web: clients/web/node_modules/.installed
	@cd clients/web && npm run --silent gen
	@git diff --exit-code --stat -- clients/web/src/api/contract.d.ts \
	  || { echo "The gallery's types are not those of the contract: commit clients/web/src/api/contract.d.ts."; exit 1; }
	cd clients/web && npm run --silent check

HELM := $(TOOLS)/helm-v3.19.2
ACTIONLINT := $(TOOLS)/actionlint-v1.7.8
go_tool = @mkdir -p $(TOOLS)/build && GOBIN=$(TOOLS)/build GOFLAGS=-trimpath go install $(1) && mv $(TOOLS)/build/$(2) $@

$(HELM):
	$(call go_tool,helm.sh/helm/v3/cmd/helm@v3.19.2,helm)

$(ACTIONLINT):
	$(call go_tool,github.com/rhysd/actionlint/cmd/actionlint@v1.7.8,actionlint)

.PHONY: check-deploy
check-deploy: setup $(HELM) $(ACTIONLINT) ## Compose, the Helm chart and the workflows, against their tools and the code
	$(ACTIONLINT) -shellcheck= -pyflakes=
	TINTYPE_HELM=$(HELM) $(BIN)/pytest tests/unit/deploy -n 2

.PHONY: format
format: setup ## put the code into the one format
	@$(BIN)/ruff check --fix-only --quiet $(SOURCES)
	@$(BIN)/ruff format --quiet $(SOURCES)
	@cd services/gateway && $(GOFMT) -w main.go internal
	@if [ -d clients/web/node_modules ]; then cd clients/web && npm run --silent format; fi

# ---- testing ---------------------------------------------------------------------------------------------------------

.PHONY: test
test: setup ## all tests; MARK=isolation runs those of one marker
	$(if $(MARK),$(PYTEST),@$(MAKE) --no-print-directory test-unit test-gateway test-contract test-integration test-e2e)

.PHONY: test-unit
test-unit: setup ## without servers and without sockets
	$(PYTEST) tests/unit --disable-socket --allow-unix-socket -n 2

.PHONY: test-gateway
test-gateway: setup ## the bridge against a host in the test
	cd services/gateway && $(GO) test ./...

.PHONY: test-contract
test-contract: setup ## every port with every adapter
	$(PYTEST) tests/contract -n 2

.PHONY: test-integration
test-integration: setup ## one real dependency at a time
	$(PYTEST) tests/integration

.PHONY: test-e2e
test-e2e: setup ## the real command line against the real process
	$(PYTEST) tests/e2e

.PHONY: test-web
test-web: setup gateway web ## the gallery in a real browser, with screenshots in build/web-screenshots; WEB=search runs some
	$(BIN)/python -m tools.test_web $(WEB)

.PHONY: bench-web
bench-web: setup gateway web ## how soon photos are there on slow lines; frames and memory of a timeline of 100,000; wants a quiet machine
	@$(BIN)/python -m tools.test_web bench $(WEB)

.PHONY: test-servers
test-servers: setup $(if $(SERVERS),,servers-up) ## contract, integration and end-to-end tests on the real servers
	TINTYPE_REQUIRE_SERVERS=1 $(BIN)/pytest -m "$(if $(MARK),($(MARK)) and )servers" tests/contract tests/integration tests/e2e

.PHONY: test-faults
test-faults: setup $(if $(SERVERS),,servers-up) ## kills, freezes, bad networks and repeated facts, on servers of their own
	TINTYPE_REQUIRE_SERVERS=1 $(BIN)/pytest tests/faults

.PHONY: test-faults-nightly
test-faults-nightly: setup $(if $(SERVERS),,servers-up) ## a night's worth of them, and those of the library in one folder
	TINTYPE_REQUIRE_SERVERS=1 TINTYPE_FAULTS=nightly $(BIN)/pytest -m faults tests/faults tests/integration tests/e2e

.PHONY: test-clean-room
test-clean-room: setup ## `make run` in a fresh clone with an empty home and neither Go nor Node: some minutes, 2 GB
	TINTYPE_CLEAN_ROOM=1 $(BIN)/pytest tests/clean_room

.PHONY: clients
clients: setup node_modules/.installed build/protos/.filled ## build the examples in Go, TypeScript, Java and Python and run them on the real process
	$(BIN)/pytest -m clients tests/clients

# ---- the real servers ------------------------------------------------------------------------------------------------

.PHONY: servers-up
servers-up: ## build what is missing, start the real servers on 127.0.0.1, wait until each answers
	@$(PYTHON) -m deploy.native up

.PHONY: servers-down
servers-down: ## stop them; their data stays in build/servers
	@$(PYTHON) -m deploy.native down

.PHONY: servers-status
servers-status: ## what runs and where; fails unless all answer
	@$(PYTHON) -m deploy.native status

# ---- using -----------------------------------------------------------------------------------------------------------

.PHONY: gateway
gateway: setup ## build the REST bridge into build/gateway; with Go from PyPI where the machine has none
	@$(BIN)/python -m tools.build_bridge gateway

.PHONY: web
web: setup ## build the gallery into build/web; with Node from PyPI where the machine has none
	@$(BIN)/python -m tools.build_bridge web

.PHONY: run
run: setup ## start the library and put pictures in; PHOTOS=~/Pictures takes your own
	@$(BIN)/python -m tools.run $(if $(PHOTOS),--photos "$(PHOTOS)")

.PHONY: run-servers
run-servers: setup servers-up ## the same on the real servers, every service in a process of its own
	@$(BIN)/python -m tools.run --servers $(if $(PHOTOS),--photos "$(PHOTOS)")

.PHONY: demo
demo: setup ## the same in a temporary home, once: exit 0 only if every search finds its picture
	@$(BIN)/python -m tools.demo --pack builtin
	@if [ -d ../shared/models ]; then $(BIN)/python -m tools.demo --pack development --mirror ../shared/models; fi

.PHONY: bench
bench: setup $(if $(filter servers,$(ON)),$(if $(SERVERS),,servers-up)) ## the figures, as a table and as build/bench.json; ON=servers: build/bench-servers.json
	@$(BIN)/python -m tests.bench $(if $(ON),--on $(ON)) --output build/bench$(if $(ON),-$(ON)).json $(BENCH)

.PHONY: wheel
wheel: setup ## build the wheel
	@$(BIN)/python -m hatchling build -t wheel -d build/wheel

PLATFORMS := linux-amd64 linux-arm64 darwin-amd64 darwin-arm64

.PHONY: wheels
wheels: wheel web ## the wheel for every platform, and one for each that has the bridge and the gallery inside
	@for platform in $(PLATFORMS); do \
	  $(BIN)/python -m tools.build_bridge gateway=$$platform && \
	  TINTYPE_WHEEL_PLATFORM=$$platform $(BIN)/python -m hatchling build -t wheel -d build/wheel || exit 1; \
	done

.PHONY: clean
clean: ## remove what was built and installed in the clone
	@if [ -d build/servers ]; then $(PYTHON) -m deploy.native down; fi
	rm -rf clients/go/{bin,gen} clients/typescript/{dist,node_modules,src/gen} clients/java/target
	rm -rf $(VENV) build node_modules dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
