"""Perfect masks, and honest bad ones, are no fault of the files."""

import tracemalloc
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.doctor.clips_on_disk import examined, found
from vosbench.arrays import Mask
from vosbench.masks import write_mask
from vosbench.synthetic import VALIDATION, ClipSettings, generate

Draw = Callable[[np.ndarray, np.random.Generator], np.ndarray]

CLIPS = 4
SETTINGS = ClipSettings(height=96, width=160, frames=8, stride=2.0, objects=(1, 3), leaving=0.3)


@lru_cache(maxsize=CLIPS)
def clip(number: int) -> np.ndarray:
    """Annotations of a generated clip, `uint8 frames×h×w`."""
    return np.asarray(generate((*VALIDATION, 90, number), SETTINGS).masks)


def perfect(masks: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    return masks


def copied(masks: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    return np.repeat(masks[:1], len(masks), axis=0)


def drifting(masks: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Every mask a little further off."""
    steps = draw.integers(-4, 5, 2)
    moved = [np.roll(mask, tuple(i * steps), (0, 1)) for i, mask in enumerate(masks)]
    return np.stack(moved)


def speckled(masks: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Pixels of any valid id anywhere."""
    noise = draw.integers(0, masks[0].max() + 1, masks.shape).astype(np.uint8)
    return keeping_first(masks, np.where(draw.random(masks.shape) < 0.1, noise, masks))


def losing(masks: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """An object is lost halfway, and its pixels go to another or to the background."""
    ids = np.unique(masks[0][masks[0] > 0])
    lost = draw.choice(ids)
    later = np.where(masks == lost, draw.choice([0, *ids]), masks).astype(np.uint8)
    return np.concatenate([masks[: len(masks) // 2], later[len(masks) // 2 :]])


def confused(masks: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Objects bear each other's ids from a frame on."""
    ids = np.unique(masks[0][masks[0] > 0])
    table = np.arange(256, dtype=np.uint8)
    table[ids] = draw.permutation(ids)
    since = int(draw.integers(1, len(masks)))
    return np.concatenate([masks[:since], table[masks[since:]]])


def coarse(masks: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Blocks of 4×4 pixels, as networks of low resolution give them."""
    blocks = masks[:, ::4, ::4].repeat(4, axis=1).repeat(4, axis=2)
    return keeping_first(masks, blocks[:, : masks.shape[1], : masks.shape[2]])


def empty(masks: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    return keeping_first(masks, np.zeros_like(masks))


def wild(masks: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Nothing but rectangles of valid ids that have nothing to do with the objects."""
    made = np.zeros_like(masks)
    for frame in made:
        for object_id in range(1, int(masks[0].max()) + 1):
            top, left = draw.integers(0, 60), draw.integers(0, 120)
            frame[top : top + draw.integers(1, 60), left : left + draw.integers(1, 90)] = object_id
    return keeping_first(masks, made)


def keeping_first(masks: np.ndarray, later: np.ndarray) -> np.ndarray:
    return np.concatenate([masks[:1], later[1:]])


HONEST: dict[str, Draw] = {
    draw.__name__: draw
    for draw in (perfect, copied, drifting, speckled, losing, confused, coarse, empty, wild)
}


def write(folder: Path, masks: np.ndarray) -> None:
    folder.mkdir(parents=True)
    for index, mask in enumerate(masks):
        write_mask(folder / f"{index:05d}.png", mask)


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("generated")
    for number in range(CLIPS):
        write(root / f"clip{number}", clip(number))
    return root


@pytest.mark.parametrize("protocol", ["davis2016", "davis2017", "youtube-vos", "vos-benchmark"])
@pytest.mark.parametrize("name", HONEST)
def test_honest_masks_are_no_error(
    generated: Path, tmp_path: Path, name: str, protocol: str
) -> None:
    for number in range(CLIPS):
        draw = np.random.default_rng(number)
        write(tmp_path / "masks" / f"clip{number}", HONEST[name](clip(number), draw))
    diagnosis = examined(generated, tmp_path / "masks", protocol).diagnosis
    assert [finding for finding in diagnosis.findings if finding.severity == "error"] == []
    about_masks = [finding for finding in diagnosis.findings if finding.subject == "masks"]
    assert not (name == "perfect" and about_masks)
    assert diagnosis.fixable == 0


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(list(HONEST)), st.sampled_from(list(HONEST)), st.integers(0, 2**31), st.data()
)
def test_any_mixture_of_honest_masks_is_no_error(
    tmp_path_factory: pytest.TempPathFactory,
    first: str,
    second: str,
    seed: int,
    data: st.DataObject,
) -> None:
    root = tmp_path_factory.mktemp("mixture")
    masks = clip(data.draw(st.integers(0, CLIPS - 1)))
    draw = np.random.default_rng(seed)
    write(root / "truth" / "clip", masks)
    write(root / "masks" / "clip", HONEST[second](HONEST[first](masks, draw), draw))
    findings = found(root / "truth", root / "masks")
    assert [finding for finding in findings if finding.severity == "error"] == []


def test_memory_does_not_grow_with_the_length(tmp_path: Path) -> None:
    def peak(frames: int) -> int:
        mask: Mask = np.zeros((200, 300), np.uint8)
        mask[50:150, 60:200] = 1
        for side in ("truth", "masks"):
            folder = tmp_path / f"{side}{frames}" / "clip"
            folder.mkdir(parents=True)
            for index in range(frames):
                write_mask(folder / f"{index:05d}.png", np.roll(mask, index, axis=1))
        tracemalloc.start()
        try:
            assert found(tmp_path / f"truth{frames}", tmp_path / f"masks{frames}") == ()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(3)
    assert peak(120) < peak(12) + 100 * 1000  # a mask has 60,000 bytes
