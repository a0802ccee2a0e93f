"""Figures of frames and masks, and clips."""
