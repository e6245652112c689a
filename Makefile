# make             environment in .venv, then the pipeline; a second make has nothing to do
# make test        the tests of what the code does, five minutes; PROCESSES=4 for more at once
# make check       style, and all tests: also the slow ones, and prose against committed figures
# make drill       hundreds of ways to hurt a copy of the project, in half an hour; CASES='disk' chooses
# make strong      the pipeline with larger networks and more time, as an experiment of DVC's
# make fashion     the pipeline on Fashion-MNIST, as an experiment of DVC's
# make edge        files for phones, browsers and servers, and a page to draw on: pipelines/edge
# make transfer    large networks beside ours, and ours adapted to other hands: pipelines/transfer
# make cluster     the same as make search: better parameters, on one machine or many: pipelines/cluster
# make score       images by the million into Parquet: make score IN=folder OUT=folder
# make everything  the pipeline, then each of those in pipelines/
#
# Another package index, such as torch's CPU wheels on Linux (0.2 GB instead of several):
#   make INDEX=https://download.pytorch.org/whl/cpu

PYTHON ?= python3
INDEX ?=
TESTS ?= -m "not slow" --ignore=tests/published
PROCESSES ?= 2
BIN := .venv/bin
PIPELINES := $(notdir $(patsubst %/dvc.yaml,%,$(wildcard pipelines/*/dvc.yaml)))
BACK := git checkout HEAD params.yaml dvc.lock metrics plots && dvc checkout
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: history all test check drill strong fashion edge transfer search cluster score everything lint
.DELETE_ON_ERROR:

all: history .venv/ready
	@$(BIN)/python stages/check.py
	$(BIN)/dvc repro
	@echo "Done: see README.md, plots/ and metrics/, or run: . .venv/bin/activate && dvc plots show --open"

# DVC needs git, and a ZIP of the project has no history.
history:
	@git rev-parse --verify --quiet HEAD >/dev/null 2>&1 || { echo "make: this copy has no git history, which DVC needs; use git clone, or make one here: git init && git add -A && git commit -m 'As downloaded'" >&2; exit 1; }

test: .venv/ready
	$(BIN)/python -m pytest --numprocesses=$(PROCESSES) $(TESTS)

check: lint
	$(MAKE) test TESTS=

drill: .venv/ready
	PYTHONPATH=tests:stages $(BIN)/python -m drill $(CASES)

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

# The root's page shows what was measured, so it is drawn again. Without npm there is no page to draw
# on, but all else.
edge: all pipelines/edge/.venv/ready
	@(cd pipelines/edge && PATH="$(CURDIR)/pipelines/edge/.venv/bin:$$PATH" dvc repro $$(command -v npm >/dev/null || echo verify)); \
	  failed=$$?; $(BIN)/dvc repro visualize && exit $$failed
	@command -v npm >/dev/null \
	  && echo "Done: open pipelines/edge/demo.html in a browser; the files are in pipelines/edge/models" \
	  || echo "Done but for pipelines/edge/demo.html: npm is not here. Install Node.js, then make edge again"

# What weights are here is recorded before DVC decides what to run.
transfer: all
	@PYTHONPATH=stages $(BIN)/python -B -m pipelines.transfer.record_weights
	@cd pipelines/transfer && dvc repro
	@$(BIN)/dvc repro visualize
	@echo "Done: see pipelines/transfer/metrics and pipelines/transfer/plots"

# RAY_ADDRESS names a cluster; without it, this machine is one.
search: cluster
cluster: all pipelines/cluster/.venv/ready
	@cd pipelines/cluster && PATH="$(CURDIR)/pipelines/cluster/.venv/bin:$$PATH" dvc repro
	@echo "Done: see pipelines/cluster/metrics/search.json and pipelines/cluster/plots"

score: all pipelines/cluster/.venv/ready
	@pipelines/cluster/.venv/bin/python pipelines/cluster/score.py "$(IN)" "$(OUT)"

everything: all
	$(foreach pipeline,$(PIPELINES),$(MAKE) $(pipeline) &&) true

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# An environment in a folder, from a file of requirements.
define environment
$(PYTHON) -m venv $(1)
@$(1)/bin/python -m pip install --quiet --disable-pip-version-check $(if $(INDEX),--extra-index-url $(INDEX)) -r $(2) \
  || { echo "make: pip could not install $(2); its last lines say why. If there is no network, name a package index that can be reached: PIP_INDEX_URL=https://host/simple make" >&2; exit 1; }
endef

.venv/ready: requirements.txt .dvc/plots_page.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; make PYTHON=/path/to/it")'
	$(call environment,.venv,requirements.txt)
	$(BIN)/python .dvc/plots_page.py
	touch $@

pipelines/%/.venv/ready: pipelines/%/requirements.txt requirements.txt
	$(call environment,pipelines/$*/.venv,$<)
	touch $@
