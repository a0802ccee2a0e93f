"""Run a script as it is, with pandas printing all digits of its tables.

    python all_digits.py SCRIPT ARGUMENTS...

For evaluators that compute figures in full and print six digits of them.
"""

import runpy
import sys
from pathlib import Path

import pandas as pd

if __name__ == "__main__":
    pd.set_option("display.precision", 17)
    sys.argv = sys.argv[1:]
    sys.path[0] = str(Path(sys.argv[0]).parent)
    runpy.run_path(sys.argv[0], run_name="__main__")
