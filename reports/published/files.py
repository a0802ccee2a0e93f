"""Files of published figures that ship with vosbench, and what is said about methods and sources.

What the files hold and where it comes from is said in `data/README.md`.
"""

import csv
import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

SEMI_SUPERVISED = "semi-supervised"
"""Setting of a method that is given the first mask."""


@dataclass(frozen=True)
class Publication:
    """Where a method was published.

    Attributes:
        setting: `SEMI_SUPERVISED` or `"unsupervised"`.
        venue: conference or journal; empty where it is not recorded.
        year: as printed; empty where it is not recorded.
        title: of the paper.
        url: of the paper or its code.
    """

    setting: str
    venue: str = ""
    year: str = ""
    title: str = ""
    url: str = ""

    @property
    def words(self) -> str:
        """Venue and year, and the setting where the method was not given the first mask."""
        where = f"{self.venue} {self.year}".strip() or "venue not recorded"
        return where if self.setting == SEMI_SUPERVISED else f"{where}, {self.setting}"


def publication(method: str) -> Publication:
    """Where `method` was published.

    Raises:
        LookupError: the data know nothing of such a method.

    >>> publication("PReMVOS").words
    'ACCV 2018'
    """
    for row in rows("methods"):
        if row["method"] == method:
            return Publication(
                row["setting"], row["venue"], row["year"], title=row["title"], url=row["url"]
            )
    raise LookupError(f"nothing is recorded about a published method {method!r}")


def source_name(source: str) -> str:
    """What a source is called in a sentence.

    Raises:
        LookupError: no such source.

    >>> source_name("stm-paper:table 2")
    'STM paper'
    """
    prefix = source.partition(":")[0]
    for row in rows("sources"):
        if row["source"] == prefix:
            return row["name"]
    raise LookupError(f"nothing is recorded about a source {source!r}")


def named(name: str, known: Iterable[str]) -> str | None:
    """The one of `known` that `name` is in some case; None if it is none.

    >>> named("premvos", ["OSVOS", "PReMVOS"])
    'PReMVOS'
    """
    return next((each for each in known if each.casefold() == name.casefold()), None)


def closest(name: str, known: Iterable[str]) -> str:
    """Half a sentence that names the closest of `known`, or nothing; case does not matter.

    >>> closest("premvo", ["OSVOS", "PReMVOS"])
    ' (did you mean PReMVOS?)'
    """
    as_written = {each.casefold(): each for each in known}
    near = difflib.get_close_matches(name.casefold(), as_written, n=1)
    return f" (did you mean {as_written[near[0]]}?)" if near else ""


@cache
def rows(name: str) -> tuple[Mapping[str, str], ...]:
    """All rows of a file, without its ending; it is read once."""
    return tuple(_read(name))


def _read(name: str) -> Iterator[Mapping[str, str]]:
    path = files("vosbench.reports").joinpath("data", f"{name}.csv")
    with path.open(encoding="utf-8") as file:
        yield from csv.DictReader(file)
