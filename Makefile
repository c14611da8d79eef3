# Each target does its own set-up in .venv; nothing global is touched. The second time it starts at once.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready-
FUZZ_SECONDS ?= 30
MINUTES ?= 10
ENGINE ?= cdn
STUDENTS ?= $(if $(EXERCISES),build/students,notebooks/exercises/student)
.DEFAULT_GOAL := help

.PHONY: help learn compare reproduce gpu test lessons matrix fuzz check lint types format course grade class site play clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

learn: $(READY)learn  ## open the lessons in JupyterLab, at lesson 00; your copies are in mfnumpy-lessons/
	$(BIN)/mfnumpy learn $(ARGS)

compare: $(READY)lab  ## train all learning rules side by side on real digits; writes runs/compare/
	$(BIN)/mfnumpy compare $(ARGS)

reproduce: $(READY)lab  ## the paper's tables and figures at quick scale, in minutes; writes runs/reproduce/
	$(BIN)/mfnumpy reproduce all results --scale quick $(ARGS)

gpu:  ## what an NVIDIA GPU can do, in MINUTES, with what PYTHON has (NumPy, CuPy, PyTorch); DATA=folder of official files
	$(PYTHON) -m mfnumpy.bench.gpu --minutes $(MINUTES) --out $(or $(OUT),runs/gpu) $(if $(DATA),--data "$(DATA)") $(ARGS)

test: $(READY)test  ## run the tests
	$(BIN)/python -m pytest -n auto --dist loadfile $(ARGS)

lessons: $(READY)lessons  ## build the lessons' notebooks from their sources (ARGS=--check only compares)
	$(BIN)/python -m mfnumpy.teach.build $(ARGS)

matrix: $(READY)test  ## the checker on 100 seeds: every wrong version named, no right answer accused (half an hour)
	$(BIN)/python -m mfnumpy.check.matrix --seeds 100
	MFNUMPY_CHECK_SEEDS=100 $(BIN)/python -m pytest -n auto --timeout 3000 tests/check/test_check_right.py

fuzz: $(READY)fuzz  ## coverage-guided fuzzing of the file readers, FUZZ_SECONDS for each (default 30; Linux, macOS)
	for harness in tests/fuzz/fuzz_*.py; do $(BIN)/python $$harness -max_total_time=$(FUZZ_SECONDS) || exit 1; done

check: lint types  ## everything that CI runs, in the same order: .ci/run
	$(MAKE) lessons ARGS=--check
	$(MAKE) lessons ARGS=--execute
	$(MAKE) test

lint: $(READY)test  ## ruff: lint and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)test  ## mypy
	$(BIN)/mypy

format: $(READY)test  ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

course: $(READY)course  ## the student notebooks, made and tried: solutions have full marks (EXERCISES=a folder of your own)
	$(BIN)/python -m mfnumpy.course release --course build/course --students $(STUDENTS) $(EXERCISES:%=--exercises %)
	$(BIN)/python -m mfnumpy.course try --course build/course

grade: $(READY)course  ## grade SUBMISSIONS=folder, or a ZIP file, as a platform delivers it; writes build/grades
	@test -n "$(SUBMISSIONS)" || { echo "Say which folder: make grade SUBMISSIONS=folder"; exit 2; }
	$(BIN)/python -m mfnumpy.course grade "$(SUBMISSIONS)" --course build/course --out build/grades $(ARGS)

class: $(READY)test  ## grade a class of 120 with cheats and accidents, and kill the grader 20 times (a quarter of an hour)
	MFNUMPY_CLASS=120 $(BIN)/python -m pytest -s tests/course/test_course_class.py

site: $(READY)docs  ## lessons, exercises, reference, guide and playground; writes build/site/
	$(BIN)/python docs/play/fetch.py editor || echo "The playground gets a plain editor."
	$(BIN)/python -m sphinx -q -b html docs build/site

play: $(READY)docs  ## the playground, served on this machine (ENGINE=local: with Pyodide's files, asks nobody)
	$(BIN)/python docs/play/fetch.py editor || echo "The playground gets a plain editor."
	@test $(ENGINE) = cdn || $(BIN)/python docs/play/fetch.py engine
	$(BIN)/python docs/play/playground.py build/play --engine $(ENGINE) --serve

clean:  ## remove the environment and what tools leave behind
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

# A stamp per extra: installed once, and again when pyproject.toml or the pinned versions change.
$(READY)%: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "mfnumpy needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 ..."; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[$*]"
	@touch $@
