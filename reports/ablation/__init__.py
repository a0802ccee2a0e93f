"""Ablations: table and figure."""
