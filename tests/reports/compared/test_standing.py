"""Who is told apart from whom in a comparison, and within which level of trust."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from vosbench.records import Run
from vosbench.reports.compared.comparison import Comparison, compare
from vosbench.reports.compared.standing import Standing, ranks, standings
from vosbench.reports.options import ReportOptions
from vosbench.reports.published import by_sequence
from vosbench.reports.scores import overall, per_sequence
from vosbench.statistics import estimate_mean

MakeRun = Callable[..., Run]
NAMES = tuple(f"s{number}" for number in range(8))


def level_run(make_run: MakeRun, method: str, J: float, **facts: object) -> Run:
    """A run whose scores hardly differ between sequences, so that few tell it from another."""
    return make_run(
        method, {name: [J + 0.001 * (place % 3)] for place, name in enumerate(NAMES)}, **facts
    )


def compared(*runs: Run, **options: object) -> Comparison:
    (only,) = compare(runs, ReportOptions(**options))  # type: ignore[arg-type]
    return only


def test_the_best_and_what_is_not_told_from_it_are_the_top(make_run: MakeRun) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, len(NAMES))
    off = noise - noise.mean()
    uneven = make_run("uneven", {n: [0.79 + e] for n, e in zip(NAMES, off, strict=True)})
    runs = (level_run(make_run, "best", 0.8), uneven, level_run(make_run, "worse", 0.5))
    found = standings(compared(*runs), "J_mean")
    assert found.each[0] == Standing(rank=1, letters="a", top=True)
    assert found.each[1] == Standing(rank=2, letters="a", top=True)
    assert found.each[2] == Standing(rank=3, letters="b", top=False)
    assert (found.sequences, found.pairs, len(found.smallest)) == (8, 3, 3)


def test_lower_is_better_where_it_is(make_run: MakeRun) -> None:
    runs = (level_run(make_run, "high", 0.8), level_run(make_run, "low", 0.4))
    assert [each.top for each in standings(compared(*runs), "J_decay", "down").each] == [
        False,
        True,
    ]


def test_every_level_has_a_top_and_letters_of_its_own(make_run: MakeRun) -> None:
    runs = (
        level_run(make_run, "a", 0.5),
        level_run(make_run, "b", 0.4),
        level_run(make_run, "c", 0.9, imported=True),
        level_run(make_run, "d", 0.8, imported=True),
        level_run(make_run, "e", 0.99, sees_annotations=True),
    )
    found = standings(compared(*runs), "J_mean")
    assert [each.letters for each in found.each] == ["a", "b", "c", "d", ""]
    assert [each.rank for each in found.each] == [1, 2, 1, 2, None]
    across = standings(compared(*runs, across_levels=True), "J_mean")
    assert [each.rank for each in across.each] == [3, 4, 1, 2, None]
    assert [each.top for each in across.each] == [False, False, True, False, False]


def test_what_is_incomplete_takes_no_part(make_run: MakeRun) -> None:
    part = make_run("part", {name: [0.9] if name == "s0" else None for name in NAMES})
    runs = (level_run(make_run, "a", 0.5), level_run(make_run, "b", 0.4), part)
    comparison = compared(*runs)
    assert [each.rank for each in standings(comparison, "J_mean").each] == [1, 2, None]
    only = standings(comparison, "J_mean", sequences=["s0"])
    assert [each.rank for each in only.each] == [2, 3, 1]
    assert not only.possible


def test_who_lacks_a_figure_takes_no_part_in_it(make_run: MakeRun) -> None:
    quoted = by_sequence.load("PReMVOS", "davis2017")  # recall of objects is not published
    assert quoted is not None
    figures = {name: [0.5] * len(one.objects) for name, one in quoted.outcomes.items()}
    run = make_run("mine", figures, dataset="davis2017")
    asked = ReportOptions(published=("PReMVOS",), across_levels=True)
    (table,) = overall.build([run], asked)
    places = {column.key: place for place, column in enumerate(table.columns)}
    ranked = [[row.cells[places[key]].rank for row in table.rows] for key in ("J_mean", "J_recall")]
    assert ranked == [[2, 1], [None, None]]


def test_few_sequences_put_none_at_the_top(make_run: MakeRun) -> None:
    runs = (make_run("a", {"s": [0.9], "t": [0.9]}), make_run("b", {"s": [0.1], "t": [0.1]}))
    assert standings(compared(*runs), "J_mean").each == (Standing(1), Standing(2))
    (table,) = overall.build(runs, ReportOptions())
    assert any("2 sequences cannot tell means apart" in text for text in table.footnotes)
    assert not any(row.cells[1].best for row in table.rows)


def test_tables_say_what_their_marks_mean(make_run: MakeRun) -> None:
    runs = (level_run(make_run, "a", 0.5), level_run(make_run, "b", 0.4, imported=True))
    (apart,) = per_sequence.build(runs, ReportOptions())
    assert apart.best_means.startswith("best of its row within one level of trust")
    assert not any(cell.best for row in apart.rows[:-1] for cell in row.cells)
    (across,) = per_sequence.build(runs, ReportOptions(across_levels=True))
    assert across.best_means.startswith("best of its row over all levels of trust")
    assert "these 8 sequences do not tell from it (95 %)" in across.best_means
    assert any(text.startswith("Letters: means of all levels") for text in across.footnotes)
    assert across.rows[0].cells[1].best


def test_single_values_are_ranked_within_their_level(make_run: MakeRun) -> None:
    runs = (
        make_run("a", {"s": [0.5]}),
        make_run("b", {"s": [0.50001]}),  # prints alike
        make_run("c", {"s": [0.4]}),
        make_run("d", {"s": [0.9]}, imported=True),
    )
    assert ranks(compared(*runs), [0.5, 0.50001, 0.4, 0.9]) == (1, 1, 3, None)
    assert ranks(compared(*runs), [0.5, None, 0.4, 0.9]) == (1, None, 2, None)


def test_cells_of_means_carry_what_is_known_of_them(make_run: MakeRun) -> None:
    runs = (level_run(make_run, "a", 0.5), level_run(make_run, "b", 0.4))
    (table,) = overall.build(runs, ReportOptions())
    cell = table.rows[0].cells[2]
    assert table.columns[2].key == "J_mean"
    assert (cell.n, cell.rank, cell.letters, cell.best) == (8, 1, "a", True)
    assert cell.interval is not None
    assert cell.interval[0] < cell.value < cell.interval[1]  # type: ignore[operator]
    assert cell.about is not None
    assert (cell.about.title, cell.about.run) == ("a", "a-1")
    assert [row["J_letters"] for row in table.tidy] == ["a", "b"]
    assert (table.tidy[0]["J_low"], table.tidy[0]["J_high"]) == cell.interval
    (text,) = [text for text in table.footnotes if text.startswith("Smallest true difference")]
    assert "J&F" in text


def test_methods_alike_but_for_one_sequence_have_no_smallest_difference(
    make_run: MakeRun,
) -> None:
    scores = {name: [0.5 + 0.04 * place] for place, name in enumerate(NAMES)}
    twins = (make_run("a", scores), make_run("b", scores | {NAMES[0]: [0.1]}))
    others = (*twins, level_run(make_run, "c", 0.1))
    said = "Smallest true difference in J&F that so many sequences tell apart in 80 % of "
    for runs, wanted in (
        (twins, ": none for 1 pair, alike but for a few sequences."),
        (others, "; none for 1 pair, alike but for a few sequences."),
    ):
        (table,) = overall.build(runs, ReportOptions())
        (text,) = [text for text in table.footnotes if text.startswith(said)]
        assert text.endswith(wanted)
        assert [row.cells[1].letters for row in table.rows] == ["a", "a", "b"][: len(runs)]


def test_intervals_stand_below_the_means_of_sequences(make_run: MakeRun) -> None:
    runs = (level_run(make_run, "a", 0.5), level_run(make_run, "b", 0.4))
    (table,) = per_sequence.build(runs, ReportOptions())
    below = {str(row.cells[0].value): row.cells[1:] for row in table.rows if row.summary}
    assert [cell.letters for cell in below["mean over objects (8)"]] == ["a", "b"]
    drawn = np.random.default_rng(0)
    first = estimate_mean({n: [0.5 + 0.001 * (i % 3)] for i, n in enumerate(NAMES)}, drawn)
    shown = [cell.value for cell in below["95 % interval"]]
    assert shown[0] == f"{100 * first.low:.1f}–{100 * first.high:.1f}"
    assert str(shown[1]).startswith("40.0–")


@pytest.mark.parametrize("build", [overall.build, per_sequence.build])
def test_ten_methods_on_thirty_sequences_take_no_time(
    make_run: MakeRun, build: Callable[..., object]
) -> None:
    scores = np.random.default_rng(0).uniform(0.2, 0.9, (10, 30, 2))
    runs = [
        make_run(f"m{number}", {f"s{place}": list(pair) for place, pair in enumerate(rows)})
        for number, rows in enumerate(scores)
    ]
    start = time.process_time()
    build(runs, ReportOptions(against="m3"))
    assert time.process_time() - start < 4  # half a second where nothing else runs
