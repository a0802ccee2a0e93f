"""Figures of numbers, and how they look."""
