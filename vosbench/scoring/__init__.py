"""Folders of masks of any origin against annotations: `vosbench score`."""
