"""What others published: figures that ship, and their table."""
