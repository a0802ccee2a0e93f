"""What a machine says beside the clock: memory, energy, who else is at work, how fast it is.

Every sensor only reads; clocks, power limits and partitions stay as they are. What cannot be found
out is None, never 0 (protocol VBT-1, rules 7 to 11).
"""
