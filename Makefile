# Each target sets up what it needs: a virtual environment in .venv, made once (some minutes) and
# renewed only when pyproject.toml changes. Nothing outside this folder is touched.

PYTHON ?= python3
SUBMISSIONS ?= examples/submissions
CLASS = $(if $(wildcard submissions/*),submissions,$(SUBMISSIONS))
VENV := .venv
RUN := $(VENV)/bin
READY := $(VENV)/.ready

export PIP_DISABLE_PIP_VERSION_CHECK := 1
unexport PYTHONPATH PYTHONHOME

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help grade lab test lint validate release bench bench-nbgrader bench-train fuzz clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

grade: $(READY) ## grade the example students (others: SUBMISSIONS=folder)
	@$(RUN)/autograder grade $(SUBMISSIONS)

lab: $(READY) ## JupyterLab with nbgrader on this course: submissions/, if there is one, graded (LAB="--no-browser")
	@$(RUN)/autograder grade --quiet $(CLASS) || [ $$? -eq 1 ]
	@$(RUN)/autograder gradebook --submissions $(CLASS) || [ $$? -eq 1 ]
	@AUTOGRADER_SUBMISSIONS=$(CLASS) PATH="$(abspath $(RUN)):$$PATH" $(RUN)/jupyter lab $(LAB)

test: $(READY) ## run the tests
	@$(RUN)/python -m pytest -q -m "not alone" -n auto --dist loadfile
	@$(RUN)/python -m pytest -q -m alone

lint: $(READY) ## style, types, direction of imports
	@$(RUN)/ruff check --quiet
	@$(RUN)/ruff format --check --quiet || { $(RUN)/ruff format --check; exit 1; }
	@$(RUN)/mypy --no-error-summary
	@$(RUN)/lint-imports

validate: $(READY) ## every reference scores 100 %, every released stub 0
	@$(RUN)/autograder validate

release: $(READY) ## make the students' notebooks in release/ anew
	@$(RUN)/autograder release

bench: $(READY) ## the same notebooks through nbgrader and through this program; then what isolation costs
	@$(RUN)/python -m benchmarks.grade $(BENCH)
	@echo
	@$(RUN)/python -m benchmarks.isolation $(ISOLATION)

bench-nbgrader: $(READY) ## nbgrader's own example course, copied to a class, through both
	@$(RUN)/python -m benchmarks.stock $(BENCH)

bench-train: $(READY) ## the reference trainings on the real images (AUTOGRADER_DATA=folder)
	@$(RUN)/python -m benchmarks.train $(BENCH)
	@$(RUN)/python -m benchmarks.graded

fuzz: $(READY) ## an hour of hostile frames (FUZZ="--seconds 60")
	@$(RUN)/python -m pip install --quiet --editable '.[fuzz]' || echo "atheris cannot be had: the mutator works alone"
	@$(RUN)/python -m fuzz $(or $(FUZZ),--seconds 3600)

clean: ## remove the virtual environment and caches (never results)
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis *.egg-info

$(READY): pyproject.toml | $(RUN)/python
	@echo "Installing into $(VENV) (some minutes the first time)…"
	@$(RUN)/python -m pip install --quiet --quiet --editable '.[dev]'
	@touch $@

# A dangling link (the system's Python was replaced) counts as missing, hence --clear.
$(RUN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Python 3.11 or newer is needed, and '$(PYTHON)' is not: make PYTHON=/path/to/python3.12" >&2; \
		exit 2; }
	@$(PYTHON) -m venv --clear $(VENV) || { \
		rm -rf $(VENV); \
		echo "'$(PYTHON)' cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv" >&2; \
		exit 2; }
