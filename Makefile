# `make demo` and `make test` each work as the first command on a clean clone: both call `make setup`.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
export PATH := $(CURDIR)/$(BIN):$(CURDIR)/node_modules/.bin:$(PATH)
export SOLCX_BINARY_PATH := $(CURDIR)/toolchain
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
# Brownie's wheel is broken by its mypyc build: build it from source without (docs/toolchain.md).
export BROWNIE_NOCOMPILE := 1

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

# ---------------------------------------------------------------------------------------------------------------- setup

.PHONY: setup
setup: $(VENV)/.ready node_modules/.ready ## install everything from the lock files (quick the second time)

$(VENV)/.ready: requirements/chain.txt toolchain/activate.py
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if v == (3, 11) else "web3crm needs Python 3.11, $(PYTHON) is %d.%d: install it or set PYTHON=/path/to/python3.11" % v)'
	@echo "setup: Python packages into $(VENV)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/chain.txt
	@$(BIN)/python toolchain/activate.py
	@touch $@

node_modules/.ready: package-lock.json
	@echo "setup: npm packages into node_modules"
	@npm ci --silent --no-audit --no-fund
	@touch $@
