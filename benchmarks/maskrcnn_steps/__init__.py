"""Mask R-CNN's inner steps beside a straightforward implementation of the same."""
