"""Which of the kept runs a report is about, by what the user calls them."""

from collections.abc import Iterable, Sequence

from vosbench.errors import UsageError
from vosbench.records import Manifest, Run
from vosbench.reports.options import ReportOptions
from vosbench.wording import first_few, suggestion


def chosen(runs: Sequence[Run], options: ReportOptions) -> tuple[Run, ...]:
    """Runs that the options let through, in the order of the methods asked for.

    What the others are compared with is among them, behind them if it was not asked for.

    Raises:
        UsageError: there are no runs, or an option names something that is not there.
    """
    if not runs:
        raise UsageError(
            f"no runs in {options.runs_folder}: make one with `vosbench run --method "
            "eosvos-50-OnA`, or name the folder that has some with --runs"
        )
    datasets = dict.fromkeys(run.manifest.dataset for run in runs)
    if options.dataset is not None and options.dataset not in datasets:
        raise UsageError(
            f"no run on dataset {options.dataset!r} in {options.runs_folder}"
            f"{suggestion(options.dataset, datasets)}; there are runs on {', '.join(datasets)}"
        )
    runs = [run for run in runs if options.dataset in (None, run.manifest.dataset)]
    for name in options.methods:
        if not any(name in called(run.manifest) for run in runs):
            known = dict.fromkeys(run.manifest.method for run in runs)
            raise UsageError(
                f"no run of {name!r} in {options.runs_folder}{suggestion(name, known)}; "
                f"there are runs of {', '.join(known)}"
            )
    if not options.methods:
        return tuple(runs)
    places = {name: place for place, name in enumerate(options.methods)}
    if options.against is not None:
        places.setdefault(options.against, len(places))
    wanted = [run for run in runs if places.keys() & set(called(run.manifest))]
    return tuple(
        sorted(wanted, key=lambda run: min(places[n] for n in called(run.manifest) if n in places))
    )


def called(manifest: Manifest) -> tuple[str, str, str]:
    """What a user may call a run, from the most to the least that it may share with others."""
    return manifest.method, manifest.label, manifest.run


def check_sequences(runs: Iterable[Run], asked: Sequence[str] | None) -> None:
    """Raise `UsageError` for a sequence that was asked for and is in none of the runs."""
    known = dict.fromkeys(name for run in runs for name in run.manifest.sequences)
    for name in asked or ():
        if name not in known:
            raise UsageError(
                f"no sequence {name!r} in these runs{suggestion(name, known)}; "
                f"they are on {first_few(tuple(known))}"
            )
