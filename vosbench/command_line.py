"""What the commands share: options, files to write, and how an error becomes an exit code."""

import shlex
import sys
import tempfile
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vosbench.atomic import writing
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import OK, USAGE, UsageError, VosbenchError
from vosbench.one_line import one_line

if TYPE_CHECKING:
    from vosbench.registry import LoadedMethod
    from vosbench.sequence import Dataset

SAMPLE = "sample"
"""The dataset that is there without a download."""

INTERRUPTED = 130
"""What a shell reports of a program that SIGINT ended."""

Folder = click.Path(path_type=Path)
File = click.Path(path_type=Path, dir_okay=False)


def exit_code(group: click.Group, typed: Sequence[str]) -> int:
    """Run one command; its exit code, after a sentence on standard error where it failed.

    A command gets the whole line, as typed, as the object of its context. A reader that leaves
    early (`| head`) ends it quietly with 1; characters that its encoding lacks reach it as `?`. An
    exception that is no `VosbenchError` is a defect and passes through.
    """
    line = shlex.join(["vosbench", *typed])
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        code = group.main(list(typed), prog_name="vosbench", obj=line, standalone_mode=False)
    except VosbenchError as error:
        click.echo(f"Error: {one_line(str(error))}", err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return USAGE
    except click.Abort:
        click.echo("Interrupted.", err=True)
        return INTERRUPTED
    return code if isinstance(code, int) else OK


def place_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that say where a dataset lies, and which part of it is meant."""
    defaults = DatasetOptions()
    return with_options(
        command,
        click.option("--root", type=Folder, metavar="DIR", help="Where it was unzipped."),
        click.option("--images", type=Folder, metavar="DIR", help="Images, for --dataset folders."),
        click.option(
            "--annotations", type=Folder, metavar="DIR", help="Annotations, for --dataset folders."
        ),
        click.option(
            "--resolution",
            default=defaults.resolution,
            show_default=True,
            metavar="NAME",
            help="Sub-folder of images and annotations.",
        ),
        click.option(
            "--split",
            default=defaults.split,
            show_default=True,
            metavar="NAME",
            help="Which list of sequences.",
        ),
    )


def dataset_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that say which sequences of which dataset."""
    return _dataset_options(command, sequences_option)


def one_sequence_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options that say which dataset, and which one of its sequences; for `choose_dataset`."""
    return _dataset_options(command, sequence_option)


def _dataset_options(
    command: Callable[..., Any], sequences: Callable[..., Any]
) -> Callable[..., Any]:
    chosen = with_options(
        command,
        click.option(
            "--count",
            type=click.IntRange(1),
            metavar="N",
            help="How many sequences, for --dataset synthetic.",
        ),
        click.option(
            "--dataset-seed",
            type=click.IntRange(0),
            default=DatasetOptions.seed,
            show_default=True,
            metavar="N",
            help="Which sequences, for --dataset synthetic.",
        ),
        sequences,
    )
    return with_options(
        place_options(chosen),
        click.option("--dataset", metavar="NAME", help="Which dataset.  [default: the sample]"),
    )


def with_options(command: Callable[..., Any], *options: Callable[..., Any]) -> Callable[..., Any]:
    """The command with options, in their order in its help."""
    for option in reversed(options):
        command = option(command)
    return command


def settings_option(whose: str) -> Callable[..., Any]:
    """`--set KEY=VALUE`, a setting of what `whose` names in its help."""
    return click.option(
        "--set",
        "assignments",
        multiple=True,
        metavar="KEY=VALUE",
        help=f"A setting of {whose}; repeatable.",
    )


def choose_dataset(
    *, dataset: str | None, sequences: tuple[str, ...] | None, dataset_seed: int, **options: Any
) -> "Dataset":
    """The dataset that `dataset_options` ask for.

    Raises:
        UsageError: a folder or a number of sequences is given, but no dataset; or as
            `open_dataset`.
        DataError: as `open_dataset`.
    """
    from vosbench.datasets import select
    from vosbench.registry import open_dataset

    given = [name for name in ("root", "images", "annotations", "count") if options[name]]
    if given and dataset is None:
        raise UsageError(f"--{given[0]} needs --dataset NAME (vosbench datasets lists them)")
    opened = open_dataset(dataset or SAMPLE, DatasetOptions(seed=dataset_seed, **options))
    return opened if sequences is None else select(opened, sequences)


def load_methods(
    names: Sequence[str], assignments: Sequence[str], device: str, plugins: Sequence[Path]
) -> "list[LoadedMethod]":
    """All methods of a run before the first begins, so that a typing error costs no time.

    Args:
        names: as in `--method`.
        assignments: as in `--set`.
        device: as in `--device`.
        plugins: as in `--plugin`.

    Raises:
        UsageError: there is no name, or as `distribute` and `load_method`.
    """
    from vosbench.registry import load_method, method_settings
    from vosbench.settings import distribute

    if not names:
        raise UsageError("choose at least one method: --method NAME (vosbench methods lists them)")
    settings = {name: method_settings(name, plugins=plugins) for name in names}
    overrides = distribute(assignments, settings)
    return [load_method(name, overrides[name], device=device, plugins=plugins) for name in settings]


def run_place(path: Path, runs: Path) -> Path:
    """Where the run is that a user names: a path, or the name of one in the folder of runs.

    Raises:
        UsageError: there is nothing, or a folder of runs.
    """
    from vosbench.store import MANIFEST

    place = path if path.exists() else runs / path
    if not place.exists():
        raise UsageError(
            f"{place} does not exist; name the folder of a run, or where runs lie with --runs"
        )
    if place.is_dir() and not (place / MANIFEST).is_file():
        inside = sorted(inner.parent.name for inner in place.glob(f"*/{MANIFEST}"))
        if inside:
            raise UsageError(
                f"{place} is a folder of runs, not a run; name some of those in it: "
                f"{place / inside[0]}"
            )
    return place if place.name not in ("", "..") else place.resolve()


def write_output(path: Path, text: str) -> None:
    """Write a file that an option `--out` names, and the folders above it.

    Raises:
        CannotWriteError: the file system refuses.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _writable(context: click.Context, option: click.Parameter, value: Path) -> Path:
    """A file that can be made: better found out before hours of training than after."""
    del context, option
    with writing(value):
        value.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=value.parent):
            return value


def names(context: click.Context, option: click.Parameter, value: str | None) -> Any:
    """`a,b` as a tuple of names; None stays None."""
    del context, option
    return None if value is None else tuple(name.strip() for name in value.split(","))


def _one_name(context: click.Context, option: click.Parameter, value: str | None) -> Any:
    """One name as a tuple of it; None stays None."""
    del context, option
    return None if value is None else (value,)


sequences_option = click.option(
    "--sequences", callback=names, metavar="A,B,…", help="Only these, in this order."
)
sequence_option = click.option(
    "--sequence",
    "sequences",
    callback=_one_name,
    metavar="NAME",
    help="Which sequence.  [default: the first]",
)
runs_option = click.option(
    "--runs",
    type=Folder,
    default=Path("runs"),
    show_default=True,
    metavar="DIR",
    help="Where runs are kept.",
)
seed_option = click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Of methods."
)
device_option = click.option(
    "--device",
    type=click.Choice(["cpu", "cuda", "mps"]),
    default="cpu",
    show_default=True,
    help="Where to compute.",
)
draws_option = click.option(
    "--seed", type=click.IntRange(0), default=0, show_default=True, help="Of all that is drawn."
)
fresh_option = click.option(
    "--fresh", is_flag=True, help="Begin again, whatever is left of a training before."
)
metric_option = click.option(
    "--metric",
    type=click.Choice(["J", "F", "J&F"]),
    help="What to show.  [default: J in tables, J&F in figures, about live video and in HTML]",
)
plugin_option = click.option(
    "--plugin",
    "plugins",
    type=File,
    multiple=True,
    metavar="FILE",
    help="Python file that brings further methods; repeatable.",
)
format_option = click.option(
    "--format",
    "style",
    type=click.Choice(["text", "md", "latex", "html", "csv", "json", "json-table"]),
    default="text",
    show_default=True,
    help="csv and json hold one fact a row, json-table the cells of the table.",
)
findings_format_option = click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True
)
out_option = click.option(
    "--out",
    type=File,
    metavar="FILE",
    help="Where to write.  [default: standard output]",
)
workers_option = click.option(
    "--workers",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="How many processes.",
)
checkpoint_option = click.option(
    "--out",
    type=File,
    callback=_writable,
    required=True,
    metavar="FILE",
    help="Where the checkpoint is written.",
)
clips_option = click.option(
    "--clips",
    type=click.IntRange(1),
    default=48,
    show_default=True,
    help="Generated before training begins; more are made as it goes on.",
)
