"""Checkpoint files: what goes in comes out, and what is not one is refused in a sentence."""

import json
import os
import pickle
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from vosbench.atomic import CannotWriteError
from vosbench.errors import DataError
from vosbench.meta.checkpoints import FORMAT, Checkpoint, load_checkpoint, save_checkpoint, sha256
from vosbench.meta.learner import ALL
from vosbench.meta.preconditioning import Adam

PARAMETERS = {"a.weight": torch.arange(6.0).reshape(2, 3), "a.bias": torch.tensor([0.5, -1.0])}
CHECKPOINT = Checkpoint(
    parameters=PARAMETERS,
    rates={"a.weight": torch.full((2, 1), -3.0), "a.bias": torch.full((2,), -4.0)},
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
    with pytest.raises(DataError, match=r"parent\.safetensors holds .* train eosvos"):
        load_checkpoint(file, network="toy", like=PARAMETERS).learner()


def test_preconditioning_comes_back(tmp_path: Path):
    file = tmp_path / "adam.safetensors"
    save_checkpoint(file, replace(CHECKPOINT, preconditioning=Adam(epsilon=1e-6)))
    loaded = load_checkpoint(file, network="toy", like=PARAMETERS)
    assert loaded.learner().preconditioning == Adam(epsilon=1e-6)


def test_files_from_before_preconditioning_have_none(tmp_path: Path):
    file = tmp_path / "old.safetensors"
    description = {"network": "toy", "scale": "", "training": {}, "log": []}
    tensors = {f"parameters/{name}": tensor for name, tensor in PARAMETERS.items()}
    save_file(tensors, file, {FORMAT: json.dumps(description)})
    assert load_checkpoint(file, network="toy", like=PARAMETERS).preconditioning is None


@pytest.mark.parametrize(
    "described", ["adam", {"epsilon": 1e-8}, {**asdict(Adam()), "epsilon": "small"}]
)
def test_unknown_preconditioning_is_refused(tmp_path: Path, described: object):
    file = tmp_path / "odd.safetensors"
    description = {"network": "toy", "scale": "", "training": {}, "log": []}
    tensors = {f"parameters/{name}": tensor for name, tensor in PARAMETERS.items()}
    save_file(tensors, file, {FORMAT: json.dumps({**description, "preconditioning": described})})
    with pytest.raises(DataError, match="preconditioning"):
        load_checkpoint(file, network="toy", like=PARAMETERS)


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


def test_rates_that_fit_no_level_are_refused(tmp_path: Path):
    file = tmp_path / "odd.safetensors"
    save_checkpoint(
        file, replace(CHECKPOINT, rates={**CHECKPOINT.rates, "a.weight": torch.zeros(5)})
    )
    with pytest.raises(DataError, match=r"rates of a\.weight in shape \(5,\)"):
        load_checkpoint(file, network="toy", like=PARAMETERS)
    save_checkpoint(file, replace(CHECKPOINT, rates={"a.weight": torch.zeros(2, 1)}))
    with pytest.raises(DataError, match=r"none for a\.bias"):
        load_checkpoint(file, network="toy", like=PARAMETERS)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"scale": "squared"}, "the scale 'squared', expected linear or logarithmic"),
        ({"rates": {**CHECKPOINT.rates, "other": torch.zeros(2)}}, "rates of other"),
        ({"rates": {ALL: torch.zeros(2)}}, "for all parameters"),
        ({"rates": {**CHECKPOINT.rates, ALL: torch.zeros(())}}, "for all parameters"),
    ],
)
def test_rates_that_would_be_misread_are_refused(
    tmp_path: Path, changes: dict[str, object], sentence: str
):
    file = tmp_path / "odd.safetensors"
    save_checkpoint(file, replace(CHECKPOINT, **changes))  # type: ignore[arg-type]
    with pytest.raises(DataError, match=sentence):
        load_checkpoint(file, network="toy", like=PARAMETERS)


def test_one_rate_for_all_makes_a_learner(tmp_path: Path):
    file = tmp_path / "single.safetensors"
    save_checkpoint(file, replace(CHECKPOINT, rates={ALL: torch.tensor(0.25)}, scale="linear"))
    learner = load_checkpoint(file, network="toy", like=PARAMETERS).learner()
    assert {name: size.item() for name, size in learner.step_sizes().items()} == {
        "a.weight": 0.25,
        "a.bias": 0.25,
    }


@pytest.mark.parametrize(
    ("metadata", "sentence"),
    [("{", "no JSON"), ("[]", "no 'network'"), ('{"network": "toy", "scale": 3}', "no 'scale'")],
)
def test_broken_metadata_is_refused(tmp_path: Path, metadata: str, sentence: str):
    file = tmp_path / "broken.safetensors"
    save_file(PARAMETERS, file, {FORMAT: metadata})
    with pytest.raises(DataError, match=sentence):
        load_checkpoint(file, network="toy", like=PARAMETERS)


def test_a_folder_in_the_way_is_told_in_a_sentence(tmp_path: Path):
    (tmp_path / "toy.safetensors").mkdir()
    with pytest.raises(CannotWriteError, match="toy"):
        save_checkpoint(tmp_path / "toy.safetensors", CHECKPOINT)


def test_others_may_read_a_checkpoint(path: Path):
    umask = os.umask(0)
    os.umask(umask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~umask


def test_any_other_safetensors_file_is_refused(tmp_path: Path):
    file = tmp_path / "other.safetensors"
    save_file(PARAMETERS, file)
    with pytest.raises(DataError, match="no checkpoint of vosbench"):
        load_checkpoint(file, network="toy", like=PARAMETERS)
