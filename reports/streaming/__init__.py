"""Live video: table and figure."""
