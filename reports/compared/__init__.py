"""Which runs and publications stand beside each other, and what can be said of their means."""
