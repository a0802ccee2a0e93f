"""Tables made from the records of runs: no torch, no running of methods."""
