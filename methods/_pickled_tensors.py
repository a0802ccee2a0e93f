"""Tensors out of files that `torch.save` wrote, by name; nothing else in them is run or kept."""

import pickle
import struct
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path

import torch
from torch import Tensor

from vosbench.errors import DataError

# What torch raises on broken bytes, of either of its formats.
_BROKEN = (
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    LookupError,
    AttributeError,
    TypeError,
    struct.error,
)


def read_tensors(path: Path) -> dict[str, Tensor]:
    """Every tensor in the file, on the CPU; names of nested mappings are joined by dots.

    Raises:
        DataError: the file is missing, truncated, no file of `torch.save`, or holds objects that
            could run code.
    """
    if not path.is_file():
        raise DataError(f"there is no file {path}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of formats that are unusual; what counts is raised
            content = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise DataError(
            f"{path} is not read: it is damaged, or holds more than tensors and plain values, "
            f"which could run code ({_first_line(error)})"
        ) from error
    except _BROKEN as error:
        raise DataError(
            f"{path} is damaged or was not written by torch.save: {_first_line(error)}"
        ) from error
    return dict(_tensors(content, ()))


def _tensors(content: object, path: tuple[str, ...]) -> Iterator[tuple[str, Tensor]]:
    if isinstance(content, Tensor):
        yield ".".join(path), content.detach()
    elif isinstance(content, Mapping):
        for key, value in content.items():
            yield from _tensors(value, (*path, str(key)))


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
