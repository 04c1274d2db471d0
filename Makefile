# make demo | test | check | bench | docs; each begins with setup, which makes .venv
# make bench FULL=yes BENCH="--records 20000 --large 200000" for other sizes.
# make demo SERVE=no stops after the story; there are no pages yet, so it always does.
PYTHON ?= python3
BIN := .venv/bin
RECORDS ?= 20000

.PHONY: setup demo test check format docs bench clean

setup: .venv/ready

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Galleyproof needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch .venv/ready

demo: setup
	$(BIN)/galley demo --records $(RECORDS)

test: setup
	$(BIN)/python -m pytest

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: setup
	$(BIN)/python -m galleyproof.cli.reference > docs/reference/commands.md

bench: setup
	$(BIN)/python -m bench $(if $(FULL),--full) $(BENCH)

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache
