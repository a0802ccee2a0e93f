"""What the others are compared with, by what the user calls it."""

from collections.abc import Callable, Sequence

from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports.compared.chosen_runs import called
from vosbench.reports.compared.entries import QUOTED, Entry
from vosbench.reports.options import ReportOptions
from vosbench.reports.published import by_sequence as published
from vosbench.wording import suggestion

_CALLED: tuple[Callable[[Entry], str | None], ...] = (
    lambda entry: entry.title,
    lambda entry: entry.manifest.run if entry.manifest else None,
    lambda entry: entry.manifest.label if entry.manifest else None,
    lambda entry: entry.method if entry.manifest else None,
    lambda entry: entry.method.casefold() if entry.quoted else None,
)
"""Names of an entry, those that single it out first; published names in any case."""


def find_opponent(entries: Sequence[Entry], options: ReportOptions) -> Entry | None:
    """The entry that the others are to be compared with; None where it is not among these.

    Raises:
        UsageError: several are called so.
    """
    name = options.against
    if name is None:
        return None
    for call in _CALLED:
        found = [one for one in entries if call(one) in (name, _quoted_name(name))]
        if len(found) > 1:
            titles = ", ".join(one.title for one in found)
            raise UsageError(f"--against {name} may be any of {titles}; give one of these titles")
        if found:
            return found[0]
    return None


def quoted_opponent(
    runs: Sequence[Run], datasets: tuple[str, ...], options: ReportOptions
) -> str | None:
    """The published method that the others are to be compared with; None where it is a run."""
    name = options.against
    if name is None or any(name in called(run.manifest) for run in runs):
        return None
    wanted = _quoted_name(name)
    return next((each for each in _published(datasets) if each.casefold() == wanted), None)


def unknown_opponent(options: ReportOptions, entries: Sequence[Entry]) -> UsageError:
    """The error of a name that nothing here has."""
    name, titles = str(options.against), [one.title for one in entries]
    known = {each: None for one in entries for call in _CALLED if (each := call(one))}
    datasets = tuple(
        dict.fromkeys(one.manifest.dataset for one in entries if one.manifest is not None)
    )
    close = suggestion(name, (*known, *_published(datasets)))
    return UsageError(
        f"nothing to compare with is called {name!r}{close}; --against takes a method, label, run "
        f"or title of these, {', '.join(dict.fromkeys(titles))}, or a method with published figures"
    )


def _published(datasets: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for dataset in datasets for name in published.names(dataset)))


def _quoted_name(name: str) -> str:
    """`name` as a published one, which titles write with its level behind it."""
    return name.casefold().removesuffix(f" ({QUOTED})")
