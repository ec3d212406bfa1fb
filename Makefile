# make run    the main job on the shipped sample
# make test   every test
# make lint   every rule that a tool can check
PYTHON ?= $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,\
	$(shell $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(name))))
BIN := .venv/bin
INSTALLED := .venv/.installed
TESTS ?= -n 2 --dist loadfile

.PHONY: run test lint audit lock

run: $(INSTALLED)
	$(BIN)/kpo run raw --out outputs

test: $(INSTALLED)
	$(BIN)/pytest $(TESTS)

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Known vulnerabilities of the locked dependencies. Shown, and no failure: where the advisory service
# cannot be reached, nothing can be said, and a new advisory is no fault of the change at hand.
audit: $(INSTALLED)
	@$(BIN)/pip-audit --requirement requirements.lock --no-deps --disable-pip --progress-spinner off --timeout 10 2>/dev/null \
		| awk '/could not be audited/ {skipped++; next} {print} \
			END {if (skipped) print skipped " dependencies could not be audited: no advisories can be reached from here"}' || true

$(INSTALLED): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "kpo needs Python 3.11 or newer: install it, or make PYTHON=/path/to/python3"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

# The builds of torch that carry a local version (+cpu) are the same release: the lock names the release.
lock:
	$(BIN)/python tools/requirements.py | $(BIN)/pip-compile --quiet --strip-extras --no-header --no-annotate \
		--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --output-file requirements.lock -
	sed -i 's/^\(torch==[0-9.]*\)+.*/\1/' requirements.lock
