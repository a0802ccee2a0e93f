"""Tables of J and F: over all, by sequence, by object."""
