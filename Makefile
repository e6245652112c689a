# make             environment in .venv, then the pipeline; a second make has nothing to do
# make test        the tests of what the code does, under five minutes
# make check       style, and all tests: also the slow ones, and prose against committed figures
# make strong      the pipeline with larger networks and more time, as an experiment of DVC's
# make fashion     the pipeline on Fashion-MNIST, as an experiment of DVC's
# make everything  the pipeline, then each of those in pipelines/
#
# Another package index, such as torch's CPU wheels on Linux (0.2 GB instead of several):
#   make INDEX=https://download.pytorch.org/whl/cpu

PYTHON ?= python3
INDEX ?=
TESTS ?= -m "not slow" --ignore=tests/published
BIN := .venv/bin
PIPELINES := $(notdir $(patsubst %/dvc.yaml,%,$(wildcard pipelines/*/dvc.yaml)))
BACK := git checkout HEAD params.yaml dvc.lock metrics plots benchmarks && dvc checkout
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: all test check strong fashion everything lint
.DELETE_ON_ERROR:

all: .venv/ready
	@$(BIN)/python stages/check.py
	$(BIN)/dvc repro
	@echo "Done: see README.md, plots/ and metrics/, or run: . .venv/bin/activate && dvc plots show --open"

test: .venv/ready
	$(BIN)/python -m pytest $(TESTS)

check: lint
	$(MAKE) test TESTS=

strong: .venv/ready
	$(BIN)/dvc exp run \
	  -S 'ann.widths=[1024,1024]' -S ann.epochs=40 \
	  -S 'cnn.widths=[32,64,96,128]' -S cnn.epochs=20
	PYTHONPATH=stages $(BIN)/python benchmarks/strong.py
	@echo "Back to the default: $(BACK)"

fashion: .venv/ready
	$(BIN)/dvc exp run -S fetch.dataset=fashion_mnist
	PYTHONPATH=stages $(BIN)/python benchmarks/fashion.py
	@echo "Back to the default: $(BACK)"

everything: all
	$(foreach pipeline,$(PIPELINES),$(MAKE) $(pipeline) &&) true

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.venv/ready: requirements.txt .dvc/plots_page.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; make PYTHON=/path/to/it")'
	$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check $(if $(INDEX),--extra-index-url $(INDEX)) -r requirements.txt \
	  || { echo "make: pip could not install requirements.txt; its last lines say why. If there is no network, name a package index that can be reached: PIP_INDEX_URL=https://host/simple make" >&2; exit 1; }
	$(BIN)/python .dvc/plots_page.py
	touch $@
