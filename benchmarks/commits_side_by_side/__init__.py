"""Methods of one commit beside those of another: `python -m benchmarks.commits_side_by_side`."""
