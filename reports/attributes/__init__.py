"""Scores on objects that are hard in one way: table and figure."""
