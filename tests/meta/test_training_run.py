"""The folder of a training: what it keeps, whom it lets in, what it refuses to go on with."""

from pathlib import Path

import pytest
import torch
from torch import nn

from vosbench.errors import DataError, UsageError
from vosbench.meta.training_log import read_log
from vosbench.meta.training_run import (
    Snapshot,
    folder_beside,
    opened,
    optimizer_tensors,
    restore_optimizer,
)

ASKED = {"seed": 1, "settings": {"steps": 5, "weights": [0.5, 1.0]}}


def test_a_state_comes_back(tmp_path: Path):
    tensors = {"a": torch.arange(6.0).reshape(2, 3)}
    with opened(tmp_path / "run", ASKED) as run:
        assert run.snapshot is None
        run.save(Snapshot(tensors, {"iteration": 3}))
    with opened(tmp_path / "run", ASKED) as run:
        assert run.snapshot is not None
        assert torch.equal(run.snapshot.tensors["a"], tensors["a"])
        assert run.snapshot.facts["iteration"] == 3


def test_records_that_are_made_again_are_not_written_again(tmp_path: Path):
    with opened(tmp_path / "run", ASKED) as run:
        run.log({"step": 1})
        run.save(Snapshot({}, {}))
        run.log({"step": 2})
        run.log({"step": 3})  # and killed before another state is saved
    with opened(tmp_path / "run", ASKED) as run:
        for step in (2, 3, 4):
            run.log({"step": step})
        assert [record["step"] for record in run.records()] == [1, 2, 3, 4]


def test_half_a_record_at_the_end_is_cut_off(tmp_path: Path):
    with opened(tmp_path / "run", ASKED) as run:
        run.log({"step": 1})
    with run.log_file.open("ab") as file:
        file.write(b'{"step": ')
    assert len(read_log(run.log_file)) == 1
    with opened(tmp_path / "run", ASKED) as run:
        run.log({"step": 1})
        run.log({"step": 2})
    assert run.log_file.read_text() == '{"step": 1}\n{"step": 2}\n'


def test_other_settings_are_refused_with_the_one_that_differs(tmp_path: Path):
    with opened(tmp_path / "run", ASKED):
        pass
    other = {"seed": 1, "settings": {"steps": 6, "weights": [0.5, 1.0]}}
    with (
        pytest.raises(UsageError, match=r"begun with settings\.steps 5, now it is 6; .* --fresh"),
        opened(tmp_path / "run", other),
    ):
        pass
    with opened(tmp_path / "run", other, fresh=True) as run:
        assert run.snapshot is None


def test_a_new_setting_is_a_different_one(tmp_path: Path):
    with opened(tmp_path / "run", ASKED):
        pass
    with (
        pytest.raises(UsageError, match="begun with clip not set, now it is 2"),
        opened(tmp_path / "run", {**ASKED, "clip": 2}),
    ):
        pass


def test_beginning_afresh_forgets_state_and_log(tmp_path: Path):
    with opened(tmp_path / "run", ASKED) as run:
        run.log({"step": 1})
        run.save(Snapshot({}, {"iteration": 3}))
    with opened(tmp_path / "run", ASKED, fresh=True) as run:
        assert run.snapshot is None and not run.log_file.exists()


def test_two_cannot_train_in_one_folder(tmp_path: Path):
    with (
        opened(tmp_path / "run", ASKED),
        pytest.raises(UsageError, match="another process trains in"),
        opened(tmp_path / "run", ASKED),
    ):
        pass


@pytest.mark.parametrize("content", [b"", b"no safetensors", b"\x08\0\0\0\0\0\0\0{}      "])
def test_a_broken_state_says_how_to_begin_again(tmp_path: Path, content: bytes):
    with opened(tmp_path / "run", ASKED):
        pass
    (tmp_path / "run" / "state.safetensors").write_bytes(content)
    with pytest.raises(DataError, match="--fresh"), opened(tmp_path / "run", ASKED):
        pass


def test_broken_settings_say_what_to_do(tmp_path: Path):
    with opened(tmp_path / "run", ASKED):
        pass
    (tmp_path / "run" / "settings.json").write_text("{")
    with pytest.raises(DataError, match="no JSON"), opened(tmp_path / "run", ASKED):
        pass


def test_states_are_saved_no_more_often_than_asked(tmp_path: Path):
    with opened(tmp_path / "seldom", ASKED, save_every=1e9) as run:
        assert not run.is_due()
    with opened(tmp_path / "often", ASKED, save_every=0.0) as run:
        assert run.is_due()


@pytest.mark.parametrize("content", ["[1]\n", "{\n", "1\n"])
def test_a_log_that_is_none_is_refused(tmp_path: Path, content: str):
    (tmp_path / "log.jsonl").write_text(content)
    with pytest.raises(DataError, match=r"log\.jsonl"):
        read_log(tmp_path / "log.jsonl")


def test_the_run_lies_beside_its_output(tmp_path: Path):
    assert folder_beside(tmp_path / "a.safetensors") == tmp_path / "a.training"


def test_an_optimizer_goes_on_to_the_last_bit():
    def layer() -> nn.Conv2d:
        torch.manual_seed(0)
        return nn.Conv2d(3, 8, 3).to(memory_format=torch.channels_last)

    def step(network: nn.Conv2d, optimizer: torch.optim.Optimizer, number: int) -> None:
        generator = torch.Generator().manual_seed(number)
        optimizer.zero_grad()
        network(torch.randn(2, 3, 5, 5, generator=generator)).square().mean().backward()
        optimizer.step()

    networks = [layer(), layer()]
    optimizers = [torch.optim.AdamW(network.parameters(), lr=0.1) for network in networks]
    for number in range(3):
        step(networks[0], optimizers[0], number)
    networks[1].load_state_dict(networks[0].state_dict())
    kept = {n: t.contiguous().clone() for n, t in optimizer_tensors(optimizers[0]).items()}
    restore_optimizer(optimizers[1], kept)
    for network, optimizer in zip(networks, optimizers, strict=True):
        step(network, optimizer, 3)
    assert torch.equal(networks[0].weight, networks[1].weight)
