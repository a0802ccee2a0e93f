"""What goes wrong in masks, where, and what it costs."""
