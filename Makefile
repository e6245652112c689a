# make         environment in .venv, then the pipeline; a second make has nothing to do
# make test    the tests
# make strong  the pipeline with larger networks and more time, as an experiment of DVC's
#
# Another package index, such as torch's CPU wheels on Linux (0.2 GB instead of several):
#   make INDEX=https://download.pytorch.org/whl/cpu

PYTHON ?= python3
INDEX ?=
BIN := .venv/bin
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: all test strong lint
.DELETE_ON_ERROR:

all: .venv/ready
	$(BIN)/dvc repro
	@echo "Done: see README.md, plots/ and metrics/, or run: . .venv/bin/activate && dvc plots show --open"

test: .venv/ready
	$(BIN)/python -m pytest

strong: .venv/ready
	$(BIN)/dvc exp run \
	  -S 'ann.widths=[1024,1024]' -S ann.epochs=40 \
	  -S 'cnn.widths=[32,64,96,128]' -S cnn.epochs=20
	PYTHONPATH=stages $(BIN)/python benchmarks/strong.py
	@echo "Back to the default: git checkout HEAD params.yaml dvc.lock metrics plots benchmarks && dvc checkout"

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.venv/ready: requirements.txt .dvc/plots_page.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; make PYTHON=/path/to/it")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(if $(INDEX),--extra-index-url $(INDEX)) -r requirements.txt
	$(BIN)/python .dvc/plots_page.py
	touch $@
