"""The JSON of a report, computed again from the runs that it is about.

Each run is verified first (`vosbench.verification`). Then the report is made anew twice: from the
records as they are stored, and as the masks would have them. A cell that is neither was altered, or
is older than the run; one that is as stored but not as recomputed drifted with the run.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vosbench.errors import DataError
from vosbench.records import Run
from vosbench.reports.compared import seeds, tidy, tidy_statistics
from vosbench.reports.compared.comparison import compare
from vosbench.reports.compared.entries import FIGURES, METRICS, QUOTED
from vosbench.reports.options import ReportOptions
from vosbench.reports.published import by_sequence as published
from vosbench.reports.selection import CHOSEN
from vosbench.reports.table import Value
from vosbench.timing import PHASES
from vosbench.verification.findings import (
    REPORT_OUTDATED,
    ROWS_MISSING,
    ROWS_SURPLUS,
    RUN_MISSING,
    Drift,
    ReportCheck,
    RunCheck,
    SequenceCheck,
)
from vosbench.verification.numbers import same
from vosbench.wording import counted

FROM_MASKS = frozenset((*FIGURES, *METRICS.values(), *METRICS, "frames_scored", "objects"))
"""Keys of cells that follow from masks and annotations."""

FROM_TIMINGS = frozenset(
    (
        "fps_amortised",
        "fps_steady",
        "passes",
        "doubts",
        "frames",
        *(f"seconds_{phase}" for phase in PHASES),
    )
)
"""Keys of cells that follow from timings."""

_OF_THE_TABLE = frozenset(
    (
        "title",
        "state",
        "reason",
        "against",
        "levels",
        "limited_to",
        *tidy_statistics.KEYS,
        *seeds.KEYS,
    )
)
"""Keys of cells that depend on all runs of a table."""

_Row = Mapping[str, Any]
_Place = tuple[str, str]  # run, and sequence or empty
_MEND = "make the report again"
_OUTDATED = (
    "the report does not say what the records of the run say: it was altered, or the run was made "
    f"or scored again since; {_MEND}"
)


def check_report(file: Path, runs: Path, check_run: Callable[[Path], RunCheck]) -> ReportCheck:
    """Every cell of a report that stands for a run, compared with what comes out today.

    Args:
        file: what `vosbench report --table per-sequence` or `overall` wrote as JSON.
        runs: folder that the folders of the runs lie in.
        check_run: folder of a run → its check.

    Raises:
        DataError: the file cannot be read or is no such report.
        UsageError: as `check_run`.
    """
    rows = _read(file)
    own = [row for row in rows if row["trust"] != QUOTED]
    names = dict.fromkeys(str(row["run"]) for row in own)
    checks = {name: check_run(runs / name) for name in names if (runs / name).is_dir()}
    # statistics of a run are over those too that a choice of rows left out
    chosen = any(row.get(CHOSEN) for row in rows)
    whole = len(checks) == len(names) and not (chosen and not _by_sequence(rows))
    options = _options(rows, whole=whole)
    work = _Report(file, runs, checks, whole=whole, options=options)
    drifts = tuple(work.drifts(own))
    present = [row for row in own if row["run"] in checks]
    return ReportCheck(
        report=str(file),
        runs=tuple(checks),
        from_masks=_count(present, FROM_MASKS),
        from_timings=_count(present, FROM_TIMINGS),
        quoted=tuple(dict.fromkeys(str(row["method"]) for row in rows if row["trust"] == QUOTED)),
        drifts=drifts,
        notes=tuple(_notes(checks.values())),
    )


@dataclass(frozen=True)
class _Report:
    """A report beside the checks of its runs.

    Attributes:
        file: of the report.
        runs: folder of runs.
        checks: by name of the run.
        whole: whether every run of the report is there.
        options: that its statistics depend on.
    """

    file: Path
    runs: Path
    checks: Mapping[str, RunCheck]
    whole: bool
    options: ReportOptions

    def drifts(self, rows: list[_Row]) -> Iterator[Drift]:
        """Whatever differs, in the order of the rows."""
        by_sequence = _by_sequence(rows)
        checks = self.checks.values()
        stored = _made([check.stored() for check in checks], by_sequence, self.options)
        fresh = _made([check.recomputed() for check in checks], by_sequence, self.options)
        for row in rows:
            place = _place(row)
            if row["run"] not in self.checks:
                why = f"there is no run {row['run']} in {self.runs}; name its folder with --runs"
                yield self._drift(place, "row", None, None, RUN_MISSING, why)
            elif place not in fresh:
                why = f"the run {row['run']} has no such row today; {_MEND}"
                yield self._drift(place, "row", None, None, ROWS_SURPLUS, why)
            else:
                yield from self._unequal(place, row, stored.get(place, {}), fresh[place])
        if any(row.get(CHOSEN) for row in rows):
            return
        for place in fresh.keys() - {_place(row) for row in rows}:
            why = f"the report lacks this row of the run {place[0]}; {_MEND}"
            yield self._drift(place, "row", None, None, ROWS_MISSING, why)

    def _unequal(
        self, place: _Place, row: _Row, stored: Mapping[str, Value], fresh: Mapping[str, Value]
    ) -> Iterator[Drift]:
        """Cells of one row that do not come out."""
        lost = [one for one in self._involved(place) if _lost(one)]
        for key in dict.fromkeys((*row, *fresh)):
            if key == CHOSEN or (key in _OF_THE_TABLE and not (self.whole and key != "title")):
                continue
            expected = None if lost and key in FROM_MASKS else fresh.get(key)
            if same(row.get(key), expected):
                continue
            cause, why = REPORT_OUTDATED, _OUTDATED
            blamed = self._blamed(place)
            if blamed is not None and same(row.get(key), stored.get(key)):
                cause, why = blamed.cause, blamed.why
            yield self._drift(place, key, row.get(key), expected, cause, why)

    def _involved(self, place: _Place) -> tuple[SequenceCheck, ...]:
        """Sequences that a row is about."""
        run, sequence = place
        sequences = self.checks[run].sequences
        return tuple(one for one in sequences if sequence in ("", tidy.MEAN, one.sequence))

    def _blamed(self, place: _Place) -> Drift | None:
        """The first drift of records of the run that moves a row."""
        drifts = (drift for one in self._involved(place) for drift in one.drifts)
        return next((drift for drift in drifts if drift.file.startswith("records/")), None)

    def _drift(
        self, place: _Place, figure: str, stored: Value, recomputed: Value, cause: str, why: str
    ) -> Drift:
        return Drift(
            run=place[0],
            sequence=place[1],
            file=str(self.file),
            figure=figure,
            stored=stored,
            recomputed=recomputed,
            cause=cause,
            why=why,
        )


def _by_sequence(rows: list[_Row]) -> bool:
    return any("sequence" in row for row in rows)


def _lost(check: SequenceCheck) -> bool:
    """Whether a sequence had a result that masks cannot give today."""
    return check.record is not None and check.record.state == "done" and check.scores is None


def _made(
    runs: list[Run], by_sequence: bool, options: ReportOptions
) -> dict[_Place, Mapping[str, Value]]:
    """Rows of the report of these runs, by run and sequence."""
    if not runs:
        return {}
    rows = tidy.by_sequence if by_sequence else tidy.by_entry
    compared = compare(runs, options)
    made = (row for comparison in compared for row in rows(comparison))
    return {_place(row): row for row in made if row["trust"] != QUOTED}


def _options(rows: list[_Row], *, whole: bool) -> ReportOptions:
    """The options of a report, as its rows tell of them; what not every run is there for is not."""
    limits = [str(row["limited_to"]) for row in rows if row.get("limited_to")]
    sequences = tuple(dict.fromkeys(name for limit in limits for name in limit.split(",")))
    if not whole:
        return ReportOptions(sequences=sequences or None)
    quoted = dict.fromkeys(
        str(row["method"])
        for row in rows
        if row["trust"] == QUOTED and row["method"] in published.names(str(row.get("dataset")))
    )
    against = next((str(row["against"]) for row in rows if row.get("against")), None)
    return ReportOptions(
        sequences=sequences or None,
        published=tuple(quoted),
        against=against,
        across_levels=any(row.get("levels") == "across" for row in rows),
    )


def _place(row: Mapping[str, Any]) -> _Place:
    return str(row["run"]), str(row.get("sequence", ""))


def _count(rows: Iterable[_Row], keys: frozenset[str]) -> int:
    """Number of cells under `keys` that hold something."""
    return sum(row[key] is not None for row in rows for key in row if key in keys)


def _notes(checks: Iterable[RunCheck]) -> Iterator[str]:
    """Runs that drifted themselves, wherever the report shows it."""
    for check in checks:
        if check.drifts:
            many = counted(len(check.drifts), "stored value")
            yield f"{many} of the run {check.run} do not come out again: vosbench verify tells more"


def _read(file: Path) -> list[_Row]:
    """Rows of a report."""
    wanted = "expected what `vosbench report --table per-sequence --format json` writes, or overall"
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{file} cannot be read: {error.strerror}; {wanted}") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"{file} is no JSON: {error}; {wanted}") from error
    if not isinstance(rows, list) or not rows or not all(_is_row(row) for row in rows):
        raise DataError(f"{file} is no report that can be verified; {wanted}")
    return rows


def _is_row(row: object) -> bool:
    """Whether it is a row of the tables per-sequence or overall."""
    return (
        isinstance(row, dict)
        and {"run", "trust", "title", "method"} <= row.keys()
        and ("sequence" in row) != ("sequences" in row)
        and "object" not in row  # those of table per-object are of the same run and sequence
        and (row["trust"] == QUOTED or isinstance(row["run"], str))
    )
