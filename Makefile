# make demo | test | chaos | check | bench | docs | pictures; each begins with setup, which makes .venv
# make bench FULL=yes BENCH="--records 20000 --large 200000" for other sizes.
# make bench-pages times every page on a million records; BENCH="--records 20000 --home FOLDER".
# make demo ends with the pages being served; SERVE=no stops after the story.
PYTHON ?= python3
BIN := .venv/bin
RECORDS ?= 20000
PORT ?= 8000

.PHONY: setup demo chromium pictures test chaos fuzz check format docs bench bench-pages clean

setup: .venv/ready

.venv/ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Galleyproof needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch .venv/ready

demo: setup
	$(BIN)/galley demo --records $(RECORDS) $(if $(filter no,$(SERVE)),--no-serve,--serve --port $(PORT))

# Tests of the pages in a real browser want chromium: fetched where that can be done, else those
# tests skip and say so.
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && apt-get install -y -qq chromium >/dev/null || \
	  echo "chromium could not be installed: the tests in a browser skip"; \
	else echo "no chromium here: the tests in a browser skip (install the package chromium)"; fi

pictures: setup chromium
	$(BIN)/python -m docs.pages_pictures

test: setup chromium
	$(BIN)/python -m pytest

# Kills, races, broken connections and a full disk, as often and as long as CHAOS says.
CHAOS ?= 20
chaos: setup
	GALLEY_CHAOS=$(CHAOS) $(BIN)/python -m pytest tests/chaos tests/runs/test_killed.py \
	  tests/runs/test_killed_requests.py tests/runs/test_workers.py tests/runs/test_loading.py \
	  tests/runs/test_disk_full.py

# Readers and addresses, damaged and asked for oddly, longer than in the tests; SEED=… does it again.
SEED := $(or $(SEED),$(shell date +%s))
ROUNDS ?= 3000
fuzz: setup
	@echo "seed $(SEED)"
	GALLEY_FUZZ_SEED=$(SEED) GALLEY_FUZZ_ROUNDS=$(ROUNDS) GALLEY_FUZZ_VALUES=20 \
	  $(BIN)/python -m pytest tests/fuzz tests/web/test_odd_values.py

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
	$(BIN)/python -m galleyproof.cli.job_reference > docs/reference/jobs.md

bench: setup
	$(BIN)/python -m bench $(if $(FULL),--full) $(BENCH)

bench-pages: setup
	$(BIN)/python -m bench.page_times $(BENCH)

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache
