"""Datasets: one module a layout on disk (or a generator), and the choice of sequences.

A dataset module states its names in a literal `DATASETS: dict[str, str]` (name → what it is, in one
line), which is read without importing it, and opens one by
`open_dataset(name: str, options: DatasetOptions) -> Dataset`.
"""

from collections.abc import Iterable
from dataclasses import replace

from vosbench.errors import UsageError
from vosbench.sequence import Dataset
from vosbench.wording import suggestion


def select(dataset: Dataset, names: Iterable[str]) -> Dataset:
    """The dataset with only the sequences of these names, in the order of the names.

    Raises:
        UsageError: no name, an empty one, one given twice or one that the dataset lacks.
    """
    wanted = tuple(names)
    if not wanted or "" in wanted:
        raise UsageError(
            f"an empty sequence name was given for dataset {dataset.name}; "
            "name one or more sequences, separated by single commas"
        )
    by_name = {sequence.name: sequence for sequence in dataset.sequences}
    for position, name in enumerate(wanted):
        if name not in by_name:
            raise UsageError(_unknown(name, dataset))
        if name in wanted[:position]:
            raise UsageError(f"sequence {name!r} was given twice; name every sequence once")
    return replace(dataset, sequences=tuple(by_name[name] for name in wanted))


def _unknown(name: str, dataset: Dataset) -> str:
    """What to say about a name that the dataset lacks."""
    known = [sequence.name for sequence in dataset.sequences]
    there = f"it has {', '.join(known)}"
    return f"dataset {dataset.name} has no sequence {name!r}{suggestion(name, known)}; {there}"
