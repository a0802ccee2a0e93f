"""Tables of a profile: phases, then operators and functions by phase."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TypeVar

from vosbench.profiling.profile_records import FunctionTotal, OperatorTotal, PhaseTotal, Profile
from vosbench.reports.table import Cell, Column, Row, Table, Value

ENGINE = "autograd::engine::evaluate_function: "
"""Before the name of what the autograd engine goes through; shown shorter."""

MEBIBYTE = 1 << 20

Total = TypeVar("Total", OperatorTotal, FunctionTotal)


def all_of(profile: Profile, *, shapes: bool = False) -> tuple[Table, ...]:
    """Tables with every operator and function.

    Args:
        shapes: whether operators are told apart by the shapes of their inputs.
    """
    return most_expensive(profile, top=None, shapes=shapes)


def most_expensive(profile: Profile, *, top: int | None, shapes: bool = False) -> tuple[Table, ...]:
    """The same with the first `top` rows of a phase, and one row for the rest of them."""
    tables = [_phases(profile)]
    if profile.operators:
        tables.append(_operators(profile, top, shapes))
    if profile.functions:
        tables.append(_functions(profile, top))
    return tuple(tables)


def _phases(profile: Profile) -> Table:
    traced = profile.slowdown is not None
    height, width = profile.size
    return Table(
        title=f"{profile.method} on {profile.sequence} ({profile.dataset}), {profile.frames} "
        f"frames of {width}×{height}, objects: {profile.objects}, device {profile.device}: phases",
        columns=tuple(_phase_columns(profile, traced)),
        rows=tuple(_phase_row(profile, total, traced) for total in profile.phases),
        footnotes=(*_about_phases(profile), *profile.remarks),
        tidy=tuple(_tidy_phase(profile, total) for total in profile.phases),
    )


def _phase_columns(profile: Profile, traced: bool) -> Iterator[Column]:
    yield Column("phase", "phase")
    yield Column("entered", "times entered", "count")
    yield Column("seconds", "ms", "count")
    yield Column("share", "share %", "percent")
    if not traced:
        return
    yield Column("profiled_seconds", "ms profiled", "count")
    if _on_device(profile):
        yield Column("device_seconds", "device ms", "count")
    yield Column("operator_calls", "operator calls", "count")
    yield Column("backward_passes", "backward passes", "count")
    yield Column("allocations", "allocations", "count")
    yield Column("bytes", "MiB allocated", "count")


def _phase_row(profile: Profile, total: PhaseTotal, traced: bool) -> Row:
    everything = sum(each.seconds for each in profile.phases)
    cells = [
        Cell(total.phase),
        Cell(total.entered),
        Cell(_milliseconds(total.seconds)),
        Cell(_share(total.seconds, everything)),
    ]
    if traced:
        cells.append(Cell(_milliseconds(total.profiled_seconds)))
        if _on_device(profile):
            cells.append(Cell(_milliseconds(total.device_seconds)))
        cells += [
            Cell(total.operator_calls),
            Cell(total.backward_passes),
            Cell(total.allocations),
            Cell(_mebibytes((total.host_bytes or 0) + (total.device_bytes or 0))),
        ]
    return Row(tuple(cells))


def _about_phases(profile: Profile) -> Iterator[str]:
    yield (
        "ms: wall clock of one pass after a warm-up, all frames together, without the profiler; "
        "an inner phase is taken out of the one around it."
    )
    if profile.slowdown is not None:
        ratio = f"Under the profiler the same pass took {profile.slowdown:.2f} times as long"
        if profile.slowdown >= 1:
            yield f"{ratio}: times of operators are those of the slower pass; read them as shares."
        else:
            yield (
                f"{ratio}, though a profiler only ever slows down: others were at work on the "
                "machine in the pass without it. Profile again when it is quiet."
            )
        yield (
            "Calls, passes and bytes are counts, which a busy machine does not change. MiB: of "
            "tensors, what was freed again not taken off."
        )
    facts = profile.machine
    threads = f", threads: {facts['threads']}" if "threads" in facts else ""
    torch = f", torch {facts['torch']}" if "torch" in facts else ""
    gpu = f", {facts['gpu']}" if "gpu" in facts else ""
    yield f"Machine: {facts.get('cpu', 'unknown')}{gpu}{threads}{torch}."


def _operators(profile: Profile, top: int | None, shapes: bool) -> Table:
    on_device = _on_device(profile)
    columns = [Column("phase", "phase"), Column("operator", "operator")]
    if shapes:
        columns.append(Column("shapes", "shapes of inputs"))
    columns += [
        Column("calls", "calls", "count"),
        Column("cpu_seconds", "self CPU ms", "count"),
        Column("cpu_share", "share %", "percent"),
    ]
    if on_device:
        columns += [
            Column("device_seconds", "self device ms", "count"),
            Column("device_share", "share %", "percent"),
        ]
    columns.append(Column("bytes", "MiB allocated", "count"))
    host = sum(total.cpu_seconds for total in profile.operators)
    device = sum(total.device_seconds for total in profile.operators)

    def cells(name: str, part: Sequence[OperatorTotal]) -> Row:
        first = part[0]
        cpu_seconds = sum(total.cpu_seconds for total in part)
        device_seconds = sum(total.device_seconds for total in part)
        made = [Cell(first.phase or None), Cell(name)]
        if shapes:
            made.append(Cell(first.shapes if len(part) == 1 else ""))
        made += [
            Cell(sum(total.calls for total in part) or None),
            Cell(_milliseconds(cpu_seconds)),
            Cell(_share(cpu_seconds, host)),
        ]
        if on_device:
            made += [Cell(_milliseconds(device_seconds)), Cell(_share(device_seconds, device))]
        allocated = sum(total.host_bytes + total.device_bytes for total in part)
        return Row((*made, Cell(_mebibytes(allocated))))

    return Table(
        title=f"{profile.method} on {profile.sequence}: operators by phase",
        columns=tuple(columns),
        rows=tuple(_rows(profile.operators, top, _operator_name, cells)),
        footnotes=tuple(_about_operators(profile)),
        tidy=tuple(_tidy_operator(profile, total) for total in profile.operators),
    )


def _about_operators(profile: Profile) -> Iterator[str]:
    yield (
        "Self: without the operators that it called, which have rows of their own. An operator "
        "belongs to the phase in which it began."
    )
    if _on_device(profile):
        yield "Time of the device belongs to the operator that launched the work, and to its phase."


def _functions(profile: Profile, top: int | None) -> Table:
    everything = sum(total.seconds for total in profile.functions)

    def cells(name: str, part: Sequence[FunctionTotal]) -> Row:
        seconds = sum(total.seconds for total in part)
        together = part[0].cumulative_seconds if len(part) == 1 else None
        return Row(
            (
                Cell(part[0].phase),
                Cell(name),
                Cell(sum(total.calls for total in part)),
                Cell(_milliseconds(seconds)),
                Cell(_share(seconds, everything)),
                Cell(_milliseconds(together)),
            )
        )

    return Table(
        title=f"{profile.method} on {profile.sequence}: functions of Python by phase",
        columns=(
            Column("phase", "phase"),
            Column("function", "function"),
            Column("calls", "calls", "count"),
            Column("seconds", "self ms", "count"),
            Column("share", "share %", "percent"),
            Column("cumulative_seconds", "total ms", "count"),
        ),
        rows=tuple(_rows(profile.functions, top, lambda each: each.function, cells)),
        footnotes=(
            "Self: without what it called; total: with it. Functions are from a pass of its own "
            "under cProfile, which slows down many short calls more than few long ones.",
        ),
        tidy=tuple(_tidy_function(profile, total) for total in profile.functions),
    )


def _rows(
    totals: Sequence[Total],
    top: int | None,
    name_of: Callable[[Total], str],
    cells: Callable[[str, Sequence[Total]], Row],
) -> Iterator[Row]:
    """The first of each phase, then the others of it in one row."""
    for _, group in groupby(totals, lambda total: total.phase):
        found = list(group)
        shown = found if top is None or len(found) <= top + 1 else found[:top]
        yield from (cells(name_of(each), [each]) for each in shown)
        others = found[len(shown) :]
        if others:
            yield cells(f"({len(others)} others)", others)


def _operator_name(total: OperatorTotal) -> str:
    """Shorter for the entries of the autograd engine.

    >>> _operator_name(OperatorTotal("init", ENGINE + "MulBackward0"))
    'engine: MulBackward0'
    """
    if total.operator.startswith(ENGINE):
        return f"engine: {total.operator.removeprefix(ENGINE)}"
    return total.operator


def _on_device(profile: Profile) -> bool:
    return any(total.device_seconds for total in profile.operators)


def _milliseconds(seconds: float | None) -> str | None:
    """Three digits that matter; right-aligned as a count is."""
    if seconds is None:
        return None
    value = 1000 * seconds
    return (
        f"{value:.0f}" if value >= 99.95 else f"{value:.1f}" if value >= 9.995 else f"{value:.2f}"
    )


def _mebibytes(size: int) -> str:
    return f"{size / MEBIBYTE:.1f}"


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _tidy_phase(profile: Profile, total: PhaseTotal) -> Mapping[str, Value]:
    return {
        **_tidy(profile, "phase", total.phase),
        "calls": total.entered,
        "seconds": total.seconds,
        "profiled_seconds": total.profiled_seconds,
        "device_seconds": total.device_seconds,
        "operator_calls": total.operator_calls,
        "backward_passes": total.backward_passes,
        "allocations": total.allocations,
        "host_bytes": total.host_bytes,
        "device_bytes": total.device_bytes,
    }


def _tidy_operator(profile: Profile, total: OperatorTotal) -> Mapping[str, Value]:
    return {
        **_tidy(profile, "operator", total.phase),
        "name": total.operator,
        "shapes": total.shapes,
        "calls": total.calls,
        "profiled_seconds": total.cpu_seconds,
        "device_seconds": total.device_seconds,
        "allocations": total.allocations,
        "host_bytes": total.host_bytes,
        "device_bytes": total.device_bytes,
    }


def _tidy_function(profile: Profile, total: FunctionTotal) -> Mapping[str, Value]:
    return {
        **_tidy(profile, "function", total.phase),
        "name": total.function,
        "calls": total.calls,
        "profiled_seconds": total.seconds,
        "cumulative_seconds": total.cumulative_seconds,
    }


def _tidy(profile: Profile, kind: str, phase: str) -> Mapping[str, Value]:
    return {
        "method": profile.method,
        "sequence": profile.sequence,
        "device": profile.device,
        "kind": kind,
        "phase": phase,
    }
