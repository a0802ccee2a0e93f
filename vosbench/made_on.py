"""The dataset that a run was made on, opened again."""

import re
from dataclasses import replace

from vosbench.datasets.options import DatasetOptions
from vosbench.errors import UsageError
from vosbench.records import Manifest
from vosbench.registry import open_dataset
from vosbench.sequence import Dataset

_GENERATED = re.compile(r"(?:seed(?P<seed>\d+))?-?(?:count(?P<count>\d+))?")


def dataset_of(manifest: Manifest, places: DatasetOptions) -> Dataset:
    """The dataset of a run; which sequences were generated is known from its variant.

    Args:
        manifest: of the run.
        places: where datasets lie that lie somewhere, with split and resolution as then; seed and
            count are the manifest's matter.

    Raises:
        UsageError: the dataset does not exist, it needs a folder that is not given, or what is
            opened is another variant of it.
        DataError: it cannot be opened.
    """
    command = manifest.command or "its command is not known"
    return reopened(
        manifest.dataset,
        manifest.dataset_variant,
        places,
        made=f"the run {manifest.run}",
        how=command,
    )


def reopened(name: str, variant: str, places: DatasetOptions, *, made: str, how: str) -> Dataset:
    """The variant of a dataset that something was made on; which sequences were generated is known.

    Args:
        places: as for `dataset_of`.
        made: what was made on it, for a message.
        how: by which command.

    Raises:
        UsageError: as `dataset_of`.
        DataError: as `dataset_of`.
    """
    found = _GENERATED.fullmatch(variant)
    if found is not None:
        count = found["count"]
        seed = int(found["seed"] or DatasetOptions.seed)
        places = replace(places, seed=seed, count=int(count) if count else None)
    opened = open_dataset(name, places)
    if opened.variant != variant:
        raise UsageError(
            f"{made} was made on {_called(variant)} of dataset {name}, but what is opened is "
            f"{_called(opened.variant)}; choose --split and --resolution as then ({how})"
        )
    return opened


def _called(variant: str) -> str:
    return f"variant {variant}" if variant else "the default variant"
