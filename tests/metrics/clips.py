"""Short sequences of label maps for property tests: objects come late, vanish and leave gaps."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from tests.metrics.protocol_oracle import LabelMap
from vosbench.comparing import Truth

IDS = (1, 2, 3, 5, 255)


@dataclass(frozen=True)
class Clip:
    """Annotations, None where there is none, and masks of every frame."""

    truth: tuple[LabelMap | None, ...]
    masks: tuple[LabelMap, ...]

    def annotations(self) -> Truth:
        return Truth("goat", names(len(self.truth)), lambda index: self.truth[index])

    def dense(self) -> "Clip":
        """What folders of masks hold: frames without annotation are no frames."""
        there = [index for index, each in enumerate(self.truth) if each is not None]
        return Clip(
            tuple(self.truth[index] for index in there), tuple(self.masks[index] for index in there)
        )


def names(frames: int) -> tuple[str, ...]:
    return tuple(f"{index:05d}" for index in range(frames))


def painted(
    generator: np.random.Generator, size: tuple[int, int], ids: Collection[int]
) -> LabelMap:
    """A rectangle for each id, some of them with noise; later ones may hide earlier ones."""
    mask = np.zeros(size, np.uint8)
    for object_id in ids:
        (top, left), (height, width) = generator.integers(0, size), generator.integers(1, 5, 2)
        mask[top : top + height, left : left + width] = object_id
        if generator.random() < 0.3:
            mask[generator.random(size) < 0.15] = object_id
    return mask


@st.composite
def clips(draw: st.DrawFn, *, sparse: bool = False) -> Clip:
    """One to seven frames of at most 6×6 pixels."""
    size = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    generator = np.random.default_rng(draw(st.integers(0, 10**6)))
    first = draw(st.lists(st.sampled_from(IDS), min_size=1, max_size=3, unique=True))
    highest = max((object_id for object_id in first if object_id != 255), default=0)
    late = draw(st.booleans())
    usual = [each for each in IDS if late or each <= highest or each in first]
    extra = draw(st.sampled_from(([], [6], [255, 6], list(IDS))))
    some = st.lists(st.sampled_from(usual), max_size=3, unique=True)
    truth: list[LabelMap | None] = [painted(generator, size, first)]
    masks = [painted(generator, size, first)]
    for _ in range(draw(st.integers(0, 6))):
        annotation = painted(generator, size, draw(some))
        close = np.roll(annotation, 1, axis=1) if draw(st.booleans()) else None
        other = painted(generator, size, [*draw(some), *extra])
        truth.append(None if sparse and draw(st.integers(0, 3)) == 0 else annotation)
        masks.append(other if close is None else close)
    return Clip(tuple(truth), tuple(masks))
