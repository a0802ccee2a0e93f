import pytest
from hypothesis import given
from hypothesis import strategies as st

from vosbench.reports.table import Cell, Column, Notes, Row, Table, best, listed, stacked, written

fractions = st.floats(0, 1)


def test_per_cent_has_one_decimal_and_no_negative_zero() -> None:
    assert [written(value, "percent") for value in (1.0, 0.7434, -0.0001, -0.05, None)] == [
        "100.0",
        "74.3",
        "0.0",
        "-5.0",
        "–",
    ]


def test_rates_keep_the_digits_that_matter() -> None:
    rates = (1234.5, 99.97, 12.345, 9.999, 0.29, 0.0123, 0.0)
    assert [written(rate, "fps") for rate in rates] == [
        "1230",
        "100",
        "12.3",
        "10.0",
        "0.29",
        "0.012",
        "0.00",
    ]


def test_values_that_print_alike_are_all_best() -> None:
    assert best([0.90049, 0.9, 0.89, None], "percent", "up") == {0, 1}


def test_lowest_is_best_where_lower_is_better() -> None:
    assert best([0.2, -0.1, 0.0], "percent", "down") == {1}


def test_nothing_is_best_alone_or_without_a_direction() -> None:
    assert best([0.9, None], "percent", "up") == frozenset()
    assert best([0.9, 0.8], "percent", "") == frozenset()


@given(st.lists(st.none() | fractions, max_size=6), st.sampled_from(["up", "down"]))
def test_the_top_value_is_always_among_the_best(values: list[float | None], way: str) -> None:
    known = [value for value in values if value is not None]
    found = best(values, "percent", way)
    assert bool(found) == (len(known) > 1)
    if found:
        top = max(known) if way == "up" else min(known)
        assert values.index(top) in found
        assert len({written(values[index], "percent") for index in found}) == 1


@given(st.text(st.characters(codec="ascii", exclude_categories=["C"]), max_size=60))
def test_a_stacked_title_loses_nothing_but_blanks(title: str) -> None:
    lines = stacked(title)
    assert "".join(lines).replace(" ", "") == "".join(title.split())
    assert all(len(line) <= 25 for line in lines)


def test_a_row_must_fit_the_columns() -> None:
    with pytest.raises(ValueError, match="2 cells for 1 columns"):
        Table("t", (Column("a", "a"),), (Row((Cell(1), Cell(2))),))


def test_equal_notes_share_a_number() -> None:
    notes = Notes()
    assert [notes.number(text) for text in ("a", "b", "a")] == [1, 2, 1]
    assert notes.texts() == ("a", "b")


def test_names_are_listed_as_in_a_sentence() -> None:
    assert [listed("a"), listed("ab"), listed("abc")] == ["a", "a and b", "a, b and c"]
