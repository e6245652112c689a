# make       environment in .venv, then the pipeline; a second make has nothing to do
# make test  the tests
#
# Another package index, such as torch's CPU wheels on Linux (0.2 GB instead of several):
#   make INDEX=https://download.pytorch.org/whl/cpu

PYTHON ?= python3
INDEX ?=
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: all test lint
.DELETE_ON_ERROR:

all: .venv/ready
	$(BIN)/dvc repro
	@echo "Done: see README.md, plots/ and metrics/, or run: . .venv/bin/activate && dvc plots show --open"

test: .venv/ready
	$(BIN)/python -m pytest

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.venv/ready: requirements.txt .dvc/plots_page.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; make PYTHON=/path/to/it")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(if $(INDEX),--extra-index-url $(INDEX)) -r requirements.txt
	$(BIN)/python .dvc/plots_page.py
	touch $@
