# Everything real is in `python -m crm.devtools` and the pytest plugin; this file makes the
# environment and names the commands. It needs python3 with venv and pip, and make.

PYTHON ?= python3
PORT ?= 8000
DATA ?=
ARGS ?=
MESSAGES ?= 3000

VENV := .venv
BIN := $(VENV)/bin
# The stamps are named for the contents of the locks: a changed lock installs again.
hash = $(shell cksum < $(1) | tr -d ' ')
DEMO_STAMP := $(VENV)/.demo-$(call hash,requirements-demo.lock)
DEV_STAMP := $(VENV)/.dev-$(call hash,requirements-dev.lock)
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input \
	--require-hashes --no-compile

export GJENSYN_DATA := $(or $(DATA),$(GJENSYN_DATA))

.DEFAULT_GOAL := help
.PHONY: help setup demo test e2e bench chaos check fmt messages clean

help:  ## Show this list
	@echo "Gjensyn: what you can do here"
	@echo
	@sed -n 's/^\([a-z0-9]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'
	@echo
	@echo "Variables: PORT=8000 and DATA=folder for demo; ARGS=... goes to pytest;"
	@echo "PYTHON=python3.12 chooses another Python (3.11 or newer)."

setup: $(DEV_STAMP)  ## Make the environment for development (.venv)

demo: $(if $(wildcard $(DEV_STAMP)),,$(DEMO_STAMP))  ## Start everything with demo data: http://localhost:8000
	@exec $(BIN)/python -m crm.devtools demo --port "$(PORT)"

test: $(DEV_STAMP)  ## Run the tests: real database, broker, worker and mail
	@$(BIN)/python -m pytest -n logical --maxprocesses 8 $(ARGS)

e2e: $(DEV_STAMP)  ## Walk through the product in the system's Chromium
	@$(BIN)/python -m pytest -m e2e $(ARGS)

bench: $(DEV_STAMP)  ## Measure against limits taken in the same run
	@$(BIN)/python -m crm.devtools bench $(ARGS)

chaos: $(DEV_STAMP)  ## Send MESSAGES=3000 while workers are killed: none lost, none twice
	@$(BIN)/python -m crm.devtools chaos --messages "$(MESSAGES)" $(ARGS)

check: $(DEV_STAMP)  ## Style, types, import directions, migrations, settings, translations
	@$(BIN)/python -m crm.devtools check

fmt: $(DEV_STAMP)  ## Format the code and the templates
	@$(BIN)/python -m crm.devtools fmt

messages: $(DEV_STAMP)  ## Collect the sentences to translate into crm/locale
	@$(BIN)/python -m crm.devtools messages

clean:  ## Remove the environment, the demo's data and what tools left behind
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m crm.devtools forget; fi
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@command -v "$(PYTHON)" >/dev/null || { \
		echo "Gjensyn needs Python 3.11 or newer, and $(PYTHON) was not found."; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Gjensyn needs Python 3.11 or newer; $(PYTHON) is `"$(PYTHON)" --version`." ; \
		echo "Name another one: make demo PYTHON=python3.12"; exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "This Python cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Making the environment in $(VENV)"
	@"$(PYTHON)" -m venv $(VENV)

$(DEMO_STAMP): | $(VENV)/bin/python
	@echo "Installing what the demo needs (once, half a minute)"
	@$(INSTALL) -r requirements-demo.lock
	@rm -f $(VENV)/.demo-* && touch $@

$(DEV_STAMP): | $(VENV)/bin/python
	@echo "Installing what development needs (once, a minute)"
	@$(INSTALL) -r requirements-dev.lock
	@rm -f $(VENV)/.dev-* $(VENV)/.demo-* && touch $@ $(DEMO_STAMP)
