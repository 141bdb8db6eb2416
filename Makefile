# Everything a person does with this tree. `make` alone lists it.
# Needs make and Python 3.11 or later; the rest is fetched into .venv, pinned and checked by hash.

PYTHON ?= python3
VENV ?= .venv
WORKERS ?= 2
# Files are kept together, and begun in the order of tests/conftest.py: the longest first.
SPREAD = -n $(WORKERS) --dist loadfile --no-loadscope-reorder
BIN := $(VENV)/bin
FLOOR := 43.0.1
# Thousands of damaged and killed journals ask nothing of cryptography that the other tests do not ask.
JOURNAL_ALONE := $(addprefix --ignore=tests/store/test_,damage.py kill.py power_cut.py)
# The chain of the office's certificates: no tablet has it (see the import contracts).
OFFICE_ALONE := --ignore=tests/trust/test_document_chain.py
# command:Debian package, for the tests that ask an independent program whether we are right
TOOLS := age:age openssl:openssl qpdf:qpdf pdftotext:poppler-utils zbarimg:zbar-tools chromium-headless-shell:chromium-headless-shell

# Every worker, and every program that a test starts, would compile the whole tree anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test floor check format bench soak pins tools venv clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: $(VENV)/.office ## the whole system on this machine, with sample enterprises
	$(BIN)/python -m inspector demo

test: $(VENV)/.dev tools ## all tests, browser included
	$(BIN)/python -m pytest $(SPREAD) -m "not soak"

floor: $(VENV)/.floor ## the tablet's tests with the oldest cryptography that mobile builds may bring
	PYTHONPATH=$(VENV)/floor $(BIN)/python -m pytest $(SPREAD) -m "not soak" tests/trust tests/store $(JOURNAL_ALONE) $(OFFICE_ALONE)

check: $(VENV)/.dev ## style, types, and which way imports point
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --num-workers $(WORKERS)
	$(BIN)/lint-imports --no-cache

format: $(VENV)/.dev ## rewrite the whole tree in the one style
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

bench: $(VENV)/.dev ## each figure beside its peer's; writes bench/results.json
	$(BIN)/python -m bench

soak: $(VENV)/.dev tools ## the same tests with far more random cases, and the long ones
	PICTURES=all $(BIN)/python -m pytest $(SPREAD) --hypothesis-profile=soak

pins: venv ## write requirements/*.txt from pyproject.toml (UPGRADE=1 for newer versions)
	@[ -x $(BIN)/uv ] || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	@set -e; for name in dev office tablet; do \
		case $$name in \
			dev) want="--extra office --extra dev" ;; \
			office) want="--extra office --constraint requirements/dev.txt" ;; \
			tablet) want="--constraint requirements/dev.txt" ;; \
		esac; \
		file=requirements/$$name.txt; \
		[ -n "$(UPGRADE)" ] && upgrade=--upgrade || upgrade=; \
		$(BIN)/uv pip compile pyproject.toml $$want $$upgrade --no-config --quiet \
			--universal --python-version 3.11 --generate-hashes --no-strip-markers \
			--no-header --annotation-style line --output-file $$file >/dev/null; \
		{ echo "# Written by \`make pins\` from pyproject.toml; for every platform and Python 3.11 to 3.14."; \
			cat $$file; } > $$file.new; \
		mv $$file.new $$file; \
		echo "$$file: $$(grep -c == $$file) packages"; \
	done; \
	{ echo "# Written by \`make pins\`: the lower end of the range in pyproject.toml, for \`make floor\`."; \
		echo "cryptography==$(FLOOR)" | $(BIN)/uv pip compile - --no-config --quiet --no-deps --generate-hashes \
			--universal --python-version 3.11 --no-header --no-annotate; } > requirements/floor.txt

clean: ## remove what these commands made, except the environment
	rm -rf build dist test-output .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

# --- what the commands above stand on ------------------------------------------------------------

venv: $(BIN)/python

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or later is needed; $(PYTHON) is $$($(PYTHON) -V 2>&1). Try: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		package=$$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
			apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$package; \
		else \
			echo "This Python cannot make a virtual environment. Install it first: sudo apt-get install $$package"; exit 1; \
		fi; }
	$(PYTHON) -m venv $(VENV)

# A stamp per set of pins: younger than its file means installed.
$(VENV)/.office: requirements/office.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/office.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(VENV)/.office $@

$(VENV)/.floor: requirements/floor.txt $(VENV)/.dev
	rm -rf $(VENV)/floor
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps \
		--target $(VENV)/floor -r requirements/floor.txt
	@touch $@

tools:
	@missing=; for pair in $(TOOLS); do \
		command -v $${pair%%:*} >/dev/null || missing="$$missing $${pair##*:}"; done; \
	[ -z "$$missing" ] && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; \
	else \
		echo "The tests compare with independent programs that are missing here. Install them first:"; \
		echo "  sudo apt-get install$$missing"; exit 1; \
	fi
