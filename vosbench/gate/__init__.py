"""Did a change break it: a run held to a stored baseline, with pass, regression or inconclusive."""
