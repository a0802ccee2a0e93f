from hypothesis import given
from hypothesis import strategies as st

from vosbench.reports.comparison import in_order

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
