# Everything a developer does, from a machine with nothing but Python 3.11 or newer and make.
# Recipes call `python -m tool` through .venv, so that no path, however odd, matters.

PORT ?= 8000
ARGS ?=
FILE ?= matchmaking.dump
CASES ?= 5000
ROUNDS ?= 1
SEED ?= 20261125
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

venv_python := .venv/bin/python
install := $(or $(PYTHON),python3) config/install.py
lock := $(venv_python) -m uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help demo test faults fuzz check format schema events examples messages lock backup restore clean install install-dev

help:  ## Say what can be made
	@sed -n 's/^\([a-z-]*\):.*  ## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

demo: install  ## Run the whole product with demo data (PORT=8000)
	@exec $(venv_python) -m config.demo --port "$(PORT)"

test: install-dev  ## Run the tests on throw-away servers (ARGS="tests/accounts -k name")
	@exec $(venv_python) -m config.devstack run --test -- $(venv_python) -m pytest $(ARGS)

faults: install-dev  ## Kill, empty and restart everything under load, and count what is left (ROUNDS=1)
	@exec $(venv_python) -m tests.faults --rounds "$(ROUNDS)"

fuzz: install-dev  ## Ask what nobody should ask, far longer than the tests do (CASES=5000 SEED=20261125)
	@exec env FUZZ_CASES="$(CASES)" FUZZ_SEED="$(SEED)" \
		$(venv_python) -m config.devstack run --test -- $(venv_python) -m pytest tests/fuzz $(ARGS)

check: install-dev  ## Run every static check
	@exec $(venv_python) -m config.devstack run --test -- $(venv_python) -m config.checks

format: install-dev  ## Put the code into shape
	@$(venv_python) -m ruff check --fix --exit-zero .
	@$(venv_python) -m ruff format .

schema: install-dev  ## Write the OpenAPI document anew
	@exec $(venv_python) -m config.devstack run --test -- $(venv_python) manage.py spectacular --validate --file config/api/openapi-v1.yaml

events: install-dev  ## Write anew what docs/events.md lists: topics and schedule
	@exec $(venv_python) -m notifications.events_page

examples: install-dev  ## Record anew what the OpenAPI document shows as examples of answers
	@exec $(venv_python) -m config.devstack run --test -- $(venv_python) -m pytest tests/api/record_examples.py

messages: install-dev  ## Collect the messages to translate, and compile the translations
	@exec $(venv_python) -m config.translations

lock: install-dev  ## Pin all dependencies anew from requirements*.in
	@$(lock) requirements.in --output-file requirements.txt
	@$(lock) requirements-servers.in --output-file requirements-servers.txt
	@$(lock) requirements-dev.in --output-file requirements-dev.txt

backup: install  ## Copy the demo's database to a new file (FILE=matchmaking.dump)
	@exec $(venv_python) -m config.devstack run -- $(venv_python) -m config.backup save "$(FILE)"

restore: install  ## Put such a copy in place of the demo's database; stop the demo first (FILE=…)
	@exec $(venv_python) -m config.devstack run -- $(venv_python) -m config.backup restore "$(FILE)"

clean:  ## Remove the virtual environment, the demo's data and everything else that was made
	@test ! -e var/lock || $(or $(PYTHON),python3) -c 'import fcntl; fcntl.flock(open("var/lock"), fcntl.LOCK_EX | fcntl.LOCK_NB)' \
		2>/dev/null || { echo "The folder var is in use: stop the demo first."; exit 1; }
	@case "$$(readlink var/postgres)" in /var/lib/matchmaking-*) rm -rf "$$(dirname "$$(readlink var/postgres)")";; esac
	@rm -rf var .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

install:
	@$(install) requirements.txt requirements-servers.txt

install-dev:
	@$(install) requirements.txt requirements-servers.txt requirements-dev.txt
