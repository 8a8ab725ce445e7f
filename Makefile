# Ficha's commands. `make help` lists them. Everything a command needs, it sets up first.

.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
UV_HOME := .uv
UV := $(shell command -v uv 2>/dev/null || echo $(UV_HOME)/bin/uv)
RUN := $(VENV)/bin

# The machine's own certificates, so that it also works behind a company's proxy (older and newer name).
export UV_NATIVE_TLS ?= true
export UV_SYSTEM_CERTS ?= true

.PHONY: help setup run stack test lint types format bench chaos contract event-map clean

help:  ## what can be done here
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(VENV)/.ready  ## install everything into .venv (the other commands do it by themselves)

run: setup  ## Ficha on this machine, with demo data: http://127.0.0.1:8000
	@exec $(RUN)/ficha run

stack: setup  ## the same as a process per service, over real RabbitMQ
	@exec $(RUN)/ficha stack

test: lint types  ## lint, types and every test
	$(RUN)/pytest -n auto --maxprocesses 4 --dist loadgroup

lint: setup  ## style, and the walls between the rooms
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/lint-imports

types: setup  ## mypy, strict, source and tests
	$(RUN)/mypy shared/src deploy/local/src services/*/src tests

format: setup  ## put the code into shape
	$(RUN)/ruff format .
	$(RUN)/ruff check --fix .

bench: setup  ## figures, side by side in one run
	$(RUN)/python -m tests.bench

contract: setup  ## bring shared/contract up to the event classes, unless they break it
	@$(RUN)/python -m tests.contracts

event-map: setup  ## owner, event, listeners
	@$(RUN)/ficha event-map

chaos: setup  ## 50,000 writes while services, RabbitMQ and PostgreSQL are killed and frozen; nothing may be lost
	$(RUN)/python -m tests.chaos

clean:  ## remove what was installed; the data in .ficha stays
	rm -rf $(VENV) $(UV_HOME) .mypy_cache .ruff_cache .pytest_cache

$(VENV)/.ready: uv.lock pyproject.toml $(wildcard shared/pyproject.toml deploy/local/pyproject.toml services/*/pyproject.toml) | $(UV)
	@echo "Installing Ficha and what it needs into $(VENV) …"
	$(UV) sync --frozen
	@touch $@

$(UV_HOME)/bin/uv:
	@echo "Fetching uv …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Ficha needs Python 3.11 or newer; $(PYTHON) is older. Use: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv $(UV_HOME) \
		|| { echo "$(PYTHON) cannot make virtual environments; on Debian: apt install python3-venv"; exit 1; }
	$(UV_HOME)/bin/pip install --quiet --disable-pip-version-check uv
