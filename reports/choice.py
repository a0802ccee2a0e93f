"""What a figure shows of all that there is: the runs on one dataset, under one protocol."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from vosbench.errors import UsageError

Found = TypeVar("Found")


def only(found: Iterable[Found], title: Callable[[Found], str]) -> Found:
    """The only one of what was found for each dataset, variant and protocol.

    Args:
        found: one or more.
        title: names dataset, variant and protocol of one, for the error.

    Raises:
        UsageError: there are several.
    """
    first, *others = found
    if others:
        there = ", ".join(dict.fromkeys(map(title, (first, *others))))
        raise UsageError(f"a figure shows one dataset, and there are {there}; choose --dataset")
    return first
