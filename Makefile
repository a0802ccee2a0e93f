# Every command that .ci/run and the hooks use, by name. PYTHON chooses the environment.
PYTHON ?= python3

.PHONY: dev test lint types format wheel bench bench-metrics bench-harness bench-maskrcnn bench-commits bench-html bench-gate

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

# Seconds that the parts of vosbench take. BENCH_JSON=FILE keeps them for
# `vosbench gate --pytest-benchmark OLD NEW`; where other programs are at work, CPU time says more:
# make bench BENCH_JSON=benchmarks/results/parts.json \
#   BENCH_OPTIONS=--benchmark-timer=time.process_time
bench:
	OMP_NUM_THREADS=1 $(PYTHON) -m pytest benchmarks/parts --benchmark-sort=fullname \
	--benchmark-columns=min,median,iqr,rounds,iterations \
	$(if $(BENCH_JSON),--benchmark-json="$(BENCH_JSON)") $(BENCH_OPTIONS)

# vosbench beside other evaluators on the same masks. Clones of them and masks are named so:
# make bench-metrics DAVIS2017_EVALUATION=DIR VOS_BENCHMARK=DIR SAM2=DIR SHARED=DIR
# More options, such as --annotations and --predictions for masks of your own, in BENCH_OPTIONS.
bench-metrics:
	$(PYTHON) -m benchmarks.metrics_side_by_side $(BENCH_OPTIONS) \
	$(if $(SHARED),--shared "$(SHARED)") \
	$(if $(DAVIS2017_EVALUATION),--davis2017-evaluation "$(DAVIS2017_EVALUATION)") \
	$(if $(VOS_BENCHMARK),--vos-benchmark "$(VOS_BENCHMARK)") \
	$(if $(SAM2),--sam2 "$(SAM2)")

# What a timed pass of vosbench adds to a frame, against a bare loop around the same method.
bench-harness:
	$(PYTHON) -m benchmarks.harness_overhead --method eosvos-10 $(BENCH_OPTIONS)

# Inner steps of Mask R-CNN beside straightforward ones; on a GPU as in the paper, on a CPU with
# BENCH_OPTIONS such as "--short-side 160 --steps 3 --no-clips".
bench-maskrcnn:
	$(PYTHON) -m benchmarks.maskrcnn_steps $(BENCH_OPTIONS)

# Methods beside those of another commit, in turn: speeds, their ratio, scores.
# make bench-commits COMMIT=ad41240 BENCH_OPTIONS="--method eosvos-50"
bench-commits:
	$(PYTHON) -m benchmarks.commits_side_by_side $(COMMIT) $(BENCH_OPTIONS)

# How long a report of 30 sequences, 4 methods and 70 frames takes, and its pages in a browser.
bench-html:
	$(PYTHON) -m benchmarks.html_report $(BENCH_OPTIONS)

# How often the gate finds a regression in unchanged code, beside two busy processes; fifty times.
bench-gate:
	$(PYTHON) -m benchmarks.gate_false_alarms $(BENCH_OPTIONS)
