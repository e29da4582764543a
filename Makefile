# The habits: make setup | demo | test | check | bench | docs | alone. Needs Python 3.11+, make and git; nothing else.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
BIN = $(VENV)/bin
PACKAGES = src/suno_client src/conductr_player src/conductr_store src/conductr apps/bot apps/web apps/solo
COVERED = 99.9 # per cent of the lines and branches of suno_client without its sandbox: all, but for one that a race may miss
COVERED_ALL = 99.5 # with it: its renderers are child processes, and what a killed one saw is lost
PURE = $(foreach name,machine session session_order session_commands queue undo snapshot sound_values watchdog opus recipes ingest_frames \
	ingest_headers render_filters pure_corners schedule,tests/player/test_$(name).py)
comma = ,
empty =
PURE_FILES = core/* packets/opus.py packets/webm.py ingesting/recipes.py ingesting/kinds.py ingesting/frames.py render/filters.py \
	pacing/orders.py pacing/lateness.py
PURE_PATHS = $(subst $(empty) ,$(comma),$(strip $(PURE_FILES:%=src/conductr_player/%))) # what decides, and waits for nothing
PARALLEL = -n 4 --dist loadfile --no-loadscope-reorder # most of these wait for a sandbox's clock; what keeps time itself (`timed`) runs alone
MACHINES = $(foreach name,ledger jobs queue,tests/store/test_$(name)_machine.py)
CORE = .coverage_core # apart from that of suno_client, which is combined
REST = --ignore=tests/suno_client --ignore=tests/sandbox
PIP = $(BIN)/python -m pip --disable-pip-version-check
RUN_STAMP = $(VENV)/run.stamp
DEV_STAMP = $(VENV)/dev.stamp
STRANGERS = $(foreach name,discordpy disnake,.venv-strangers/$(name).stamp) # apart: they share py-cord's import name
BENCH_STAMP = .venv-bench/bench.stamp # apart: songbird is for discord.py, whose import name is py-cord's

.PHONY: help setup demo test test-libraries check format alone bench bench-client bench-gate bench-store bench-callbacks strangers proof docs lock clean

help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

setup: $(DEV_STAMP) ## Everything for development: virtual environment, pinned requirements, editable installs

demo: $(RUN_STAMP) ## Hear it: no account, no key; opens a page in the browser
	$(BIN)/conductr demo

ifeq ($(ARGS),)
test: $(DEV_STAMP) ## Every test on this Python, with suno_client's coverage; ARGS="..." for some, without it
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest tests/suno_client tests/sandbox $(PARALLEL)
	$(BIN)/coverage combine -q
	$(BIN)/coverage report --fail-under=$(COVERED_ALL)
	$(BIN)/coverage report --fail-under=$(COVERED) --omit='*/sandbox/*'
	COVERAGE_FILE=$(CORE) $(BIN)/coverage run --rcfile=/dev/null --branch --include='$(PURE_PATHS)' -m pytest $(PURE)
	COVERAGE_FILE=$(CORE) $(BIN)/coverage report --rcfile=/dev/null --show-missing --skip-covered --fail-under=100
	$(BIN)/python -m pytest $(REST) $(PURE:%=--ignore=%) -m "not timed" $(PARALLEL)
	$(BIN)/python -m pytest $(REST) $(PURE:%=--ignore=%) -m timed
else
test: $(DEV_STAMP)
	$(BIN)/python -m pytest $(ARGS)
endif

test-libraries: $(DEV_STAMP) ## The three libraries alone, without what is slow, keeps time or needs a server (CI runs this on each Python)
	$(BIN)/python -m pytest tests/suno_client tests/player tests/store -m "not slow and not timed and not service" $(PARALLEL) $(ARGS)

check: $(DEV_STAMP) ## ruff, formatting, types, layers, spelling
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/basedpyright
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell README.md ARCHITECTURE.md CONTRIBUTING.md SECURITY.md docs src apps tools

format: $(DEV_STAMP) ## Let ruff put imports and lines in order
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

alone: $(DEV_STAMP) ## The wheels of suno-client and conductr-player in clean environments of PYTHON, without this repository
	$(BIN)/python tools/alone.py --python $(PYTHON)

bench: bench-client $(DEV_STAMP) $(BENCH_STAMP) ## The benchmarks: suno-client beside bare httpx, and voice beside its peers (ARGS="--quick")
	$(BIN)/python benchmarks/voice.py $(ARGS)

bench-gate: $(DEV_STAMP) ## What CI asks of playing: ratios and rates only, under a minute
	$(BIN)/python benchmarks/voice.py --gate

bench-client: $(DEV_STAMP) ## What suno-client costs: a call beside bare httpx, a thousand waits, the import
	$(BIN)/python benchmarks/client.py

bench-store: $(DEV_STAMP) ## What a search costs among a million songs, on SQLite and PostgreSQL (ARGS="--songs 20000")
	$(BIN)/python benchmarks/store.py $(ARGS)

bench-callbacks: $(DEV_STAMP) ## How long a gateway waits for the answer to its callback
	$(BIN)/python benchmarks/callbacks.py $(ARGS)

strangers: $(STRANGERS) $(DEV_STAMP) ## discord.py and disnake play through the emulated Discord too, in environments of their own
	$(BIN)/python -m pytest tests/emulators/test_discord_strangers.py $(ARGS)

proof: $(DEV_STAMP) ## Faults and proof: kills, cuts, orders; writes docs/proof/*.json (CONDUCTR_PROOF_SCALE=10 for a release)
	CONDUCTR_PROOF=1 $(BIN)/python -m pytest tests/proof $(MACHINES) $(PARALLEL) $(ARGS)

docs: $(DEV_STAMP) ## The site of guides and reference, into site/; check that docs, settings and commands agree
	$(BIN)/zensical build --strict --clean
	$(BIN)/python -m pytest tests/house $(ARGS)

lock: ## Pin again what pyproject files ask for (needs uv)
	uv lock
	uv export -q --format requirements-txt --no-emit-workspace --no-header --no-annotate --no-default-groups -o requirements/run.lock
	uv export -q --format requirements-txt --no-emit-workspace --no-header --no-annotate --all-groups -o requirements/dev.lock
	for name in bench discordpy disnake; do uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate requirements/$$name.in -o requirements/$$name.lock; done

clean: ## Remove what can be made again
	rm -rf $(VENV) .venv-bench .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache .coverage*

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Conductr needs Python 3.11 or newer; set PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): requirements/run.lock $(PACKAGES:=/pyproject.toml) $(wildcard src/conductr_player/native/round.c src/conductr_player/native/hatch_build.py) | $(BIN)/python
	$(PIP) install -q --require-hashes -r requirements/run.lock
	$(PIP) install -q --no-deps --no-build-isolation $(PACKAGES:%=-e %)
	@touch $@

$(DEV_STAMP): requirements/dev.lock $(RUN_STAMP)
	$(PIP) install -q --require-hashes -r requirements/dev.lock
	@touch $@

$(STRANGERS): .venv-strangers/%.stamp: requirements/%.lock | $(BIN)/python
	$(BIN)/python -m venv .venv-strangers/$*
	.venv-strangers/$*/bin/python -m pip --disable-pip-version-check install -q --only-binary :all: --require-hashes -r $<
	@touch $@

$(BENCH_STAMP): requirements/bench.lock | $(BIN)/python
	$(BIN)/python -m venv .venv-bench
	.venv-bench/bin/python -m pip --disable-pip-version-check install -q --only-binary :all: --require-hashes -r $< \
		|| echo "no wheel for this Python: the rows of songbird and the plot are left out"
	@touch $@
