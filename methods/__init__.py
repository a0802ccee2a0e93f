"""Segmentation methods, one file each; a leading underscore marks a part that methods share."""
