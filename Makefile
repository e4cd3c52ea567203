# One door for everything. A fresh machine needs Python >= 3.11 (with venv), make and git.
PYTHON ?= python3
VENV   := .venv
PY     := $(VENV)/bin/python
PIP    := $(PY) -m pip --disable-pip-version-check --quiet
# Two cores are usual; `make test JOBS=1` reads better when something fails.
JOBS   ?= 2

.PHONY: help setup setup-dev setup-pi run test nightly check lint types layers bench wheel clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "PyConfHoard needs Python 3.11 or newer; $$($(PYTHON) --version) is $$(command -v $(PYTHON)). Try: make PYTHON=python3.13" >&2; exit 1; }
	@echo "[1/2] creating $(VENV)"
	@$(PYTHON) -m venv $(VENV) \
	  || { rm -rf $(VENV); echo "Python's venv is missing. On Debian and Raspberry Pi OS: sudo apt install python3-venv" >&2; exit 1; }

$(VENV)/.installed: requirements.txt | $(PY)
	@echo "[2/2] installing the pinned requirements (a minute or two, once)"
	@$(PIP) install -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt requirements.txt | $(PY)
	@echo "[2/2] installing the pinned requirements and the test tools (a few minutes, once)"
	@$(PIP) install -r requirements-dev.txt
	@touch $@ $(VENV)/.installed

setup: $(VENV)/.installed  ## make .venv with the pinned requirements
setup-dev: $(VENV)/.installed-dev  ## the same with the tools of test and check
setup-pi: setup  ## on a board: what its pins need (see Documentation/RaspberryPi.md)
	@$(PIP) install -r requirements-pi.txt

run: setup  ## the brewery: hoard, Things, played hardware; Ctrl-C stops all
	@exec ./launch --demo

test: setup-dev  ## the whole test suite
	@$(PY) -m pytest -n $(JOBS) --dist loadgroup

nightly: setup-dev  ## thousands of random models before three judges (tests/differential); hundreds of crashes (tests/crash)
	@$(PY) -m pytest -n $(JOBS) --dist loadgroup --hypothesis-profile=nightly tests/differential
	@$(PY) -m pytest -n $(JOBS) --rounds 200 tests/crash

lint: setup-dev
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .

types: setup-dev
	@$(VENV)/bin/mypy

layers: setup-dev
	@$(VENV)/bin/lint-imports

check: lint types layers test  ## lint, types, layers, then the tests: what CI runs

bench: setup-dev  ## print the figures (see Documentation/performance.md)
	@$(PY) -m bench
	@$(PY) -m bench.rest
	@$(PY) -m bench.secure
	@$(PY) -m bench.streams
	@$(PY) -m bench.nacm
	@$(PY) -m bench.validate
	@$(PY) -m bench.commits --entries 1000 100000 --revisions 1000 1000000
	@$(PY) -m bench.schema

wheel: setup-dev  ## build dist/*.whl
	@$(PY) -m build --wheel --no-isolation

clean:  ## remove what was built; the datastore stays
	@rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
