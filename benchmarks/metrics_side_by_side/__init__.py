"""vosbench beside the evaluators that others use, on the same masks in one run.

`python -m benchmarks.metrics_side_by_side --help`, or `make bench-metrics`. None of the other
evaluators is part of vosbench: the user points at clones of them.
"""
