"""Rows of tables, sorted, filtered and cut short."""

import operator
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports import tables
from vosbench.reports.options import ReportOptions
from vosbench.reports.selection import CHOSEN, Selection, select, selected
from vosbench.reports.table import Cell, Column, Row, Subject, Table, written

MakeRun = Callable[..., Run]

COLUMNS = (
    Column("sequence", "sequence (objects)"),
    Column("J_mean", "J mean", "percent", "up"),
    Column("decay", "J decay", "percent", "down"),
    Column("latency", "latency (ms)", "milliseconds"),
)
Found = tuple[str, float | None]


def table(*found: Found, columns: tuple[Column, ...] = COLUMNS, summary: bool = True) -> Table:
    """A row for each name and J; all its figures are J, its note and tidy row its own."""
    rows = [
        Row(
            (
                Cell(name, about=Subject(sequence=name)),
                Cell(value, notes=(number,)),
                Cell(value),
                Cell(value),
            )
        )
        for number, (name, value) in enumerate(found, 1)
    ]
    mean = [Row((Cell("mean"), Cell(0.5), Cell(0.5), Cell(0.5)), summary=True)] * summary
    return Table(
        "t",
        columns,
        (*rows, *mean),
        notes=tuple(f"note of {place}" for place in range(len(rows))),
        footnotes=("said before",),
        tidy=tuple({"sequence": name, "J": value} for name, value in (*found, ("MEAN", 0.5))),
    )


ABC = table(("goat (2)", 0.55), ("Cows (1)", None), ("blackswan (1)", 0.945), ("dog (1)", 0.3))


def chosen(made: Table = ABC, **asked: Any) -> list[object]:
    return [row.cells[0].value for row in selected(made, Selection(**asked)).rows]


class TestSort:
    @pytest.mark.parametrize(
        ("sort", "order"),
        [
            ("J_mean", "bgdC"),  # the best first
            ("J decay", "dgbC"),  # of a figure that is better low
            ("latency", "dgbC"),  # neither is better
            ("j MEAN:asc", "dgbC"),
            ("J:desc", "bgdC"),
            ("sequence", "bCdg"),
            ("Sequence (objects):desc", "gdCb"),
        ],
    )
    def test_columns_are_found_and_what_has_no_value_is_last(self, sort: str, order: str) -> None:
        *body, mean = chosen(sort=sort)
        assert [str(name)[0] for name in body] == list(order)
        assert mean == "mean"

    @given(
        st.lists(st.tuples(st.text("ab", max_size=2), st.sampled_from([None, 0.1, 0.2, 0.3]))),
        st.sampled_from(["asc", "desc"]),
    )
    def test_a_sorted_table_is_the_same_rows_and_equal_ones_keep_their_order(
        self, found: list[Found], way: str
    ) -> None:
        made = table(*found)
        after = selected(made, Selection(sort=f"J_mean:{way}"))
        *body, mean = after.rows
        places = [int(after.notes[row.cells[1].notes[0] - 1].split()[-1]) for row in body]
        assert sorted(places) == list(range(len(found)))
        values = [found[place][1] for place in places]
        known = [value for value in values if value is not None]
        assert values == known + [None] * (len(values) - len(known))
        assert known == sorted(known, reverse=way == "desc")
        for value in set(values):
            alike = [place for place in places if found[place][1] == value]
            assert alike == sorted(alike)
        assert mean == made.rows[-1]
        assert after.footnotes == made.footnotes  # nothing was left out


SIGNS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}


class TestWhere:
    @pytest.mark.parametrize(
        ("where", "names"),
        [
            (["J<60"], "gd"),
            (["J <= 55.0"], "gd"),
            (["J_mean>55%"], "b"),
            (["J=94.5"], "b"),
            (["J!=94.5"], "gd"),  # without a value there is nothing to compare
            (["J>20", "J<60"], "gd"),
            (["latency (ms)<400"], "d"),
            (["sequence=cows"], "C"),
            (["sequence=*o*"], "gCd"),
            (["sequence!=*o*"], "b"),
            (["sequence=goat (2)"], "g"),
            (["sequence=oat"], ""),
        ],
    )
    def test_only_rows_that_meet_all_conditions_stay(self, where: list[str], names: str) -> None:
        *body, mean = chosen(where=tuple(where))
        assert [str(name)[0] for name in body] == list(names)
        assert mean == "mean"

    @given(
        st.lists(st.tuples(st.text("ab", max_size=2), st.none() | st.floats(0, 1)), max_size=8),
        st.sampled_from(list(SIGNS)),
        st.integers(0, 1000),
    )
    def test_a_filter_keeps_exactly_what_is_seen_to_meet_it(
        self, found: list[Found], sign: str, tenths: int
    ) -> None:
        limit = tenths / 10
        after = selected(table(*found), Selection(where=(f"J_mean {sign} {limit}",)))
        kept = [after.notes[row.cells[1].notes[0] - 1] for row in after.rows[:-1]]
        assert kept == [
            f"note of {place}"
            for place, (_, value) in enumerate(found)
            if value is not None and SIGNS[sign](float(written(value, "percent")), limit)
        ]

    def test_a_title_may_hold_a_sign(self) -> None:
        columns = (COLUMNS[0], Column("x", "J (t<=5)", "percent"), *COLUMNS[2:])
        assert chosen(table(("a", 0.5), ("b", 0.7), columns=columns), where=("J (t<=5)>60",)) == [
            "b",
            "mean",
        ]

    @pytest.mark.parametrize(
        ("where", "said"),
        [
            ("J~60", "not 'J~60'"),
            ("<60", "not '<60'"),
            ("Jmean<60", r"no column 'Jmean' in 't' \(did you mean J mean\?\); it has sequence"),
            ("J mean<low", "J mean holds numbers, and 'low' is none"),
            ("sequence<b", "holds text; compare it with = or !="),
        ],
    )
    def test_what_cannot_be_read_is_said(self, where: str, said: str) -> None:
        with pytest.raises(UsageError, match=said):
            chosen(where=(where,))

    def test_a_name_of_two_columns_is_asked_back(self) -> None:
        columns = (COLUMNS[0], Column("a", "same"), Column("b", "same"), COLUMNS[3])
        with pytest.raises(UsageError, match="may be any of a, b; choose one"):
            chosen(table(("x", 0.5), columns=columns), sort="same")

    def test_columns_are_told_by_their_titles_where_these_differ(self) -> None:
        titles = ("OSVOS (re-scored)", "OSVOS (quoted)")
        columns = (COLUMNS[0], *(Column(f"k{n}", each) for n, each in enumerate(titles)))
        with pytest.raises(UsageError, match=r"any of OSVOS \(re-scored\), OSVOS \(quoted\)"):
            selected(Table("t", columns, ()), Selection(sort="OSVOS"))


class TestTop:
    def test_the_first_rows_of_the_order_asked_for(self) -> None:
        assert chosen(top=2) == ["goat (2)", "Cows (1)", "mean"]
        assert chosen(top=2, sort="J") == ["blackswan (1)", "goat (2)", "mean"]
        assert len(chosen(top=9)) == 5


class TestWhatGoesWithRows:
    def test_what_was_left_out_is_said(self) -> None:
        after = selected(ABC, Selection(where=("J<60",), sort="J", top=1))
        assert after.footnotes == (
            "said before",
            "1 of 4 sequences shown: J<60 and the first 1 by J; "
            "rows below the rule are over all of them.",
        )

    def test_notes_of_other_rows_go_and_the_rest_is_counted_anew(self) -> None:
        after = selected(ABC, Selection(where=("J<60",)))
        assert after.notes == ("note of 0", "note of 3")
        assert [row.cells[1].notes for row in after.rows] == [(1,), (2,), ()]

    def test_tidy_rows_follow(self) -> None:
        made = table(("a", 0.5), ("b", 0.7), ("c", 0.6))
        kept = selected(made, Selection(where=("J>55",)))
        assert [row["sequence"] for row in kept.tidy] == ["b", "c", "MEAN"]
        ordered = selected(made, Selection(sort="J"))
        assert [row["sequence"] for row in ordered.tidy] == ["b", "c", "a", "MEAN"]

    def test_nothing_asked_changes_nothing(self) -> None:
        assert selected(ABC, Selection()) == ABC

    def test_a_table_without_the_column_stays_whole_and_says_so(self) -> None:
        other = Table("u", (Column("m", "method"),), (Row((Cell("a"),)),))
        first, second = select((ABC, other), Selection(where=("J<40",)))
        assert len(first.rows) == 2
        assert second.rows == other.rows
        assert second.footnotes == (
            "All rows are shown: J<40 cannot be asked of the columns of this table.",
        )


def test_tidy_rows_follow_in_every_table(made: tuple[Table, ...]) -> None:
    for whole in made:
        body = [row for row in whole.rows if not row.summary]
        parts = []
        for place, row in enumerate(body):
            first = replace(whole, rows=(row, *body[:place], *body[place + 1 :]))
            kept = selected(first, Selection(top=1)).tidy
            assert all(row[CHOSEN] == "the first 1" for row in kept if len(body) > 1)
            parts.append([{k: v for k, v in row.items() if k != CHOSEN} for row in kept])
        if len(body) > 1 and whole.tidy:
            # rows about no row of the body, such as means, are in every part
            common = [row for row in whole.tidy if all(row in part for part in parts)]
            alone = [row for part in parts for row in part if row not in common]
            assert alone, whole.title
            assert all(row in alone or row in common for row in whole.tidy)


def test_tables_of_runs_are_chosen_from(make_run: MakeRun) -> None:
    runs = (
        make_run("a", {"s": [0.25], "t": [0.5, 0.75], "u": [0.875]}),
        make_run("b", {"s": [0.5], "t": [0.5, 0.25], "u": [0.125]}),
    )

    def shown(name: str, **asked: Any) -> tuple[list[object], list[object]]:
        (made,) = tables.build(name, runs, ReportOptions(**asked))
        rows = [row.cells[0].value for row in made.rows if not row.summary]
        key = "run" if name == "overall" else "sequence"
        return rows, [row[key] for row in made.tidy if row["method"] == "a" or key == "run"]

    assert shown("per-sequence", where=("a>50",)) == (["t (2)", "u (1)"], ["t", "u", "MEAN"])
    assert shown("per-object", where=("b<40",), sort="b:asc") == (["u/1", "t/2"], ["u", "t"])
    assert shown("overall", sort="J:asc") == (["b", "a"], ["b-1", "a-1"])
    assert shown("overall", top=1, sort="J") == (["a"], ["a-1"])
