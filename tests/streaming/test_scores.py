"""Masks shown for later frames: scored as any mask is, however many streams share the work."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tiny_runs import SIZE, sequence
from vosbench.arrays import Mask
from vosbench.comparing import Comparing, Truth, score_sheets
from vosbench.evaluate import evaluate_sequence
from vosbench.metrics import protocols
from vosbench.streaming.scores import Film, Order, film_scores

FRAMES = 7
CAT = sequence("cat", frames=FRAMES, ids=(2, 5))
ORDERS = st.lists(
    st.tuples(*(st.integers(0, frame) for frame in range(FRAMES))), min_size=1, max_size=5
).map(tuple)


def stored(index: int, seed: int = 0) -> Mask:
    """Noise with the ids of the cat, another for each frame."""
    return np.random.default_rng((seed, index)).choice(np.array([0, 2, 5], np.uint8), SIZE)


@pytest.mark.parametrize("name", protocols.names())
@settings(max_examples=30)
@given(ORDERS, ORDERS)
def test_each_order_scores_as_if_it_were_alone(
    name: str, orders: tuple[Order, ...], others: tuple[Order, ...]
) -> None:
    protocol = protocols.get(name)
    films = [Film(stored, orders), Film(lambda index: stored(index, 1), others)]
    found = film_scores(CAT, films, protocol)
    for seed, film, scores in zip((0, 1), films, found, strict=True):
        assert len(scores) == len(film.orders)
        for order, objects in zip(film.orders, scores, strict=True):
            alone = evaluate_sequence(
                CAT, lambda frame, o=order, s=seed: stored(o[frame], s), protocol
            )
            assert objects == alone.objects


@given(ORDERS)
def test_no_mask_is_read_twice_for_a_frame_nor_while_it_stays(orders: tuple[Order, ...]) -> None:
    reads: Counter[int] = Counter()

    def read(index: int) -> Mask:
        reads[index] += 1
        return stored(index)

    film_scores(CAT, [Film(read, orders)], protocols.get("davis2017"))
    asked = [{order[frame] for order in orders} for frame in range(1, FRAMES - 1)]
    before = [set(), *asked[:-1]]
    needed = Counter(i for now, old in zip(asked, before, strict=True) for i in now - old)
    assert reads == needed


def test_one_array_for_several_predictions_is_compared_once_with_the_same_result() -> None:
    comparing = Comparing.under([protocols.get("sa-v")])
    truth = Truth(CAT.name, CAT.frames, CAT.read_annotation)
    masks = [stored(index) for index in range(FRAMES)]
    strange = [np.where(mask == 2, 9, mask).astype(np.uint8) for mask in masks]
    shared = [masks.__getitem__, strange.__getitem__, masks.__getitem__, strange.__getitem__]
    copied = [lambda index, s=source: s(index).copy() for source in shared]
    for one, other in zip(
        score_sheets(truth, shared, [comparing])[0],
        score_sheets(truth, copied, [comparing])[0],
        strict=True,
    ):
        assert np.array_equal(one.J, other.J)
        assert np.array_equal(one.F, other.F)
        assert np.array_equal(one.predicted, other.predicted)
        assert one.extra_ids == other.extra_ids


def test_extra_ids_belong_to_the_prediction_that_shows_them() -> None:
    comparing = Comparing.under([protocols.get("davis2017")])
    truth = Truth(CAT.name, CAT.frames, CAT.read_annotation)
    plain, strange = stored(0), np.full(SIZE, 9, np.uint8)
    orders = {"never": "ppppppp", "late": "ppppsps", "soon": "ppsspps"}
    predictions = [
        lambda index, o=order: strange if o[index] == "s" else plain for order in orders.values()
    ]
    sheets = score_sheets(truth, predictions, [comparing])[0]
    assert [sheet.extra_ids for sheet in sheets] == [{}, {9: 4}, {9: 2}]
