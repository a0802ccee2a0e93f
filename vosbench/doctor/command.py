"""`vosbench doctor`: what to examine, how to say what was found, and the exit code."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vosbench.command_line import (
    Folder,
    dataset_options,
    findings_format_option,
    out_option,
    write_output,
)
from vosbench.errors import INVALID_DATA, OK, UsageError
from vosbench.metrics import protocols

if TYPE_CHECKING:
    from vosbench.datasets.options import DatasetOptions
    from vosbench.doctor.finding import Diagnosis
    from vosbench.metrics.protocols import Protocol
    from vosbench.progress import Progress

_PROTOCOL = "davis2017"


def doctor_command() -> click.Command:
    """The command."""

    @click.command()
    @click.argument("predictions", required=False, type=Folder)
    @dataset_options
    @click.option(
        "--protocol",
        type=click.Choice(protocols.names()),
        help=f"Whose rules count.  [default: {_PROTOCOL}, or the dataset's]",
    )
    @click.option(
        "--fix", type=Folder, metavar="NEW_FOLDER", help="Write a mended copy of PREDICTIONS there."
    )
    @findings_format_option
    @out_option
    def doctor(
        predictions: Path | None,
        annotations: Path | None,
        dataset: str | None,
        dataset_seed: int,
        sequences: tuple[str, ...] | None,
        protocol: str | None,
        fix: Path | None,
        style: str,
        out: Path | None,
        **where: Any,
    ) -> int:
        """Say what is wrong with masks, annotations or a dataset, and how to mend it.

        With PREDICTIONS, a folder of masks PREDICTIONS/SEQUENCE/FRAME.png, and --annotations DIR,
        masks are held against annotations; --annotations DIR alone examines these; --dataset NAME
        --root DIR examines a dataset, images too. Ends with 5 if scores would be wrong or
        impossible.
        """
        from vosbench.datasets.options import DatasetOptions
        from vosbench.doctor.dataset_examination import examine_dataset, protocol_of
        from vosbench.doctor.report import as_json, as_text
        from vosbench.progress import Progress

        if fix is not None and predictions is None:
            raise UsageError("--fix mends predicted masks: vosbench doctor PREDICTIONS --fix …")
        rules = None if protocol is None else protocols.get(protocol)
        progress = Progress()
        options = DatasetOptions(annotations=annotations, seed=dataset_seed, **where)
        before = None
        if dataset is not None and predictions is None:
            diagnosis = examine_dataset(
                dataset, options, protocol=rules, sequences=sequences, progress=progress
            )
        else:
            if dataset is None:
                _check_alone(options)
            else:
                annotations, listed = _annotations_of(dataset, options)
                sequences = listed if sequences is None else sequences
                rules = rules or protocols.get(protocol_of(dataset))
            if annotations is None:
                raise UsageError(
                    "say what to examine: --annotations DIR, after a folder of predicted masks or "
                    "alone, or --dataset NAME"
                )
            rules = rules or protocols.get(_PROTOCOL)
            diagnosis, before = _folders(predictions, annotations, sequences, rules, fix, progress)
        written = {"text": as_text, "json": as_json}[style](diagnosis, mended=before, copy=fix)
        if out is None:
            click.echo(written, nl=False)
        else:
            write_output(out, written)
        return INVALID_DATA if diagnosis.errors else OK

    return doctor


def _folders(
    predictions: Path | None,
    annotations: Path,
    sequences: tuple[str, ...] | None,
    protocol: "Protocol",
    fix: Path | None,
    progress: "Progress",
) -> "tuple[Diagnosis, Diagnosis | None]":
    """What was found; after mending, in the copy, and what was found before."""
    from vosbench.doctor.examination import examine
    from vosbench.doctor.fixing import check_target, write_mended

    if fix is not None and predictions is not None:
        check_target(fix, predictions, annotations)
    found = examine(
        annotations, protocol, predictions=predictions, sequences=sequences, progress=progress
    )
    if fix is None:
        return found.diagnosis, None
    write_mended(found, fix)
    left = examine(annotations, protocol, predictions=fix, sequences=sequences, progress=progress)
    return left.diagnosis, found.diagnosis


def _check_alone(options: "DatasetOptions") -> None:
    """Raise `UsageError` for options that only a dataset has."""
    for name in ("root", "images", "count"):
        if getattr(options, name) is not None:
            raise UsageError(f"--{name} needs --dataset NAME (vosbench datasets lists them)")


def _annotations_of(dataset: str, options: "DatasetOptions") -> "tuple[Path, tuple[str, ...]]":
    """Annotations of a dataset, and the sequences that it lists and has."""
    from vosbench.doctor.dataset_folders import dataset_folders

    folders = dataset_folders(dataset, options)
    if folders is None:
        raise UsageError(
            f"the folder of annotations of dataset {dataset} is not known or not there; "
            "give it: --annotations DIR, without --dataset"
        )
    there = [name for name in folders.sequences if (folders.annotations / name).is_dir()]
    return folders.annotations, tuple(there)
