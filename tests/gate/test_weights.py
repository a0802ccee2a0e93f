"""A network with one rate scaled: named, and judged by its scores where it is meant."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from tests.gate.small_clips import Place
from vosbench.meta.checkpoints import Checkpoint, load_checkpoint, save_checkpoint
from vosbench.meta.learner import Learner
from vosbench.methods._networks import open_network
from vosbench.methods.eosvos import SHIPPED_WEIGHTS

CLIP = "sample-4-car"
LAYER = "logits.weight"


def scale_one_rate(source: Path, to: Path, factor: float) -> None:
    """The checkpoint with the rates of one layer scaled; they are stored as logarithms."""
    shapes = open_network("compact", short_side=None).shapes()
    made = load_checkpoint(source, network="compact", like=shapes)
    assert made.scale == "logarithmic"
    rates = made.rates | {LAYER: made.rates[LAYER] + math.log(factor)}
    save_checkpoint(to, replace(made, rates=rates))


@pytest.fixture
def learned(place: Place, tmp_path: Path) -> Path:
    """A checkpoint, of which there is a baseline."""
    weights = tmp_path / "mine.safetensors"
    scale_one_rate(SHIPPED_WEIGHTS, weights, 1.0)
    told = place.baseline(
        *("--dataset", "sample", "--sequences", CLIP, "--set", "steps=3"),
        *("--set", f"weights={weights}"),
        method="eosvos-10",
        plugin=None,
    )
    assert told.code == 0, told.err
    return weights


def test_a_network_with_one_rate_scaled(
    place: Place, learned: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del learned
    assert place.gate().code == 0
    true_learner = Checkpoint.learner

    def scaled(checkpoint: Checkpoint) -> Learner:
        learner = true_learner(checkpoint)
        rates = dict(learner.rates) | {LAYER: learner.rates[LAYER] + math.log(1.5)}
        return replace(learner, rates=rates)

    monkeypatch.setattr(Checkpoint, "learner", scaled)
    told = place.gate()
    assert told.code == 3
    assert f"regression: exact: the masks of {CLIP} are other ones" in told.out
    assert "weights" not in told.out  # the file is what it was


def test_a_checkpoint_that_changed_in_its_place_is_a_regression(
    place: Place, learned: Path
) -> None:
    scale_one_rate(learned, learned, 1.5)
    told = place.gate()
    assert told.code == 3
    assert "the weights are others than those of the baseline" in told.out
    assert "though the same checkpoint was asked for" in told.out
    assert "regression: exact: the masks of " in told.out
    allowed = place.gate("--allow", "weights")
    assert "the weights are others than those of the baseline, which was allowed" in allowed.out
    assert "other weights, which were allowed, make other masks" in allowed.out
    assert "regression: exact" not in allowed.out
    assert "quality: J&F over 1 object in 1 sequence" in allowed.out


def test_another_checkpoint_asked_for_makes_the_baseline_stale(
    place: Place, learned: Path, tmp_path: Path
) -> None:
    copied, scaled = tmp_path / "copied.safetensors", tmp_path / "scaled.safetensors"
    scale_one_rate(learned, copied, 1.0)
    scale_one_rate(learned, scaled, 1.5)
    assert place.gate("--set", f"weights={copied}").code == 0  # elsewhere, but the same
    told = place.gate("--set", f"weights={scaled}")
    assert told.code == 4
    assert "stale baseline: weights was" in told.out
