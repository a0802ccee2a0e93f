"""Table failures: events by price, and kinds that come to 100."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.failures.made_failures import during, film, kept_run, zoo
from vosbench import kept_frames
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import UsageError
from vosbench.failures.events import DRIFT, LOST
from vosbench.records import Run
from vosbench.reports import tables
from vosbench.reports.formats.render import FORMATS, render
from vosbench.reports.table import Subject, Table, shown
from vosbench.reports.tables import ReportOptions
from vosbench.store import load_runs

HERE, PAIR = {1: (20, 20, 40, 40)}, {1: (20, 20, 40, 40), 2: (20, 100, 40, 40)}
ADRIFT = {1: (70, 100, 40, 40)}
ZOO = zoo({"one": film(HERE), "two": film(PAIR)})
WEAK = {
    "one": film(HERE, during(2, 5, {}) | during(8, 9, ADRIFT)),
    "two": film(PAIR, during(1, 4, {2: PAIR[2]})),
}
STRONG = {"one": film(HERE, during(3, 5, {})), "two": film(PAIR)}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    kept_run(folder, ZOO, "weak", WEAK)
    kept_run(folder, ZOO, "strong", STRONG)
    return folder


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(kept_frames, "dataset_of", lambda manifest, places: ZOO)
    yield


def runs_in(folder: Path) -> tuple[Run, ...]:
    """The weak one first; both as if the masks were made here."""
    found = sorted(load_runs(folder), key=lambda run: run.manifest.method, reverse=True)
    return tuple(replace(run, manifest=replace(run.manifest, imported=False)) for run in found)


def built(folder: Path, runs: tuple[Run, ...] | None = None, **asked: object) -> tuple[Table, ...]:
    options = ReportOptions(runs_folder=str(folder), **asked)  # type: ignore[arg-type]
    return tables.build("failures", runs_in(folder) if runs is None else runs, options)


def texts(table: Table) -> list[list[str]]:
    """What a reader sees, row by row."""
    return [
        [shown(cell, column) for cell, column in zip(row.cells, table.columns, strict=True)]
        for row in table.rows
    ]


def said(table: Table) -> str:
    return " ".join(table.footnotes)


def test_events_are_ranked_by_price(kept: Path) -> None:
    events, _ = built(kept)
    assert texts(events) == [
        # of 3 objects with 10 frames each; the first method loses 10 of them, the other 3
        ["weak", LOST, "one", "1", "2–5", "2", "13.33", "40.0"],
        ["weak", LOST, "two", "1", "1–4", "1", "13.33", "80.0"],
        ["strong", LOST, "one", "1", "3–5", "3", "10.00", "100.0"],
        ["weak", DRIFT, "one", "1", "8–9", "8", "6.67", "100.0"],
    ]


def test_every_cell_of_an_event_leads_to_its_worst_frame(kept: Path) -> None:
    events, _ = built(kept)
    weak = runs_in(kept)[0].manifest.run
    assert {cell.about for cell in events.rows[-1].cells} == {Subject("weak", weak, "one", 1, 8)}


def test_kinds_come_to_a_hundred(kept: Path) -> None:
    _, kinds = built(kept)
    assert texts(kinds) == [
        [LOST, "26.67", "2", "10.00", "1"],
        [DRIFT, "6.67", "1", "0.00", "0"],
        ["no failure, slight loss", "0.00", "–", "0.00", "–"],
        ["no kind", "0.00", "–", "0.00", "–"],
        ["J&F", "66.67", "–", "90.00", "–"],
        ["sum", "100.00", "–", "100.00", "–"],
    ]
    assert "Not met: identity switch, false positive" in said(kinds)


def test_what_is_not_shown_is_counted(kept: Path) -> None:
    events, kinds = built(kept, top=1)
    assert len(events.rows) == 1
    assert "2 events of weak (20.00) and 1 event of strong (10.00)" in said(events)
    assert len(kinds.rows) == 6
    assert len([row for row in events.tidy if row["level"] == "event"]) == 4


def test_twenty_events_are_shown_unless_rows_are_chosen(tmp_path: Path) -> None:
    flicker = {n: {} if n % 4 else HERE for n in (1, 5, 9)}
    names = [f"clip{number}" for number in range(8)]
    data = zoo(dict.fromkeys(names, film(HERE)))
    made = kept_run(tmp_path, data, "flicker", dict.fromkeys(names, film(HERE, flicker)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept_frames, "dataset_of", lambda manifest, places: data)
        assert len(built(tmp_path, (made,))[0].rows) == 20
        assert len(built(tmp_path, (made,), top=22)[0].rows) == 22
        assert len(built(tmp_path, (made,), where=("frames=1",))[0].rows) == 8


def test_conditions_choose_among_all_events(kept: Path) -> None:
    events, kinds = built(kept, where=(f"kind={DRIFT}",))
    assert [row[1] for row in texts(events)] == [DRIFT]
    assert texts(kinds) == texts(built(kept)[1])  # or it would not come to 100
    with pytest.raises(UsageError, match="colour"):
        built(kept, where=("colour=blue",))


def test_against_another_run_its_frames_are_the_measure(kept: Path) -> None:
    events, kinds = built(kept, against="strong")
    assert "strong would win back" in events.title
    assert texts(events) == [
        ["weak", LOST, "two", "1", "1–4", "1", "13.33", "13.33"],
        ["weak", DRIFT, "one", "1", "8–9", "8", "6.67", "20.00"],
        ["weak", LOST, "one", "1", "2–5", "2", "3.33", "23.33"],
    ]
    assert [row[1] for row in texts(kinds)[-2:]] == ["66.67", "90.00"]
    assert texts(kinds)[-1][0] == "J&F of strong, same frames"
    assert {row["against"] for row in (*events.tidy, *kinds.tidy)} == {"strong"}


def test_events_without_gain_come_last_and_are_counted(kept: Path) -> None:
    events, _ = built(kept, against="weak")
    assert texts(events) == [["strong", LOST, "one", "1", "3–5", "3", "0.00", "0.00"]]
    assert "1 event would win nothing" in said(events)


def test_levels_of_trust_are_compared_when_asked(kept: Path) -> None:
    weak, strong = runs_in(kept)
    stored = replace(strong, manifest=replace(strong.manifest, imported=True))
    with pytest.raises(UsageError, match=r"level of trust with strong .re-scored.*--across-levels"):
        built(kept, (weak, stored), against="strong")
    events, _ = built(kept, (weak, stored), against="strong", across_levels=True)
    assert len(events.rows) == 3


def test_quoted_figures_have_no_masks(kept: Path, make_run: Callable[..., Run]) -> None:
    runs = tuple(
        replace(run, manifest=replace(run.manifest, dataset="davis2016")) for run in runs_in(kept)
    )
    extra = make_run("third", {"blackswan": None})
    runs = (*runs, replace(extra, manifest=replace(extra.manifest, protocol="davis2017")))
    events, _ = built(kept, runs, published=("PReMVOS",))
    assert re.search("PReMVOS.*: published figures without masks, so no failures", said(events))
    assert "third: nothing scored" in said(events)
    with pytest.raises(UsageError, match="has published figures only"):
        built(kept, runs, against="PReMVOS")


def test_incomplete_runs_are_marked(kept: Path) -> None:
    weak, strong = runs_in(kept)
    short = replace(strong, records=tuple(r for r in strong.records if r.sequence == "one"))
    _, kinds = built(kept, (weak, short))
    row = next(row for row in kinds.rows if row.cells[0].value == "J&F")
    assert [cell.incomplete for cell in row.cells[1::2]] == [False, True]
    assert "† over what is there only" in said(kinds)


def test_without_scores_there_is_nothing_to_find(kept: Path) -> None:
    weak = runs_in(kept)[0]
    with pytest.raises(UsageError, match="none of the runs on drawn has scores"):
        built(kept, (replace(weak, records=()),))


def test_a_dataset_that_lies_nowhere_is_one_sentence(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    runs = tuple(
        replace(run, manifest=replace(run.manifest, dataset="davis2017")) for run in runs_in(kept)
    )
    with pytest.raises(UsageError, match="needs --root") as raised:
        built(kept, runs, places=DatasetOptions())
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("style", FORMATS)
def test_every_format_shows_it(kept: Path, style: str) -> None:
    assert DRIFT in render(built(kept), style)


def test_csv_holds_events_and_kinds_as_fractions(kept: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(render(built(kept), "csv"))))
    events = [row for row in rows if row["level"] == "event"]
    keys = ("first_frame", "last_frame", "frame", "frames")
    assert [events[0][key] for key in keys] == ["2", "5", "2", "4"]
    assert float(events[0]["price"]) == pytest.approx(4 / 30)
    for method in ("weak", "strong"):
        own = [row for row in rows if row["level"] == "kind" and row["method"] == method]
        total = sum(float(row["price"]) for row in own) + float(own[0]["J&F"])
        assert total == pytest.approx(1)
