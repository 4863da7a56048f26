# redlane: `make` lists what can be made. Everything lives in .venv and in git-ignored folders.

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV    := .venv
BIN     := $(VENV)/bin
REDLANE := $(BIN)/redlane
KCS     ?= ../shared/data/kcs
WORKERS ?= 2

# Exit status 3 is "done, some rows rejected": the table says so, and make goes on.
OR_REJECTS := || test $$? -eq 3

# LightGBM needs the OpenMP runtime, which very small systems lack: scikit-learn brings one along.
OPENMP := $(VENV)/openmp
export LD_LIBRARY_PATH := $(if $(wildcard $(OPENMP)),$(CURDIR)/$(OPENMP):)$(LD_LIBRARY_PATH)

export MLFLOW_DISABLE_TELEMETRY := true
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Empty is as good as unset. Without compiled files every process, of which the tests start many, compiles MLflow anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup demo kcs synthetic recall ui docs test lint style types suite format bench wheel lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.ready  ## install redlane and its locked packages into .venv

$(VENV)/.ready: pyproject.toml requirements.lock
	@test -n "$(PYTHON)" || { echo "redlane needs Python 3.11 or newer: none was found"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet 'uv>=0.5' || echo "uv cannot be installed; pip takes its place (slower)"
	@if test -x $(BIN)/uv; then \
	  $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock && \
	  $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else \
	  $(BIN)/python -m pip install --quiet --require-hashes -r requirements.lock && \
	  $(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .; \
	fi
	@$(BIN)/python -c 'import ctypes; ctypes.CDLL("libgomp.so.1")' 2>/dev/null || { mkdir -p $(OPENMP) && \
	  ln -sf $$(ls -d $(CURDIR)/$(VENV)/lib/python3*/site-packages/scikit_learn.libs/libgomp-*.so*) $(OPENMP)/libgomp.so.1; }
	@touch $@

demo: setup  ## synthetic declarations: train, evaluate, score the following weeks (under 3 minutes)
	$(REDLANE) synthesize --out data/demo
	$(REDLANE) train experiment=demo
	$(REDLANE) score data/demo/next_weeks.parquet --bundle models/demo --profiles profiles/demo --out scores/demo.parquet
	$(REDLANE) report scores/demo.parquet --declarations data/demo/next_weeks.parquet --bundle models/demo \
	  --profiles profiles/demo --out reports/demo.html

kcs: setup  ## the same on the real KCS files (KCS=folder says where they are)
	@test -f "$(KCS)/train.csv" || { echo "no KCS files in $(KCS): make kcs KCS=folder (README says where to get them)"; exit 2; }
	$(REDLANE) train "$(KCS)/train.csv" "$(KCS)/valid.csv" "$(KCS)/test.csv" experiment=kcs $(OR_REJECTS)
	$(REDLANE) score "$(KCS)/test.csv" --bundle models/kcs --profiles profiles/kcs --out scores/kcs.parquet $(OR_REJECTS)

synthetic: setup  ## the demo's world in eight times its size: the numbers of the README
	$(REDLANE) synthesize --out data/synthetic.parquet declarations.declarations_per_week=8400 \
	  declarations.importers=5700 declarations.sellers=4300 declarations.brokers=225
	$(REDLANE) train experiment=synthetic

recall: setup  ## what each family of features finds, per planted scheme, on four worlds (half an hour)
	$(BIN)/python benchmarks/bench_recall.py 8400 "" 20240101,351,352,353

ui: setup  ## MLflow's own page on the runs, on this machine only
	$(BIN)/mlflow ui --backend-store-uri sqlite:///mlflow.db --host 127.0.0.1 --port 5000

lint: style types  ## style, types, and which room may import which

style: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo

types: setup
	$(BIN)/mypy

suite: setup
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --nbmake --nbmake-timeout=600 tests src notebooks

test: style  ## everything that must hold: lint, tests, documentation examples, notebooks, the wheel
	@.ci/browser
	@$(MAKE) --no-print-directory -j 2 types suite

docs: setup  ## write the generated pages anew: feature dictionary, reject codes
	$(BIN)/python docs/generate.py

format: setup  ## put the code into its usual form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup  ## measure speed and memory; benchmarks/README.md says what
	@for file in benchmarks/bench_*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

wheel: setup  ## build dist/redlane-*.whl
	$(BIN)/python -m hatchling build -t wheel -d dist

lock: setup  ## write requirements.lock anew from pyproject.toml
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --extra dev \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links -o $(VENV)/lock pyproject.toml
	@{ echo "# Exact versions and hashes for Python 3.11 to 3.14, from pyproject.toml: make lock writes it."; \
	  cat $(VENV)/lock; } > requirements.lock

clean:  ## remove what can be made again, but no data, models, profiles, scores or runs
	rm -rf dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
