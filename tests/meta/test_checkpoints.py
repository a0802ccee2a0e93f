"""Checkpoint files: what goes in comes out, and what is not one is refused in a sentence."""

import pickle
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from vosbench.errors import DataError
from vosbench.meta.checkpoints import Checkpoint, load_checkpoint, save_checkpoint, sha256

PARAMETERS = {"a.weight": torch.arange(6.0).reshape(2, 3), "a.bias": torch.tensor([0.5, -1.0])}
CHECKPOINT = Checkpoint(
    parameters=PARAMETERS,
    rates={name: torch.full((2,), -3.0) for name in PARAMETERS},
    scale="logarithmic",
    network="toy",
    training={"seed": 4, "iterations": 7},
    log=({"iteration": 7, "query_loss": 0.25},),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "weights" / "toy.safetensors"
    save_checkpoint(file, CHECKPOINT)
    return file


def test_round_trip(path: Path):
    loaded = load_checkpoint(path, network="toy", like=PARAMETERS)
    assert loaded.training == CHECKPOINT.training and loaded.log == CHECKPOINT.log
    learner = loaded.learner()
    assert learner.scale == "logarithmic"
    for name, tensor in PARAMETERS.items():
        assert torch.equal(learner.start[name], tensor)
        assert torch.equal(learner.rates[name], CHECKPOINT.rates[name])


def test_equal_checkpoints_are_equal_files(path: Path, tmp_path: Path):
    again = tmp_path / "again.safetensors"
    save_checkpoint(again, CHECKPOINT)
    assert sha256(again) == sha256(path)


def test_nothing_unfinished_stays_behind(path: Path):
    assert [file.name for file in path.parent.iterdir()] == ["toy.safetensors"]


def test_a_parent_is_no_learner(tmp_path: Path):
    file = tmp_path / "parent.safetensors"
    save_checkpoint(file, replace(CHECKPOINT, rates={}))
    with pytest.raises(DataError, match="train eosvos"):
        load_checkpoint(file, network="toy", like=PARAMETERS).learner()


@pytest.mark.parametrize("kept", [0, 7, 100])
def test_a_truncated_file_is_refused(path: Path, kept: int):
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DataError, match=r"toy\.safetensors is no readable safetensors file"):
        load_checkpoint(path, network="toy", like=PARAMETERS)


def test_a_pickle_is_not_opened(path: Path):
    path.write_bytes(pickle.dumps({"state_dict": PARAMETERS}))
    with pytest.raises(DataError, match="no readable safetensors file"):
        load_checkpoint(path, network="toy", like=PARAMETERS)


def test_a_missing_file_says_what_makes_one(tmp_path: Path):
    with pytest.raises(DataError, match="vosbench train"):
        load_checkpoint(tmp_path / "none.safetensors", network="toy", like=PARAMETERS)


def test_another_network_is_refused(path: Path):
    with pytest.raises(DataError, match="for network 'toy', not for 'compact'"):
        load_checkpoint(path, network="compact", like=PARAMETERS)


def test_other_shapes_are_refused(path: Path):
    like = {**PARAMETERS, "a.bias": torch.zeros(3)}
    with pytest.raises(DataError, match=r"a\.bias in shape \(2,\)"):
        load_checkpoint(path, network="toy", like=like)


def test_missing_and_surplus_tensors_are_named(path: Path):
    with pytest.raises(DataError, match="lacks the tensor extra"):
        load_checkpoint(path, network="toy", like={**PARAMETERS, "extra": torch.zeros(1)})
    with pytest.raises(DataError, match=r"has a\.bias, which the network lacks"):
        load_checkpoint(path, network="toy", like={"a.weight": PARAMETERS["a.weight"]})


def test_any_other_safetensors_file_is_refused(tmp_path: Path):
    from safetensors.torch import save_file

    file = tmp_path / "other.safetensors"
    save_file(PARAMETERS, file)
    with pytest.raises(DataError, match="no checkpoint of vosbench"):
        load_checkpoint(file, network="toy", like=PARAMETERS)
