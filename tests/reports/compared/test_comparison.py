from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports.compared import footnotes
from vosbench.reports.compared.comparison import Comparison, compare, in_order
from vosbench.reports.options import ReportOptions

MakeRun = Callable[..., Run]

subsets = st.lists(st.sets(st.integers(0, 9)), max_size=4)


def test_lists_that_contradict_each_other_are_joined() -> None:
    assert in_order([("b", "a"), ("a", "b", "c")]) == ("b", "a", "c")


@given(subsets, st.permutations(range(10)))
def test_the_order_of_the_dataset_is_kept(parts: list[set[int]], order: list[int]) -> None:
    """Every list is a part of one order; so is the result wherever the lists say so."""
    lists = [[str(number) for number in order if number in part] for part in parts]
    joined = in_order(lists)
    assert sorted(joined) == sorted({name for names in lists for name in names})
    for names in lists:
        assert [name for name in joined if name in names] == names


@given(subsets)
def test_an_alphabetical_dataset_stays_alphabetical(parts: list[set[int]]) -> None:
    joined = in_order([[str(number) for number in sorted(part)] for part in parts])
    assert list(joined) == sorted(joined)


def compared(*runs: Run, **options: object) -> Comparison:
    (only,) = compare(runs, ReportOptions(**options))  # type: ignore[arg-type]
    return only


class TestSequences:
    def test_means_are_over_those_asked_for(self, make_run: MakeRun) -> None:
        run = make_run("a", {"cow": [0.2], "dog": [0.4], "elk": [0.9]})
        found = compared(run, sequences=("elk", "cow"))
        assert found.sequences == ("cow", "elk")
        assert found.entries[0].mean("J_mean", found.sequences) == pytest.approx(0.55)
        assert set(found.entries[0].outcomes) == {"cow", "elk"}
        assert "Limited to cow and elk, as was asked for." in footnotes.scale(found)
        assert not any("Limited" in text for text in footnotes.scale(compared(run)))

    def test_an_unknown_one_is_refused(self, make_run: MakeRun) -> None:
        with pytest.raises(UsageError, match=r"no sequence 'elc' .*did you mean elk\?"):
            compared(make_run("a", {"cow": [0.2], "elk": [0.9]}), sequences=("elc",))

    def test_datasets_without_any_of_them_are_left_out(self, make_run: MakeRun) -> None:
        runs = (make_run("a", {"cow": [0.2]}), make_run("a", {"box": [0.2]}, dataset="synthetic"))
        assert compared(*runs, sequences=("box",)).dataset == "synthetic"


class TestLevels:
    @pytest.fixture
    def runs(self, make_run: MakeRun) -> tuple[Run, ...]:
        return (
            make_run("a", {"blackswan": [0.5]}),
            make_run("b", {"blackswan": [0.4]}),
            make_run("c", {"blackswan": [0.9]}, imported=True),
            make_run("d", {"blackswan": [0.99]}, sees_annotations=True),
        )

    def test_each_level_has_its_own_best(self, runs: tuple[Run, ...]) -> None:
        found = compared(*runs, published=("PReMVOS",))
        assert found.best([0.5, 0.4, 0.9, 0.99, 0.95], "percent", "up") == {0}
        both = (*runs[:3], Run(runs[3].manifest, ()))
        assert compared(*both).best([0.5, 0.4, 0.9, None], "percent", "up") == {0}

    def test_across_levels_all_but_oracles_compete(self, runs: tuple[Run, ...]) -> None:
        found = compared(*runs, published=("PReMVOS",), across_levels=True)
        assert found.best([0.5, 0.4, 0.9, 0.99, 0.95], "percent", "up") == {4}
        assert [found.competes(entry) for entry in found.entries] == [True, True, True, False, True]

    def test_two_re_scored_ones_compete(self, make_run: MakeRun) -> None:
        runs = [make_run(name, {"s": [J]}, imported=True) for name, J in (("c", 0.9), ("e", 0.8))]
        own = [make_run(name, {"s": [J]}) for name, J in (("a", 0.5), ("b", 0.4))]
        assert compared(*own, *runs).best([0.5, 0.4, 0.9, 0.8], "percent", "up") == {0, 2}
