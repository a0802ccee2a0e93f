"""Figures of time, memory and energy, computed from the passes that runs leave behind."""
