"""OSVOS on small frames: what fine-tuning teaches, what adaptation keeps, what is refused."""

from pathlib import Path

import numpy as np
import pytest
import torch

from vosbench.arrays import Image, Mask
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import DataError, UsageError
from vosbench.meta.checkpoints import Checkpoint, load_checkpoint, save_checkpoint
from vosbench.methods._osvos_network import SideOutputNetwork, layout_of
from vosbench.methods.copy_first import CopyFirst
from vosbench.methods.osvos import OSVOS, SHIPPED_WEIGHTS
from vosbench.metrics import region_similarity
from vosbench.registry import open_dataset


def two_things(shift: int = 0, size: tuple[int, int] = (48, 64)) -> tuple[Image, Mask]:
    """A red and a blue square on grey; `shift` moves them to the right."""
    image, mask = np.full((*size, 3), 128, np.uint8), np.zeros(size, np.uint8)
    for object_id, top, colour in ((1, 6, (220, 30, 30)), (2, 28, (30, 30, 220))):
        place = (slice(top, top + 14), slice(8 + shift, 24 + shift))
        image[place], mask[place] = colour, object_id
    return image, mask


def segmented(method: OSVOS, *, frames: int = 4, only: int | None = None) -> list[Mask]:
    image, mask = two_things()
    method.fit(image, mask if only is None else np.where(mask == only, mask, 0))
    return [method.step(two_things(3 * t)[0]) for t in range(1, frames)]


def test_fine_tuning_tells_one_thing_from_another():
    method = OSVOS(steps=40, rate=2e-2, short_side=48)
    for t, found in enumerate(segmented(method), start=1):
        _, truth = two_things(3 * t)
        for object_id in (1, 2):
            assert region_similarity(truth == object_id, found == object_id) > 0.5


def test_only_what_was_annotated_is_found():
    (found, *_) = segmented(OSVOS(steps=40, rate=2e-2, short_side=48), frames=2, only=2)
    _, truth = two_things(3)
    assert region_similarity(truth == 2, found == 2) > 0.5
    assert (found[truth == 1] != 0).mean() < 0.2


def test_without_steps_every_object_is_the_same_to_the_parent():
    method = OSVOS(steps=0, short_side=48)
    image, mask = two_things()
    method.fit(image, np.where(mask == 2, mask, 0))
    once = method.step(image) == 2
    method.fit(image, np.where(mask == 1, mask, 0))
    np.testing.assert_array_equal(method.step(image) == 1, once)


def test_online_adaptation_leaves_far_pixels_out():
    method = OSVOS(steps=0, short_side=48, adapt=True, adapt_steps=0, adapt_distance=80.0)
    found = segmented(method, frames=2, only=1)[0]
    # 80 pixels at 480 are 8 at 48; the square ends in column 23 and row 19.
    assert not found[:, 40:].any() and not found[36:].any()


def test_online_adaptation_changes_the_network_and_fit_forgets_it():
    settings = {"steps": 2, "short_side": 32}
    plain = segmented(OSVOS(**settings), frames=5)
    adapting = OSVOS(**settings, adapt=True, adapt_steps=4, adapt_factor=20.0)
    adapted = segmented(adapting, frames=5)
    assert any((a != b).any() for a, b in zip(plain, adapted, strict=True))
    np.testing.assert_array_equal(segmented(adapting, frames=5), adapted)


def test_late_objects_are_followed_from_where_they_begin():
    method = OSVOS(steps=40, rate=2e-2, short_side=48)
    image, mask = two_things()
    method.fit(image, np.where(mask == 1, mask, 0))
    image, mask = two_things(3)
    method.join(image, np.where(mask == 2, mask, 0))
    method.step(image)
    found = method.step(two_things(6)[0])
    _, truth = two_things(6)
    assert region_similarity(truth == 2, found == 2) > 0.5
    assert region_similarity(truth == 1, found == 1) > 0.5


def test_it_says_what_it_is_made_of():
    provenance = OSVOS(short_side=32).provenance()
    assert provenance["network"] == "osvos-narrow"
    assert provenance["weights"] == "osvos-narrow.safetensors"
    assert len(provenance["weights_sha256"]) == 64
    assert float(provenance["training_cpu_seconds"]) > 0


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"network": "vgg16"}, "no weights come with the network vgg16"),
        ({"network": "wide"}, "there is no network 'wide' of OSVOS"),
        ({"steps": -1}, "steps is -1"),
        ({"short_side": 0}, "short_side is 0"),
        ({"adapt_every": 0}, "adapt_every is 0"),
        ({"adapt_current": 0}, "adapt_current is 0"),
        ({"rate": float("nan")}, "rate is nan"),
        ({"adapt_weight": -1.0}, "adapt_weight is -1"),
        ({"momentum": 1.5}, "momentum is 1.5; it must be 0 to 1"),
        ({"adapt_sure": float("nan")}, "adapt_sure is nan; it must be 0 to 1"),
    ],
)
def test_settings_that_mean_nothing_are_refused(settings: dict[str, object], complaint: str):
    with pytest.raises(UsageError, match=complaint):
        OSVOS(**settings)


def test_weights_of_another_network_are_refused(tmp_path: Path):
    path = tmp_path / "other.safetensors"
    save_checkpoint(path, Checkpoint({"a": torch.zeros(2)}, {}, "", "compact", {}))
    with pytest.raises(DataError, match=r"is for network 'compact', not for 'osvos-narrow'"):
        OSVOS(weights=path)


def shipped() -> Checkpoint:
    like = dict(SideOutputNetwork(layout_of("narrow")).named_parameters())
    return load_checkpoint(SHIPPED_WEIGHTS["narrow"], network="osvos-narrow", like=like)


def test_the_shipped_weights_are_small_and_learned_from_generated_frames():
    assert SHIPPED_WEIGHTS["narrow"].stat().st_size <= 3e6
    checkpoint = shipped()
    assert str(checkpoint.training["data"]).startswith("generated clips")
    losses = [float(str(record["loss"])) for record in checkpoint.log]
    assert losses[-1] < 0.75 * losses[0]


def test_the_sample_is_segmented_better_than_by_copying():
    sequence = open_dataset("sample", DatasetOptions()).sequences[0]
    annotations = [sequence.read_annotation(t) for t in range(12)]
    scores = {}
    for method in (OSVOS(steps=10), CopyFirst()):
        method.fit(sequence.read_image(0), annotations[0])
        found = [method.step(sequence.read_image(t)) for t in range(1, 12)]
        pairs = zip(annotations[1:], found, strict=True)
        scores[type(method)] = np.mean([region_similarity(a == 1, f == 1) for a, f in pairs])
    assert scores[OSVOS] > scores[CopyFirst] + 0.1
