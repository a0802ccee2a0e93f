"""A table of a TOML file, read strictly: what nobody reads or expects is told with its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from vosbench.errors import UsageError
from vosbench.wording import suggestion

T = TypeVar("T")


@dataclass(frozen=True)
class TomlTable:
    """A table and where it stands.

    Every reader raises `UsageError` where the value is of another type, or is missing and has no
    default.

    Attributes:
        content: as `tomllib` gives it.
        where: for messages.
    """

    content: Mapping[str, Any]
    where: str

    def named(self, label: str) -> "TomlTable":
        """The same table, called by what it is labelled."""
        return replace(self, where=f"{self.where} {label!r}")

    def check_keys(self, *known: str) -> None:
        """Raise `UsageError` if there is a key that nobody reads."""
        for key in self.content:
            if key not in known:
                raise UsageError(
                    f"{self.where}: unknown key {key!r}{suggestion(key, known)}; "
                    f"its keys are {', '.join(known)}"
                )

    def text(self, key: str, default: str | None = None) -> str:
        """A text."""
        return self._read(key, str, "a text", default)

    def count(self, key: str, default: int | None = None) -> int:
        """A whole number, 0 or more."""
        value = self._read(key, int, "a whole number", default)
        return self._least(key, value)

    def number(self, key: str) -> float | None:
        """A number, 0 or more; None where there is none."""
        if key not in self.content:
            return None
        return self._least(key, float(self._read(key, (int, float), "a number", None)))

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value: bool = self._read(key, bool, "true or false", default)
        return value

    def texts(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """A list of texts."""
        return self._list(key, str, "a list of texts", default)

    def counts(self, key: str, default: tuple[int, ...]) -> tuple[int, ...]:
        """A list of different whole numbers, 0 or more; not empty."""
        values = self._list(key, int, "a list of whole numbers", default)
        self._different(key, values)
        return tuple(self._least(key, value) for value in values)

    def choices(self, key: str, default: tuple[str, ...], known: Sequence[str]) -> tuple[str, ...]:
        """A list of different texts out of `known`; not empty."""
        values = self.texts(key, default)
        self._different(key, values)
        for value in values:
            if value not in known:
                raise UsageError(
                    f"{self.where}: {key} has {value!r}{suggestion(value, known)}; "
                    f"it may have {' and '.join(known)}"
                )
        return values

    def table(self, key: str) -> "TomlTable":
        """A table within; an empty one where there is none."""
        value = self._read(key, dict, "a table", {})
        return TomlTable(value, f"{self.where}, {key}")

    def tables(self, key: str) -> dict[str, "TomlTable"]:
        """The tables of a table of tables, by name."""
        outer = self.table(key)
        return {
            name: TomlTable(
                outer._read(name, dict, "a table", None), f"{self.where}, {key} {name!r}"
            )
            for name in outer.content
        }

    def array(self, key: str) -> tuple["TomlTable", ...]:
        """The tables of an array of tables."""
        return tuple(
            TomlTable(item, f"{self.where}, {key}")
            for item in self._list(key, dict, "an array of tables", ())
        )

    def all_texts(self) -> dict[str, str]:
        """Every value as `--set` would be given it."""
        return {key: self._as_text(key, value) for key, value in self.content.items()}

    def all_lists(self) -> dict[str, tuple[str, ...]]:
        """Every value, each a list that is not empty, as `--set` would be given its items."""
        found = {}
        for key in self.content:
            items = self._read(key, list, "a list of values", None)
            self._different(key, items)
            found[key] = tuple(self._as_text(key, item) for item in items)
        return found

    def _as_text(self, key: str, value: object) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, str | int | float):
            return str(value)
        raise UsageError(f"{self.where}: {key} is {value!r:.60}, expected a text or a number")

    def _list(self, key: str, kind: type[T], wanted: str, default: tuple[T, ...]) -> tuple[T, ...]:
        items = self._read(key, list, wanted, list(default))
        if not all(_is(item, kind) for item in items):
            raise UsageError(f"{self.where}: {key} is {items!r:.60}, expected {wanted}")
        return tuple(items)

    def _read(self, key: str, kind: Any, wanted: str, default: Any) -> Any:
        if key not in self.content and default is None:
            raise UsageError(f"{self.where}: {key} is missing, expected {wanted}")
        value = self.content.get(key, default)
        if not _is(value, kind):
            raise UsageError(f"{self.where}: {key} is {value!r:.60}, expected {wanted}")
        return value

    def _least(self, key: str, value: Any) -> Any:
        if not value >= 0:  # false for what is not a number, too
            raise UsageError(f"{self.where}: {key} is {value}, expected 0 or more")
        return value

    def _different(self, key: str, values: Sequence[object]) -> None:
        if not values or len(set(map(str, values))) < len(values):
            found = f"{list(values)!r:.60}"
            raise UsageError(f"{self.where}: {key} is {found}, expected different values")


def _is(value: object, kind: Any) -> bool:
    """Whether a value is of a type; true and false are no numbers."""
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
