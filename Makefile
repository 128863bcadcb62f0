# Everything a reader needs: `make demo` to see a run, `make test` to check the house.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2
PIP_OPTIONS := --quiet --no-compile --disable-pip-version-check -c requirements.lock
# On every processor, where pip would take one; what does not compile is nothing that we import.
COMPILE = -@$(BIN)/python -W ignore -m compileall -qq -j 0 $(VENV)/lib

# Real prices and fundamentals are test data beside the checkout; tests that need them skip without.
ifndef MARKET_DATA
ifneq ($(wildcard ../shared/market/.),)
export MARKET_DATA := ../shared/market
endif
endif
ifndef FUNDAMENTALS_DATA
ifneq ($(wildcard ../shared/fundamentals/.),)
export FUNDAMENTALS_DATA := ../shared/fundamentals
endif
endif
ifndef TEXTBOOK_DATA
ifneq ($(wildcard ../shared/textbook/.),)
export TEXTBOOK_DATA := ../shared/textbook
endif
endif

.DEFAULT_GOAL := help
.PHONY: help demo test types loops bench schema pictures clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/.installed ## Install what is missing and run the bundled SYNTHETIC sample
	$(BIN)/python run.py configs/sample.yaml

test: $(VENV)/.installed-test ## Install the test extra and run every check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@$(MAKE) --no-print-directory -j 2 types loops
	$(BIN)/pytest -n $(JOBS) --dist loadfile

# Side by side: either keeps one processor busy for some 20 s where nobody ran it before.
types:
	$(BIN)/mypy

loops:
	$(BIN)/python -m engine.first_use

bench: $(VENV)/.installed-test ## Time the engine, its costs and the command against their baselines
	$(BIN)/python -m tests.bench.bench_engine
	$(BIN)/python -m tests.bench.bench_kernel
	$(BIN)/python -m tests.bench.bench_costs
	$(BIN)/python -m tests.bench.bench_command
	$(BIN)/python -m tests.bench.bench_compare
	$(BIN)/python -m tests.bench.bench_pages
	$(BIN)/python -m tests.bench.bench_sweep
	$(BIN)/python -m tests.bench.bench_memory
	$(BIN)/python -m tests.bench.bench_spread
	$(BIN)/python -m tests.bench.bench_universe

schema: $(VENV)/.installed ## Rewrite the JSON schemas and docs/configuration.md from the models
	$(BIN)/python -m configs.schema
	$(BIN)/python -m configs.compare
	$(BIN)/python -m configs.sweep
	$(BIN)/python -m configs.distance
	$(BIN)/python -m configs.reference

pictures: $(VENV)/.installed ## Draw the pictures of README anew, from real runs
	$(BIN)/python -m reports.pictures
	$(BIN)/python -m reports.screenshots

clean: ## Remove the virtual environment and the caches
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { \
	  echo "make: $(PYTHON) is missing or not Python 3.11-3.13; name one that is: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; \
	  exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: setup.cfg pyproject.toml requirements.lock | $(BIN)/python
	$(BIN)/python -m pip install $(PIP_OPTIONS) -e .
	$(COMPILE)
	@touch $@

$(VENV)/.installed-test: setup.cfg pyproject.toml requirements.lock | $(BIN)/python
	$(BIN)/python -m pip install $(PIP_OPTIONS) -e ".[test]"
	$(COMPILE)
	@touch $(VENV)/.installed $@
