"""Supervised training on a line that a linear layer can learn."""

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vosbench.errors import UsageError
from vosbench.meta.supervised import SupervisedSettings, train_supervised


def line() -> Iterator[tuple[Tensor, Tensor]]:
    generator = torch.Generator().manual_seed(0)
    while True:
        x = torch.rand(16, 1, generator=generator)
        yield x, 3 * x - 1


def layer() -> nn.Linear:
    torch.manual_seed(0)
    return nn.Linear(1, 1)


def test_the_average_learns_the_line():
    settings = SupervisedSettings(steps=400, rate=0.1, weight_decay=0.0, averaging=0.9)
    parameters = train_supervised(layer(), line(), F.mse_loss, settings, lambda record: None)
    assert parameters["weight"].item() == pytest.approx(3, abs=0.05)
    assert parameters["bias"].item() == pytest.approx(-1, abs=0.05)


def test_a_record_holds_the_mean_loss_since_the_one_before():
    # A rate of 0 changes nothing, so a batch with target t costs (t − 0)² = t².
    network = layer()
    nn.init.zeros_(network.weight)
    nn.init.zeros_(network.bias)
    batches = ((torch.ones(1, 1), torch.full((1, 1), float(t))) for t in (1, 2, 3, 4, 5))
    settings = SupervisedSettings(steps=5, rate=0.0, log_every=2)
    log: list[dict[str, object]] = []
    train_supervised(network, batches, F.mse_loss, settings, lambda r: log.append(dict(r)))
    assert [record["step"] for record in log] == [2, 4, 5]
    # (1 + 4) / 2, (9 + 16) / 2, and 25 alone: the last interval is shorter.
    assert [record["loss"] for record in log] == [2.5, 12.5, 25.0]


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_few_steps_are_steps(steps: int):
    network = layer()
    before = network.weight.item()
    settings = SupervisedSettings(steps=steps)
    train_supervised(network, line(), F.mse_loss, settings, lambda record: None)
    assert network.weight.item() != before


@pytest.mark.parametrize("setting", ["steps", "log_every"])
def test_numbers_that_mean_nothing_are_refused(setting: str):
    with pytest.raises(UsageError, match=f"{setting} is 0"):
        SupervisedSettings(**{setting: 0})
