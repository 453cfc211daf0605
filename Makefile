# `make demo` and `make test` each work as the first command on a clean clone: every target sets up what it needs.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
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
export PIP_DISABLE_PIP_VERSION_CHECK := 1

SOLIDITY := $(shell find contracts interfaces -name '*.sol' 2>/dev/null)
# make test ARGS="tests/unit/loyalty -x", make demo ARGS="--help", make coverage ARGS="tests/unit/loyalty"
ARGS ?=
# Test processes, each with a chain of its own.
JOBS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); echo $$((n < 4 ? n : 4)))

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

# ---------------------------------------------------------------------------------------------------------------- setup

.PHONY: setup
setup: $(VENV)/.ready node_modules/.ready ## install everything from the lock files (quick the second time)

# The stamp goes first and comes last: whatever interrupts this, the next run starts again from an empty environment.
$(VENV)/.ready: requirements/chain.txt requirements/data.txt toolchain/activate.py
	@rm -f $@
	@test -n "$(PYTHON)" || { echo "setup: Python 3.11 is needed and no python3.11 or python3 was found: install it or set PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if v == (3, 11) else "setup: Python 3.11 is needed, %s is %d.%d: install it or set PYTHON=/path/to/python3.11" % (sys.executable, *v))'
	@echo "setup: Python packages into $(VENV)"
	@"$(PYTHON)" -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes -r requirements/chain.txt
	@$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements/data.txt
	@$(BIN)/python toolchain/activate.py
	@touch $@

node_modules/.ready: package.json package-lock.json
	@rm -f $@
	@command -v npm >/dev/null || { echo "setup: Node.js 20 or newer is needed, with npm: no npm was found" >&2; exit 1; }
	@node -e 'process.exit(+process.versions.node.split(".")[0] >= 20 ? 0 : 1)' || { echo "setup: Node.js 20 or newer is needed, this is $$(node --version)" >&2; exit 1; }
	@echo "setup: npm packages into node_modules"
	@npm ci --loglevel error --no-audit --no-fund --no-update-notifier >/dev/null
	@touch $@

.PHONY: build
build: build/.compiled ## compile the contracts

# Everything, always: Brownie does not rebuild the users of an interface or a struct that changed.
build/.compiled: $(SOLIDITY) brownie-config.yaml toolchain/solc-v0.8.34 | setup
	@mkdir -p build
	@echo "build: compiling the contracts"
	@brownie compile --all > build/compile.log 2>&1 || { cat build/compile.log >&2; exit 1; }
	@touch $@

# ------------------------------------------------------------------------------------------------------------------ use

.PHONY: demo
demo: build ## watch a whole customer programme live on a Ganache chain of its own
	@$(BIN)/python -m scripts.demo $(ARGS)

.PHONY: test
test: build ## the whole test suite on Ganache (what is marked slow is for CI)
	@brownie test $(if $(ARGS),$(ARGS),tests -m "not slow" -n $(JOBS))

.PHONY: test-anvil
test-anvil: build ## the tests of the contracts on anvil (those of the package start the chains they need themselves, anvil among them)
	@brownie test $(if $(ARGS),$(ARGS),tests/unit tests/behaviours tests/invariant tests/snapshots -m "not slow" -n $(JOBS)) --network anvil

.PHONY: test-slow
test-slow: build ## the tests marked slow
	@brownie test $(if $(ARGS),$(ARGS),tests -m slow -n $(JOBS) --dist loadfile)

# --------------------------------------------------------------------------------------------------------------- checks

.PHONY: lint
lint: setup ## ruff, mypy --strict, solhint, formatters, house rules
	@ruff check .
	@ruff format --check .
	@mypy
	@solhint --noPoster --disc --max-warnings 0 'contracts/**/*.sol' 'interfaces/**/*.sol' 'bench/**/*.sol'
	@prettier --log-level warn --check . '!**/*.md'
	@$(BIN)/python toolchain/house_rules.py

.PHONY: format
format: setup ## let the formatters write
	@ruff check --quiet --fix-only .
	@ruff format --quiet .
	@prettier --log-level warn --write . '!**/*.md'

.PHONY: analyze
analyze: slither standards coverage ## slither, the tokens against their standards, coverage of the contracts

.PHONY: slither
slither: setup ## static analysis, clean from medium up
	@slither . --config-file slither.config.json

.PHONY: standards
standards: setup ## each token against the standard it claims
	@$(BIN)/python toolchain/standards.py

.PHONY: coverage
coverage: setup ## lines and branches of the contracts that the tests on anvil reach: at least 95 %
	@$(BIN)/python toolchain/contract_coverage.py $(ARGS)

.PHONY: gas
gas: build ## gas and code size against the committed snapshots (make gas UPDATE=1 rewrites them)
	@$(BIN)/python toolchain/gas.py $(if $(UPDATE),--update)

.PHONY: bench
bench: build ## gas per act beside peers, compiled and run in the same run; rewrites docs/performance.md (CHECK=1 only compares)
	@$(BIN)/python -m bench.gas $(if $(CHECK),--check)

.PHONY: bench-earning
bench-earning: setup ## time and memory of a tree of a million customers, beside the JavaScript package (make bench-earning ARGS="--help")
	@$(BIN)/python bench/earning.py $(ARGS)

.PHONY: lock
lock: ## write the lock files anew from requirements/*.in and package.json (neither names a registry)
	@rm -rf build/lock && "$(PYTHON)" -m venv build/lock && build/lock/bin/python -m pip install --quiet pip-tools
	@build/lock/bin/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
		--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --output-file requirements/chain.txt requirements/chain.in
	@npm install --silent --package-lock-only --omit-lockfile-registry-resolved --no-audit --no-fund

.PHONY: clean
clean: ## remove what compiling, testing and the demo made (make distclean: also what setup installed)
	@rm -rf build cache out reports crytic-export .hypothesis .pytest_cache .mypy_cache .ruff_cache
	@find . -name __pycache__ -type d -not -path './node_modules/*' -not -path './$(VENV)/*' -prune -exec rm -rf {} +

.PHONY: distclean
distclean: clean
	@rm -rf $(VENV) node_modules
