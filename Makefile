# Every command sets itself up; nothing is needed before it but make, git and python3-venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
FAST := -m "not slow and not browser"

.PHONY: demo test check bench format screenshots clean

demo: $(READY) ## build the sample store and open the dashboard
	$(BIN)/overlap demo

test: $(READY) ## run every test
	$(BIN)/python -m pytest -n 2

check: $(READY) ## format, lint, types, import rules and the fast tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 $(FAST)

bench: $(READY) ## measure against peers, and write docs/benchmarks.md
	PIP_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/pip install --quiet --editable '.[bench]'
	$(BIN)/python -m benchmarks

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

screenshots: $(READY) ## take the pictures of the dashboard that the docs show
	$(BIN)/python -m docs.screenshots

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis

# PIP_CONSTRAINT also pins what the build itself needs, which -c alone does not.
$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	PIP_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/pip install --quiet --editable '.[dev]'
	touch $(READY)
