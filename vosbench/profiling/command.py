"""`vosbench profile`: its options, and the files that it leaves."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vosbench.command_line import (
    Folder,
    choose_dataset,
    device_option,
    load_methods,
    one_sequence_options,
    plugin_option,
    seed_option,
    settings_option,
)
from vosbench.errors import MethodError, UsageError, VosbenchError
from vosbench.profiling.quiet import keep_quiet

if TYPE_CHECKING:
    from vosbench.method import Method
    from vosbench.profiling.profile_records import Profile
    from vosbench.registry import LoadedMethod
    from vosbench.sequence import Sequence

TRACE = "trace.json.gz"
COUNTS = "counts.json"


@dataclass(frozen=True, kw_only=True)
class ProfileView:
    """How a profile is shown.

    Attributes:
        folder: for the files.
        top: rows of operators or functions a phase that are printed.
        shapes: whether operators are told apart by the shapes of their inputs.
    """

    folder: Path
    top: int
    shapes: bool


Show = Callable[["Profile", ProfileView], None]
"""Prints a profile and writes its tables."""


def profile_command(show: Show) -> click.Command:
    """The command; tables are left to `show`."""

    @click.command()
    @click.option("--method", metavar="NAME", required=True, help="What to profile.")
    @one_sequence_options
    @click.option(
        "--frames",
        type=click.IntRange(2),
        default=10,
        show_default=True,
        metavar="N",
        help="Of the sequence, from its first: the profiler remembers every call.",
    )
    @seed_option
    @device_option
    @settings_option("the method")
    @plugin_option
    @click.option("--shapes", is_flag=True, help="Tell calls apart by the shapes of their inputs.")
    @click.option("--python", is_flag=True, help="Profile functions of Python too.")
    @click.option(
        "--top",
        type=click.IntRange(1),
        default=8,
        show_default=True,
        metavar="N",
        help="How many operators of a phase are printed; the files hold all.",
    )
    @click.option(
        "--out",
        type=Folder,
        metavar="DIR",
        help="Where the files go.  [default: profiles/METHOD-SEQUENCE]",
    )
    def profile(
        method: str,
        assignments: tuple[str, ...],
        plugins: tuple[Path, ...],
        frames: int,
        seed: int,
        device: str,
        shapes: bool,
        python: bool,
        top: int,
        out: Path | None,
        **where: Any,
    ) -> None:
        """Show where the time of a method goes, by phase and operator.

        Writes tables (profile.md, profile.csv), counts that do not depend on how busy the machine
        is (counts.json), and a trace (trace.json.gz) that ui.perfetto.dev and chrome://tracing
        open. Times under the profiler are longer than without; how much is said.
        """
        keep_quiet()
        from vosbench.machine import check_device

        check_device(device)
        (loaded,) = load_methods((method,), assignments, device, plugins)
        dataset = choose_dataset(**where)
        if not dataset.sequences:
            raise UsageError(f"dataset {dataset.name} has no sequence to profile on")
        sequence = shortened(dataset.sequences[0], frames)
        folder = out or Path("profiles") / f"{method}-{sequence.name}"
        _make(folder)
        built = _built(loaded)
        from vosbench.atomic import write_text
        from vosbench.profiling.collecting import ProfileRequest, collect
        from vosbench.profiling.counts import counts_of
        from vosbench.record_json import to_json

        request = ProfileRequest(
            method=built,
            label=loaded.label,
            settings=loaded.settings,
            dataset="-".join(filter(None, (dataset.name, dataset.variant))),
            sequence=sequence,
            seed=seed,
            device=device,
            shapes=shapes,
            python=python,
            trace=folder / TRACE,
        )
        made = collect(request)
        write_text(folder / COUNTS, to_json(counts_of(made)))
        show(made, ProfileView(folder=folder, top=top, shapes=shapes))

    return profile


def shortened(sequence: "Sequence", frames: int) -> "Sequence":
    """The first `frames` frames of a sequence.

    Raises:
        UsageError: it has fewer than two frames: nothing to segment.
    """
    if len(sequence) < 2:
        raise UsageError(
            f"sequence {sequence.name} has one frame, so there is none to segment; "
            "choose another with --sequence"
        )
    return replace(sequence, frames=sequence.frames[:frames])


def _make(folder: Path) -> None:
    """The folder for the files: better refused before a profile than after.

    A trace of an earlier profile goes: this one may have none.
    """
    from vosbench.atomic import writing

    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / TRACE).unlink(missing_ok=True)


def _built(loaded: "LoadedMethod") -> "Method":
    """The method with its weights loaded.

    Raises:
        MethodError: it cannot be built.
        UsageError: it hands out masks that exist already.
    """
    from vosbench.method import Method
    from vosbench.rescore import reason_of

    name = loaded.entry.name
    try:
        plugin = loaded.build()
    except VosbenchError:
        raise
    except (Exception, SystemExit) as error:
        raise MethodError(f"method {name} cannot be built: {reason_of(error)}") from error
    if not isinstance(plugin, Method):
        raise UsageError(f"method {name} hands out masks that exist; there is nothing to profile")
    return plugin
