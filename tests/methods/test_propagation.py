"""Following objects: the frames of online adaptation, independence of objects, box rules."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
import torch
from torch import nn

from vosbench.arrays import Image, Mask
from vosbench.errors import UsageError
from vosbench.meta.learner import Loss, Parameters
from vosbench.methods._compact import CompactNetwork
from vosbench.methods._compact_following import Compact
from vosbench.methods._propagation import Propagation, past_frames
from vosbench.methods._propagation_settings import PastFrames, PropagationSettings
from vosbench.timing import PhaseClock


class Watching:
    """A tuner that leaves parameters as they are and writes down what it was asked."""

    def __init__(self, start: Parameters) -> None:
        self.start = start
        self.first_frames = 0
        self.rounds: list[int] = []

    def first_frame(self, loss: Loss, steps: int) -> Parameters:
        self.first_frames += 1
        return self.start

    def online(self, loss: Loss, steps: int, begin: Parameters) -> Parameters:
        assert begin is self.start  # every round begins after the first frame again
        self.rounds.append(steps)
        return begin


class PriorNetwork(nn.Module):
    """Answers with the prior it was given: the object stays where it was."""

    def __init__(self) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.tensor(20.0))

    def forward(self, windows: torch.Tensor) -> torch.Tensor:
        return (windows[:, 3:] - 0.5) * self.gain


def scene(seed: int = 0) -> tuple[Image, Mask]:
    image = np.random.default_rng(seed).integers(0, 256, (60, 90, 3), np.uint8)
    mask = np.zeros((60, 90), np.uint8)
    mask[10:30, 10:40], mask[35:55, 50:80] = 2, 7
    return image, mask


def propagation(network: nn.Module, **settings: object) -> tuple[Propagation, Watching]:
    tuner = Watching(dict(network.named_parameters()))
    return followed(network, tuner, **settings), tuner


def followed(network: nn.Module, tuner: Watching, **settings: object) -> Propagation:
    made = PropagationSettings(**settings)  # type: ignore[arg-type]
    return Propagation(Compact(network), tuner, made)


def test_adaptation_comes_with_frames_6_and_11_of_twelve():
    image, mask = scene()
    segmenter, tuner = propagation(PriorNetwork(), adapt=True)
    segmenter.fit(image, mask, 0)
    when = []
    for frame in range(1, 12):
        before = len(tuner.rounds)
        segmenter.step(image)
        when += [frame] * (len(tuner.rounds) - before)
    # Specification, minimum test (f): chunks [1–5], [6–10], [11]; two objects, so each twice.
    assert when == [6, 6, 11, 11]
    assert set(tuner.rounds) == {10} and tuner.first_frames == 2


def test_adaptation_learns_from_the_two_older_of_the_last_four_frames():
    _, mask = scene()
    losses: list[float] = []

    class Recording(Watching):
        def online(self, loss: Loss, steps: int, begin: Parameters) -> Parameters:
            seen.clear()
            losses.append(loss(begin, 0).item())
            return begin

    network = PriorNetwork()
    seen: list[torch.Tensor] = []
    network.register_forward_hook(lambda _m, inputs, _o: seen.append(inputs[0]))
    tuner = Recording(dict(network.named_parameters()))
    segmenter = followed(network, tuner, adapt=True)
    # Frame t is a flat grey of value 10 t, so that a window tells which frame it is from.
    frames = [np.full((60, 90, 3), 10 * t, np.uint8) for t in range(12)]
    segmenter.fit(frames[0], (mask == 2).astype(np.uint8), 0)
    for t in range(1, 7):
        segmenter.step(frames[t])
    batch = seen[0]  # 2 of frame 0, then the predicted frames
    middle = (batch[:, :3, 40:56, 40:56].mean(dim=(1, 2, 3)) * 127.5 + 127.5).round().tolist()
    # Specification 3.5: m = 6 learns from frames m−4 = 2 and m−3 = 3.
    assert middle == [0, 0, 20, 30]
    assert len(losses) == 1 and np.isfinite(losses).all()


@pytest.mark.parametrize(
    ("which", "at_6", "at_11"),
    [("older", (2, 3), (7, 8)), ("last", (5,), (10,)), ("all", (2, 3, 4, 5), (7, 8, 9, 10))],
)
def test_past_frames_are_those_of_the_specification(
    which: PastFrames, at_6: tuple[int, ...], at_11: tuple[int, ...]
):
    # Specification 3.5 and minimum test (f) for the released rule, 6.2 for the other two.
    assert past_frames(6, which) == at_6
    assert past_frames(11, which) == at_11


def test_early_chunks_learn_from_the_frames_there_are():
    assert [past_frames(frame, "older") for frame in (2, 3, 4, 5)] == [(1,), (1, 2), (1, 2), (1, 2)]


@pytest.mark.parametrize(("reset", "begins"), [("first-step", 1), ("full", 0), ("none", 2)])
def test_adaptation_begins_where_the_setting_says(reset: str, begins: int):
    class Counting(Watching):
        """Every fine-tuning adds one to the only parameter."""

        def first_frame(self, loss: Loss, steps: int) -> Parameters:
            return {"gain": self.start["gain"] + 1}

        def online(self, loss: Loss, steps: int, begin: Parameters) -> Parameters:
            began.append(begin["gain"].item() - self.start["gain"].item())
            return {"gain": begin["gain"] + 1}

    image, mask = scene()
    network = PriorNetwork()
    began: list[float] = []
    segmenter = followed(
        network, Counting(dict(network.named_parameters())), adapt=True, adapt_reset=reset
    )
    segmenter.fit(image, (mask == 2).astype(np.uint8), 0)
    for _ in range(11):
        segmenter.step(image)
    # The first round comes after the first frame (1); the second, without a reset, after that (2).
    assert began == [1 if reset == "none" else begins, begins]


def test_doubtful_pixels_are_left_out_of_adaptation_only_where_asked():
    class Doubtful(PriorNetwork):
        """Sure of the left half of the object, in doubt about the right."""

        def forward(self, windows: torch.Tensor) -> torch.Tensor:
            across = torch.linspace(8, -4, windows.shape[-1]).expand_as(windows[:, :1])
            return across + 0 * self.gain

    image, mask = scene()
    found = []
    submitted, everything = (0.5, 0.95), (0.0, 1.0)
    for low, high in ((0.5, 0.5), submitted, everything):
        losses: list[float] = []

        class Recording(Watching):
            def online(self, loss: Loss, steps: int, begin: Parameters) -> Parameters:
                losses.append(loss(begin, 0).item())  # noqa: B023
                return begin

        network = Doubtful()
        tuner = Recording(dict(network.named_parameters()))
        segmenter = followed(
            network, tuner, adapt=True, adapt_ignore_from=low, adapt_ignore_to=high
        )
        segmenter.fit(image, (mask == 2).astype(np.uint8), 0)
        for _ in range(6):
            segmenter.step(image)
        found += losses
    assert len(set(found)) == 3


def test_an_oracle_searches_where_the_annotation_is():
    image, mask = scene()
    segmenter, _ = propagation(PriorNetwork(), boxes="annotation")
    alone = (mask == 2).astype(np.uint8) * 2
    segmenter.fit(image, alone, 0)
    segmenter.step(image)
    segmenter.peek(np.where(mask == 7, 2, 0).astype(np.uint8))  # somewhere else altogether
    (seen,) = segmenter.detections()
    assert seen.box == (50, 35, 80, 55)
    segmenter.step(image)
    segmenter.peek(np.zeros_like(mask))  # gone: it keeps its box
    assert all(d.box == (50, 35, 80, 55) for d in segmenter.detections())
    segmenter.step(image)  # what the network finds moves no box of an oracle
    assert all(d.box == (50, 35, 80, 55) for d in segmenter.detections())


@pytest.mark.parametrize("wanted", ["extend", "off"])
def test_the_compact_network_searches_around_a_box_or_not_at_all(wanted: str):
    with pytest.raises(UsageError, match=f"no box propagation '{wanted}'; there is replace"):
        propagation(PriorNetwork(), propagation=wanted)


def test_objects_do_not_know_of_each_other():
    image, mask = scene()
    torch.manual_seed(0)
    network = CompactNetwork()
    both, _ = propagation(network)
    both.fit(image, mask, 0)
    together = both.step(scene(1)[0])
    for object_id in (2, 7):
        alone, _ = propagation(network)
        alone.fit(image, np.where(mask == object_id, mask, 0).astype(np.uint8), 0)
        found = alone.step(scene(1)[0])
        assert (together == object_id).any()
        # Where only one object claims a pixel, the merged map has its id.
        assert np.array_equal(together[together == object_id], found[together == object_id])


def test_a_static_object_keeps_its_mask_and_ids():
    image, mask = scene()
    segmenter, _ = propagation(PriorNetwork())
    segmenter.fit(image, mask, 0)
    for _ in range(5):
        result = segmenter.step(image)
    overlap = (result == mask).mean()
    assert set(np.unique(result)) == {0, 2, 7} and overlap > 0.97
    found = {d.object_id: d for d in segmenter.detections()}
    assert found[2].box == pytest.approx((10, 10, 40, 30), abs=2)
    assert found[7].box == pytest.approx((50, 35, 80, 55), abs=2)
    assert all(0.5 < d.score <= 1 for d in found.values())


def test_a_lost_object_leaves_an_empty_mask_and_is_searched_where_it_was():
    class Bright(PriorNetwork):
        def forward(self, windows: torch.Tensor) -> torch.Tensor:
            return windows[:, :1] * self.gain

    image, mask = scene()
    dark = np.zeros_like(image)
    alone = np.where(mask == 7, mask, 0).astype(np.uint8)
    segmenter, _ = propagation(Bright())
    segmenter.fit(image, alone, 0)
    for _ in range(7):
        assert not segmenter.step(dark).any()
    assert segmenter.detections() == ()
    bright = np.where(alone[..., None] == 7, 255, dark).astype(np.uint8)
    assert (segmenter.step(bright) == alone).mean() > 0.97
    assert [d.object_id for d in segmenter.detections()] == [7]


def test_a_second_sequence_knows_nothing_of_the_first():
    image, mask = scene()
    other, moved = scene(1)[0], np.ascontiguousarray(mask[::-1, ::-1])
    torch.manual_seed(0)
    network = CompactNetwork()
    fresh, _ = propagation(network, adapt=True)
    used, tuner = propagation(network, adapt=True)
    used.fit(image, mask, 0)
    for _ in range(8):
        used.step(image)
    tuner.rounds.clear()
    results = []
    for segmenter in (fresh, used):
        segmenter.fit(other, moved, 0)
        results.append([segmenter.step(other) for _ in range(6)])
    assert all(np.array_equal(a, b) for a, b in zip(*results, strict=True))
    assert tuner.rounds == [10, 10]  # before frame 6, counted from the new first frame


def test_a_first_frame_without_objects_gives_empty_masks():
    image, mask = scene()
    segmenter, tuner = propagation(PriorNetwork(), adapt=True)
    segmenter.fit(image, np.zeros_like(mask), 0)
    assert not any(segmenter.step(image).any() for _ in range(7))
    assert tuner.first_frames == 0 and tuner.rounds == []


def test_phases_are_marked():
    image, mask = scene()
    segmenter, _ = propagation(PriorNetwork(), adapt=True)
    ticks = iter(range(10_000))
    clock = PhaseClock(now=lambda: float(next(ticks)))
    with clock.running():
        segmenter.fit(image, mask, 0)
        for _ in range(7):
            segmenter.step(image)
    assert clock.seconds["adapt"] == 1 and clock.seconds["post"] > 0


@contextmanager
def fixed_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def test_the_same_seed_gives_the_same_masks_and_another_seed_other_windows():
    image, mask = scene()
    torch.manual_seed(0)
    network = CompactNetwork()
    losses = []

    class Once(Watching):
        def first_frame(self, loss: Loss, steps: int) -> Parameters:
            losses.append(loss(self.start, 0).item())
            return self.start

    tuner = Once(dict(network.named_parameters()))
    segmenter = followed(network, tuner)
    one_object = (mask == 2).astype(np.uint8)
    with fixed_threads():
        for seed in (5, 5, 6):
            segmenter.fit(image, one_object, seed)
    assert losses[0] == losses[1] != losses[2]


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("steps", -1),
        ("adapt_every", 0),
        ("adapt_steps", -3),
        ("batch", 0),
        ("smallest_growth", -0.1),
        ("largest_growth", 0.5),
        ("largest_growth", float("nan")),
        ("adapt_ignore_from", -0.5),
        ("adapt_ignore_to", 0.4),
        ("adapt_ignore_to", 1.5),
    ],
)
def test_numbers_that_mean_nothing_are_refused(setting: str, value: float):
    with pytest.raises(UsageError, match=f"{setting} is {value}"):
        PropagationSettings(**{setting: value})  # type: ignore[arg-type]
