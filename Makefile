# `make` lists what there is. Needs make and Python 3.11 or newer, nothing else.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq --no-input
BOTH_CORES := -n 2 --dist worksteal
DATA := $(CURDIR)/../shared/data
ifneq ($(wildcard $(DATA)/oracles.json),)
export LOYALTY_REAL_DATA ?= $(DATA)
endif
# Tests start many processes; each would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

# Held to every branch: the arithmetic, the ledger and the decisions. Everything else: to 90 %.
WHOLLY := loyalty/ledger/*,loyalty/decide/*,loyalty/rules/*,loyalty/tiers/*,loyalty/sales/facts.py,loyalty/policies/facts.py,loyalty/policies/terms.py
WHOLLY := $(WHOLLY),loyalty/policies/position.py,loyalty/benefits/*,loyalty/programme/diff.py,loyalty/members/identity.py,loyalty/members/cards.py
WHOLLY := $(WHOLLY),loyalty/calendar.py,loyalty/ids.py,loyalty/document.py,loyalty/money.py,loyalty/conditions.py,loyalty/staff/roles.py
WHOLLY := $(WHOLLY),loyalty/staff/passwords.py,loyalty/staff/factors.py,loyalty/staff/waiting.py,loyalty/programme/merging.py,loyalty/programme/places.py
WHOLLY := $(WHOLLY),loyalty/sheets/*,loyalty/approvals/facts.py,loyalty/approvals/terms.py,loyalty/members/life.py,loyalty/households/facts.py,loyalty/households/terms.py

.PHONY: help run test test-pages check slow prove bench audit pictures fix lock migration

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*  ## /\1\t/p' Makefile | expand -t 12

run: .venv/run  ## install if needed, then serve the demo club with its job worker
	@bin/run

test: .venv/dev  ## install if needed, then run the quick tests on SQLite and on a real PostgreSQL
	$(BIN)/pytest $(BOTH_CORES) -m 'not prove and not slow'

test-pages: .venv/dev  ## every page in a real browser: both widths, both languages
	$(BIN)/pytest $(BOTH_CORES) tests/pages

check: .venv/dev  ## what CI runs: format, lint, types, contracts, all tests with coverage
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/coverage erase
	$(BIN)/pytest $(BOTH_CORES) --cov --cov-report= | tee .venv/check.log
	$(BIN)/coverage report --include='$(WHOLLY)' --fail-under=100
	$(BIN)/coverage report --fail-under=90
	@tail -n 1 .venv/check.log

slow: .venv/dev  ## measure anew which tests `make test` leaves to `make check`; on a machine that does nothing else
	$(BIN)/pytest $(BOTH_CORES) --junitxml=.venv/tests.xml
	$(BIN)/python -m tests.slow .venv/tests.xml

prove: .venv/dev  ## the long proofs and the whole data sets, resumed where they stopped; MINUTES=600 is a whole night
	$(BIN)/python -m tests.proofs --minutes $(or $(MINUTES),60) $(ARGS)

bench: .venv/dev  ## ratios of the engine to yardsticks of the same minute (docs/speed.md); SIZE=small|full ONLY=4,5 MEMBERS=10000 PAIRS=1
	$(BIN)/python -m bench

audit: .venv/dev  ## ask for known faults of what is locked; needs the network
	$(BIN)/pip-audit --disable-pip --require-hashes -r requirements.txt

pictures: .venv/dev  ## a picture of every page of members and staff, to be looked at: pictures/
	$(BIN)/python -m tests.pages.pictures pictures

fix: .venv/dev  ## put right what a machine can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: .venv/dev  ## lock the requirements anew, two weeks behind the registry
	@bin/lock

migration: .venv/dev  ## make migration name=…: the next number, from the models; then read and edit it
	@bin/migration "$(name)"

.venv/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'Python 3.11 or newer is needed: make PYTHON=…'; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/run: requirements.txt | .venv/pyvenv.cfg
	$(PIP) install --require-hashes -r requirements.txt
	@touch $@

.venv/dev: requirements-dev.txt | .venv/pyvenv.cfg
	$(PIP) install --require-hashes -r requirements-dev.txt
	@touch .venv/run $@
