"""Table of speeds, memory and energy."""
