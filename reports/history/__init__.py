"""How the history of figures is shown: a table of steps, a table of series, a plot."""
