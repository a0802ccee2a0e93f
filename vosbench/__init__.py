"""vosbench: benchmark and evaluation toolkit for one-shot video object segmentation."""

from pathlib import Path

__version__ = "0.1.0"

# A bare checkout keeps plug-ins, reports and the command line beside the core; an installed
# distribution holds them inside this package. Both answer to `vosbench.methods` and so on.
if not (Path(__file__).parent / "methods" / "__init__.py").is_file():
    __path__.append(str(Path(__file__).parent.parent))
