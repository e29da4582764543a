# The habits: make setup | demo | test | check | bench | docs. Needs Python 3.11+, make and git; nothing else.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
BIN = $(VENV)/bin
PACKAGES = src/suno_client src/conductr_player src/conductr_store src/conductr apps/bot apps/web apps/solo
PIP = $(BIN)/python -m pip --disable-pip-version-check
RUN_STAMP = $(VENV)/run.stamp
DEV_STAMP = $(VENV)/dev.stamp

.PHONY: help setup demo test test-libraries check format bench docs lock clean

help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

setup: $(DEV_STAMP) ## Everything for development: virtual environment, pinned requirements, editable installs

demo: $(RUN_STAMP) ## Hear it: no account, no key; opens a page in the browser
	$(BIN)/conductr demo

test: $(DEV_STAMP) ## Every test on this Python
	$(BIN)/python -m pytest $(ARGS)

test-libraries: $(DEV_STAMP) ## The three libraries alone (CI runs this on each Python)
	$(BIN)/python -m pytest tests/suno_client tests/sandbox tests/player tests/store $(ARGS)

check: $(DEV_STAMP) ## ruff, formatting, types, layers, spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright
	$(BIN)/lint-imports
	$(BIN)/codespell README.md ARCHITECTURE.md CONTRIBUTING.md SECURITY.md docs src apps

format: $(DEV_STAMP) ## Let ruff put imports and lines in order
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: $(DEV_STAMP) ## The voice benchmark, ours beside stock py-cord
	$(BIN)/python benchmarks/voice.py $(ARGS)

docs: $(DEV_STAMP) ## Check that docs, settings and commands agree
	$(BIN)/python -m pytest tests/house $(ARGS)

lock: ## Pin again what pyproject files ask for (needs uv)
	uv lock
	uv export -q --format requirements-txt --no-emit-workspace --no-header --no-annotate --no-default-groups -o requirements/run.lock
	uv export -q --format requirements-txt --no-emit-workspace --no-header --no-annotate --all-groups -o requirements/dev.lock

clean: ## Remove what can be made again
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Conductr needs Python 3.11 or newer; set PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): requirements/run.lock $(PACKAGES:=/pyproject.toml) | $(BIN)/python
	$(PIP) install -q --require-hashes -r requirements/run.lock
	$(PIP) install -q --no-deps --no-build-isolation $(PACKAGES:%=-e %)
	@touch $@

$(DEV_STAMP): requirements/dev.lock $(RUN_STAMP)
	$(PIP) install -q --require-hashes -r requirements/dev.lock
	@touch $@
