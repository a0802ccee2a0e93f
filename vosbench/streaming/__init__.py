"""Scores in live video, from stored latencies and masks."""
