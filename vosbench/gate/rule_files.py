"""The TOML file with the rules of gates: what it leaves out has its default."""

import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from vosbench.errors import DataError, UsageError
from vosbench.gate.findings import COMPARABLE, EXACT, GATES, INCONCLUSIVE, QUALITY, TIMED
from vosbench.gate.rules import ALLOWED, GateRules
from vosbench.toml_table import TomlTable

ASKED = tuple(gate for gate in GATES if gate != COMPARABLE)
"""Gates that may be chosen."""

_CHOICES: Mapping[tuple[str, str], tuple[str, ...]] = {
    (EXACT, "elsewhere"): (INCONCLUSIVE, QUALITY),
    (QUALITY, "figure"): ("J", "F", "J&F"),
    (TIMED, "against"): ("workload", "commit"),
}
_SHARES = ("level",)
"""Numbers between 0 and 1, neither included."""


def read_rules(path: Path) -> GateRules:
    """The rules in a file.

    Raises:
        UsageError: there is no such file, or it says what means nothing.
        DataError: it is no TOML.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"there is no file {path} with rules of gates") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{path} cannot be read as TOML: {error}") from error
    table = TomlTable(content, str(path))
    table.check_keys("gates", "allow", *ASKED)
    rules = GateRules()
    allow = table.choices("allow", rules.allow, ALLOWED) if content.get("allow") else rules.allow
    sections = {gate: _section(table.table(gate), gate, getattr(rules, gate)) for gate in ASKED}
    return replace(rules, gates=table.choices("gates", rules.gates, ASKED), allow=allow, **sections)


def _section(table: TomlTable, gate: str, defaults: Any) -> Any:
    """The rules of one gate; the type of a default is that of its value."""
    names = [field.name for field in fields(defaults)]
    table.check_keys(*names)
    return replace(
        defaults, **{name: _value(table, gate, name, getattr(defaults, name)) for name in names}
    )


def _value(table: TomlTable, gate: str, name: str, default: object) -> object:
    if isinstance(default, bool):
        return table.flag(name, default)
    if isinstance(default, int):
        return table.count(name, default)
    if isinstance(default, float):
        return _number(table, name, default)
    assert isinstance(default, str), "rules are numbers, texts, and true or false"
    text, known = table.text(name, default), _CHOICES.get((gate, name), ())
    if known and text not in known:
        raise UsageError(f"{table.where}: {name} is {text!r}, expected {' or '.join(known)}")
    return text


def _number(table: TomlTable, name: str, default: float) -> float:
    given = table.number(name)
    value = default if given is None else given
    if name in _SHARES and not 0 < value < 1:
        raise UsageError(f"{table.where}: {name} is {value}, expected more than 0 and less than 1")
    return value
