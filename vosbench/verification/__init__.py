"""Every stored number of a run computed again: `vosbench verify`."""
