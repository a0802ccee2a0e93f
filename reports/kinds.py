"""What a table or figure is before it is made: its name's one line for the help, and its maker."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from vosbench.errors import UsageError
from vosbench.figure_kind import KINDS as FIGURE_KINDS
from vosbench.wording import suggestion


@dataclass(frozen=True)
class Kind:
    """One table or figure; what makes it is imported when it is asked for.

    Attributes:
        module: of `vosbench.reports`, that makes it.
        summary: what it shows, in a line.
        ends: of names of files that a figure may be written to.
        folder: whether a figure may be written as a folder, too.
        metric: whether it shows one metric, so that `--metric` has a say.
        refuses: other options that it would pass over in silence.
    """

    module: str
    summary: str
    ends: tuple[str, ...] = FIGURE_KINDS
    folder: bool = False
    metric: bool = True
    refuses: tuple[str, ...] = ()


def maker(kinds: Mapping[str, Kind], name: str, what: str) -> ModuleType:
    """The module that makes what is called `name`.

    Args:
        kinds: by name.
        name: as the user wrote it.
        what: the kinds are, in the singular, for the error.

    Raises:
        UsageError: no kind has this name; the message suggests the closest.
    """
    if name not in kinds:
        raise UsageError(
            f"no {what} {name!r}{suggestion(name, kinds)}; the {what}s are {', '.join(kinds)}"
        )
    return import_module(f"vosbench.reports.{kinds[name].module}")
