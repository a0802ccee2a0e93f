"""Examples in docstrings of the packages that pytest cannot collect from their own folders."""

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = [
    "vosbench.cli",
    *(
        f"vosbench.{folder}.{file.stem}"
        for folder in ("methods", "reports")
        for file in sorted((ROOT / folder).glob("*.py"))
        if file.stem != "__init__"
    ),
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_are_true(name: str) -> None:
    module = importlib.import_module(name)
    assert doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE).failed == 0
