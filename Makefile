# make help says what there is. PYTHON chooses the interpreter (3.11 or newer).
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
TEST_STAMP := $(VENV)/.installed-test
WORKERS ?= 2

.DEFAULT_GOAL := help

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.PHONY: demo
demo: $(STAMP) ## province + station + printer on this machine, with invented data
	$(BIN)/pos-trace demo --data .demo

.PHONY: test
test: system $(TEST_STAMP) lint ## everything: lint, types, floors, both databases, faults, migrations, browser (≤ 25 min)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup -m "not long and not browser" --cov --cov-report=
	$(BIN)/python -m tests.coverage_floors
	$(BIN)/python -m pytest tests/e2e -m "browser and not long"

.PHONY: test-long
test-long: system $(TEST_STAMP) ## the same cases in full numbers; figures go into docs/reliability.md
	POS_TRACE_FULL=1 $(BIN)/python -m pytest -m "faults or long" -q
	POS_TRACE_FULL=1 $(BIN)/python -m tests.faults.planted

.PHONY: lint
lint: $(TEST_STAMP) ## style, types, and the floors' contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: format
format: $(TEST_STAMP) ## rewrite the layout of the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: system
system: ## install the system packages of apt.txt (root or sudo)
	@$(PYTHON) .ci/system.py

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(STAMP): setup.cfg pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -e .
	@touch $@

$(TEST_STAMP): setup.cfg pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet -e .[test]
	@touch $@ $(STAMP)

.PHONY: clean
clean: ## remove the environment and everything the demo wrote
	rm -rf $(VENV) .demo .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info
