# What people do with this project. Everything lives in .venv/.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
RAY := $(VENV)/.ray

.PHONY: install demo test lint bench accuracy docs clean

install: $(INSTALLED)  ## install into .venv
	@$(BIN)/python -m compileall -q corpus_guard  # also where the environment forbids to do so at the first start

$(INSTALLED): pyproject.toml constraints.txt hatch_build.py $(wildcard corpus_guard/matching/*.[ch])
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $(INSTALLED)

demo: install  ## scan the built-in example corpus and show the verdicts
	$(BIN)/python -m corpus_guard.demo demo

lint: install  ## formatting, style, types and layers
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(RAY): $(INSTALLED)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[ray]' && touch $(RAY) || echo 'Ray could not be installed: its tests are skipped'

test: lint $(RAY)  ## everything that must hold
	$(BIN)/python -m pytest -n 2
	$(BIN)/corpus-guard rules test
	$(BIN)/python docs/generate.py --check

bench: install  ## speed and memory, written to benchmarks/
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	$(BIN)/python benchmarks/throughput.py

accuracy: install  ## recall and false alarms on outside data (../shared/data), written to rules/ and docs/
	$(BIN)/python benchmarks/accuracy.py

docs: install  ## write the generated reference pages
	$(BIN)/python docs/generate.py

clean:  ## remove what the other targets made
	rm -rf $(VENV) demo build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
