"""Records as JSON text and back, checked against their annotations.

A float that is not a number becomes null, as JSON has no NaN. Unknown fields are passed over, so
that a folder written by a later version can still be read; a missing or mistyped one is an error.
"""

import dataclasses
import json
import math
import types
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_json(record: object, *, indent: int | None = 1) -> str:
    """JSON text of a frozen dataclass, with its fields in their order."""
    return json.dumps(_plain(record), indent=indent, ensure_ascii=False, allow_nan=False) + "\n"


def canonical_json(value: object) -> str:
    """The one JSON text of a value: sorted keys, no spaces. Equal values give equal text.

    Raises:
        TypeError: the value has parts that JSON cannot hold.

    >>> canonical_json({"b": (1, 2), "a": None})
    '{"a":null,"b":[1,2]}'
    """
    return json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def from_json(text: str, kind: type[T]) -> T:
    """The dataclass `kind` from its JSON text.

    Raises:
        ValueError: the text is no JSON or does not fit `kind`; says at which field.

    >>> from vosbench.records import Statistic
    >>> from_json(to_json(Statistic(mean=0.5, recall=1.0, decay=float("nan"))), Statistic)
    Statistic(mean=0.5, recall=1.0, decay=nan)
    """
    try:
        return cast(T, _typed(json.loads(text), kind, kind.__name__))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _plain(value: Any) -> Any:
    """Dataclasses, mappings and tuples as what `json` writes."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = dataclasses.fields(value)
        return {field.name: _plain(getattr(value, field.name)) for field in fields}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value


def _typed(value: Any, kind: Any, where: str) -> Any:
    """`value` as what the annotation `kind` asks for."""
    if dataclasses.is_dataclass(kind):
        return _dataclass(value, cast(type, kind), where)
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        member, none = get_args(kind)
        assert none is types.NoneType, "records know no union but with None"
        return None if value is None else _typed(value, member, where)
    if origin is tuple:
        member = get_args(kind)[0]
        items = _expect(value, list, where)
        return tuple(_typed(item, member, f"{where}[{at}]") for at, item in enumerate(items))
    if origin is Mapping:
        member = get_args(kind)[1]
        items = _expect(value, dict, where)
        return {key: _typed(item, member, f"{where}[{key!r}]") for key, item in items.items()}
    if kind is object:
        return value
    return _number_or_text(value, kind, where)


def _dataclass(value: Any, kind: type, where: str) -> Any:
    """An instance of `kind`; fields with a default may be absent."""
    given = _expect(value, dict, where)
    hints = get_type_hints(kind)
    arguments = {}
    for field in dataclasses.fields(kind):
        if field.name in given:
            arguments[field.name] = _typed(
                given[field.name], hints[field.name], f"{where}.{field.name}"
            )
        elif field.default is field.default_factory is dataclasses.MISSING:
            raise ValueError(f"{where}.{field.name} is missing")
    return kind(**arguments)


def _number_or_text(value: Any, kind: type, where: str) -> Any:
    if kind is float:
        if value is None:
            return math.nan
        if isinstance(value, int) and not isinstance(value, bool):
            return float(value)
    if kind is int and isinstance(value, bool):
        raise ValueError(f"{where} is {value!r}, expected int")
    return _expect(value, kind, where)


def _expect(value: Any, kind: type, where: str) -> Any:
    if not isinstance(value, kind):
        raise ValueError(f"{where} is {value!r:.40}, expected {kind.__name__}")
    return value
