# Every task of the project. `make help` lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= $(firstword $(foreach v,3.13 3.12 3.11,$(if $(shell command -v python$(v)),python$(v))) python3)
VENV := .venv
BIN := $(VENV)/bin
BUF := node_modules/.bin/buf
PROTOS := $(sort $(wildcard proto/tintype/v1/*.proto))
PROTOVALIDATE := github.com/bufbuild/protovalidate@v1.2.2
SOURCES := services/tintype clients/python clients/cli tests tools

MARK ?=
PYTEST := $(BIN)/pytest $(if $(MARK),-m "$(MARK)")

.PHONY: help
help: ## list the tasks
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-18s %s\n", $$1, $$2}'

# ---- setting up ------------------------------------------------------------------------------------------------------

$(VENV)/.installed: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the packages of requirements.lock (about 760 MB, once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: setup
setup: $(VENV)/.installed ## install everything into .venv

.PHONY: lock
lock: ## resolve the packages anew into requirements.lock
	$(BIN)/uv pip compile pyproject.toml --extra server --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --custom-compile-command 'make lock' -o requirements.lock

node_modules/.installed: package.json package-lock.json
	@npm ci --silent
	@touch $@

# ---- the contract ----------------------------------------------------------------------------------------------------

build/protos/.filled: $(VENV)/.installed
	@mkdir -p build/protos/google build/protos/buf
	@cp -r $$($(BIN)/python -c "import google.api, os; print(os.path.dirname(google.api.__path__[0]))")/api build/protos/google/
	@find build/protos/google -name '*.py*' -delete
	@dir=$$(go mod download -json $(PROTOVALIDATE) | sed -n 's/.*"Dir": "\(.*\)".*/\1/p') && \
	  mkdir -p build/protos/buf/validate && cp "$$dir/proto/protovalidate/buf/validate/validate.proto" build/protos/buf/validate/ && \
	  chmod -R u+w build/protos
	@touch $@

.PHONY: gen
gen: build/protos/.filled ## generate services/tintype/v1 from proto/
	@$(BIN)/python -m grpc_tools.protoc -Iproto -Ibuild/protos --python_out=services --pyi_out=services \
	  --grpc_python_out=services $(PROTOS:proto/%=%) buf/validate/validate.proto
	@rm -f services/buf/validate/validate_pb2_grpc.py
	@for file in services/tintype/v1/*_pb2_grpc.py; do grep -q 'class .*Servicer' "$$file" || rm "$$file"; done
