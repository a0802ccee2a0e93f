"""Where the time of a method goes: by phase, by operator of torch, by function of Python."""
