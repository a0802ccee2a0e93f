"""All pairs of methods: how often equal ones are told apart, and letters that say what is."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vosbench.significance import compare_all, letter, letter_groups, letters
from vosbench.statistics import Clusters, SeededDraws, draw_clusters

PAIRS = st.sets(st.sampled_from(list(combinations(range(6), 2))))
ORDERS = st.permutations(range(6))


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def methods(
    generator: np.random.Generator,
    count: int,
    sequences: int,
    *,
    skewed: bool = False,
    steps: float = 0.0,
) -> list[Clusters]:
    """Scores of methods, each `steps` below the one before, on sequences of 1 to 3 objects."""
    sizes = generator.integers(1, 4, sequences)
    hard = generator.uniform(0.3, 0.9, sequences)
    made = []
    for place in range(count):
        own = (
            generator.exponential(1, sequences) - 1 if skewed else generator.normal(size=sequences)
        )
        shift = hard + 0.05 * (1 + place * skewed) * own - steps * place
        made.append(
            {
                str(index): list(shift[index] + generator.normal(0, 0.02, size))
                for index, size in enumerate(sizes)
            }
        )
    return made


@pytest.mark.parametrize("skewed", [False, True])
def test_equal_methods_are_told_apart_in_one_experiment_of_twenty_at_most(skewed: bool) -> None:
    generator = rng(1)
    wrong = sum(
        bool(compare_all(methods(generator, 5, 12, skewed=skewed), generator, resamples=399).apart)
        for _ in range(400)
    )
    assert wrong <= 400 * 0.05 + 3 * math.sqrt(400 * 0.05 * 0.95)  # three standard errors


def test_differences_that_are_large_are_found() -> None:
    generator = rng(2)
    found = [
        compare_all(methods(generator, 3, 20, steps=0.15), generator, resamples=399)
        for _ in range(30)
    ]
    assert sum(len(each.apart) == 3 for each in found) >= 29  # 0.15 is 9 standard errors, about


def test_it_is_what_a_loop_over_draws_makes_of_it() -> None:
    made = methods(rng(3), 4, 8, steps=0.03)
    found = compare_all(made, rng(4), resamples=200)
    drawn = draw_clusters(8, rng(4), resamples=200)
    observed, chance = {}, {}
    for one, other in combinations(range(4), 2):
        values = [np.subtract(made[one][name], made[other][name]) for name in made[0]]
        mean = _mean(values)
        observed[one, other] = (mean, _error(values))
        again = [
            [values[index] for index, times in enumerate(row) for _ in range(times)]
            for row in drawn.astype(int)
        ]
        chance[one, other] = [abs(_mean(each) - mean) / _error(each) for each in again]
    # numpy's "higher" of 200 values; of 7 degrees of freedom 1 % have a |t| above 3.499
    seldom = {pair: sorted(each)[math.ceil(0.99 * 199)] for pair, each in chance.items()}
    units = {pair: at / 3.499483 if at > 3 * 3.499483 else 1.0 for pair, at in seldom.items()}
    assert sorted(unit > 1 for unit in units.values()) == [False] * 5 + [True]
    largest = [max(chance[pair][draw] / units[pair] for pair in chance) for draw in range(200)]
    bound = sorted(largest)[math.ceil(0.95 * 199)]
    assert found.critical == {
        pair: pytest.approx(bound * unit, rel=1e-5) for pair, unit in units.items()
    }
    surely = {
        pair for pair, (mean, error) in observed.items() if abs(mean) / error > bound * units[pair]
    }
    assert surely <= found.apart  # stepping down may find more


def _mean(values: list[np.ndarray]) -> float:
    return float(np.concatenate(values).mean())


def _error(values: list[np.ndarray]) -> float:
    mean = _mean(values)
    rest = [float((each - mean).sum()) for each in values]
    objects = sum(each.size for each in values)
    count = len(values)
    return math.sqrt(count / (count - 1) * sum(r * r for r in rest)) / objects


@given(st.integers(0, 50), ORDERS)
def test_the_order_of_the_methods_does_not_matter(seed: int, order: list[int]) -> None:
    made = methods(rng(seed), 6, 8, steps=0.03)
    found = compare_all(made, rng(), resamples=99)
    again = compare_all([made[place] for place in order], rng(), resamples=99)
    for one, other in combinations(range(6), 2):
        assert again.told_apart(one, other) == found.told_apart(order[one], order[other])


def test_the_same_results_are_never_told_apart_and_a_constant_gap_always() -> None:
    (made,) = methods(rng(5), 1, 9)
    shifted = {name: [value - 0.1 for value in values] for name, values in made.items()}
    found = compare_all([made, made, shifted], rng(), resamples=199)
    assert found.apart == {(0, 2), (1, 2)}


@pytest.mark.parametrize("jitter", [0.0, 0.001])
@pytest.mark.parametrize("failures", [1, 2, 3])
def test_twins_that_differ_in_few_sequences_blind_no_other_pair(
    failures: int, jitter: float
) -> None:
    generator = rng(8)
    best, worse = methods(generator, 2, 12, steps=0.2)
    twins = []
    for _ in range(2):
        failed = generator.permutation(list(best))[:failures]
        noise = {name: jitter * generator.normal(size=len(values)) for name, values in best.items()}
        twins.append(
            {n: list(np.subtract(vs, 0.3 * (n in failed)) + noise[n]) for n, vs in best.items()}
        )
    found = compare_all([best, worse, *twins], generator)
    assert found.told_apart(0, 1)
    assert not found.told_apart(0, 2)
    assert not found.told_apart(2, 3)


def test_two_that_differ_in_one_sequence_are_never_told_apart() -> None:
    (made,) = methods(rng(9), 1, 12)
    failed = made | {"3": [0.0] * len(made["3"])}
    found = compare_all([made, failed], rng())
    assert found.possible
    assert not found.apart
    assert found.critical[0, 1] == math.inf


def test_few_sequences_tell_nothing_apart() -> None:
    found = compare_all(methods(rng(6), 3, 5, steps=0.5), rng())
    assert not found.apart
    assert not found.possible
    assert not found.critical


def test_kept_draws_are_those_of_a_fresh_generator() -> None:
    made, kept = methods(rng(7), 3, 10, steps=0.02), SeededDraws(11)
    for _ in range(2):
        assert compare_all(made, kept) == compare_all(made, rng(11))


def test_methods_must_be_on_the_same_objects() -> None:
    with pytest.raises(ValueError, match="the same objects"):
        compare_all([{"a": [0.1, 0.2]}, {"a": [0.1]}], rng())
    with pytest.raises(ValueError, match="finite values"):
        compare_all([{"a": [math.nan]}, {"a": [0.1]}], rng())


@given(ORDERS, PAIRS)
def test_two_share_a_letter_exactly_where_they_are_not_told_apart(
    order: list[int], apart: set[tuple[int, int]]
) -> None:
    given_letters = letters(order, apart)
    for one, other in combinations(range(6), 2):
        shared = set(given_letters[one]) & set(given_letters[other])
        assert bool(shared) == ((one, other) not in apart)
    assert given_letters[order[0]].startswith("a")


@given(ORDERS, PAIRS)
def test_no_group_is_part_of_another(order: list[int], apart: set[tuple[int, int]]) -> None:
    groups = letter_groups(order, apart)
    assert all(not one <= other for one in groups for other in groups if one is not other)


def test_neighbours_share_letters_along_a_slope() -> None:
    # worked out by hand: the groups {0, 1}, {1, 2} and {2, 3}
    assert letters([0, 1, 2, 3], [(0, 2), (0, 3), (1, 3)]) == ("a", "ab", "bc", "c")
    assert letters([3, 2, 1, 0], [(0, 2), (0, 3), (1, 3)]) == ("c", "bc", "ab", "a")
    assert letters([0, 1, 2], []) == ("a", "a", "a")


def test_letters_do_not_run_out() -> None:
    assert len({letter(number) for number in range(200)}) == 200
