"""What results kept over time say: what changed for good, and which commits are to blame."""
