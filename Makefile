# Every command that .ci/run and the hooks use, by name. PYTHON chooses the environment.
PYTHON ?= python3

.PHONY: dev test lint types format wheel

dev:  # editable install, and git-ignored links that show editors where the packages lie
	$(PYTHON) -m pip install --editable ".[test]"
	ln --symbolic --no-dereference --force ../methods vosbench/methods
	ln --symbolic --no-dereference --force ../reports vosbench/reports
	ln --symbolic --force ../cli.py vosbench/cli.py

test:
	$(PYTHON) -m pytest

lint: types
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .

# mypy sees one package only in the layout of a wheel, so it is given a fresh copy in that layout
types:
	@layout=$$(mktemp -d) && trap 'rm -rf "$$layout"' EXIT && \
	$(PYTHON) setup.py --quiet build_py --build-lib "$$layout" && \
	cache=$$PWD/.mypy_cache && config=$$PWD/pyproject.toml && python=$$(command -v $(PYTHON)) && \
	cd "$$layout" && "$$python" -m mypy --config-file "$$config" --cache-dir "$$cache" -p vosbench

format:
	$(PYTHON) -m ruff check --fix .
	$(PYTHON) -m ruff format .

wheel:
	$(PYTHON) -m pip wheel --no-deps --wheel-dir dist .
