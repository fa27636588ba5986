# Weft's commands; `make help` lists them. Every one of them sets up what it needs.
# What a command prints as its result goes to standard output, all else to standard
# error, so that `make demo ARGS=--once | tail -1` is the result alone.

.DEFAULT_GOAL := help

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
INSTALLED := .venv/installed
BENCH := .venv-bench/installed
WANTED := Weft needs Python 3.11 or newer with its venv module
HINT := Debian and Ubuntu: apt-get install python3.11 python3.11-venv; then run make again
COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --upgrade --universal \
	--fork-strategy fewest --python-version 3.11 --generate-hashes --no-annotate \
	--custom-compile-command "make lock"
# Arguments for the command behind a target: make demo ARGS=--once
ARGS ?=

.PHONY: help
help: ## List the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

.PHONY: setup
setup: $(INSTALLED) ## Make .venv and .env; what is there already stays
	@test -s .env || $(BIN)/python -m integration.environment >&2
	@$(BIN)/python -m integration.translations compile

$(INSTALLED): requirements/dev.txt
	@test -n "$(PYTHON)" \
		|| { echo "$(WANTED), and found no python3. $(HINT)." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "$(WANTED); $(PYTHON) is older. $(HINT)." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "$(WANTED); $(PYTHON) lacks that module. $(HINT)." >&2; exit 1; }
	@echo "Installing into .venv; the first time takes a minute or two." >&2
	@$(PYTHON) -m venv .venv >&2
	@$(BIN)/python -m pip install -qq --disable-pip-version-check \
		--require-hashes --requirement requirements/dev.txt >&2
	@$(BIN)/python -m integration.environment >&2
	@touch $@

.PHONY: run
run: setup ## Start Weft: the web server and one worker; Ctrl-C ends both
	@$(MANAGE) migrate --verbosity 0 >&2
	@$(MANAGE) runworker & worker=$$!; trap : INT TERM; \
		$(BIN)/gunicorn integration.wsgi; status=$$?; \
		kill -TERM $$worker 2>/dev/null; wait $$worker; exit $$status

.PHONY: demo
demo: setup ## Show Weft at work between a sandboxed ERP and a sandboxed shop
	@exec $(MANAGE) demo $(ARGS)

.PHONY: test
test: setup ## Run the tests, on SQLite unless DATABASE_URL says otherwise
	@exec $(BIN)/python -m pytest --numprocesses auto --dist loadgroup $(ARGS)

.PHONY: browser
browser: setup ## Use the demonstration in a real browser: journeys, keys, axe
	@for each in chromium chromium-browser google-chrome; do \
		command -v $$each >/dev/null && exit 0; done; \
		echo "No Chromium is installed. Debian: apt-get install chromium" >&2; exit 1
	@exec $(BIN)/python -m pytest -m browser $(or $(ARGS),tests/browser)

.PHONY: chaos
chaos: setup ## Let everything go wrong at random for half an hour, then count
	@exec env WEFT_CHAOS_ORDERS="$${WEFT_CHAOS_ORDERS:-10000}" \
		$(BIN)/python -m pytest -m chaos $(ARGS)

.PHONY: bench
bench: setup $(BENCH) ## Measure Weft beside others; ONLY=postgres,push picks parts
	@exec $(BIN)/python -m tests.bench

$(BENCH): requirements/bench.txt
	@echo "Installing into .venv-bench; the first time takes a minute." >&2
	@$(PYTHON) -m venv .venv-bench >&2
	@.venv-bench/bin/python -m pip install -qq --disable-pip-version-check \
		--require-hashes --requirement requirements/bench.txt >&2
	@touch $@

.PHONY: lint
lint: setup ## Check style, format and layers
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/lint-imports

.PHONY: types
types: setup ## Check the types
	@exec $(BIN)/mypy

.PHONY: messages
messages: setup ## Gather the texts people read and merge them into every language
	@exec $(BIN)/python -m integration.translations update $(ARGS)

.PHONY: lock
lock: setup ## Choose the newest versions anew and pin them with their hashes
	@$(COMPILE) --output-file requirements/runtime.txt
	@$(COMPILE) --output-file requirements/dev.txt --group dev \
		--constraint requirements/runtime.txt
	@$(COMPILE) --output-file requirements/bench.txt --extra bench \
		--constraint requirements/runtime.txt
