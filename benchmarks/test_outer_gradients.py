"""First order in closed form against its oracle: seconds and memory of a meta-learning task by T.

    python -m pytest benchmarks/test_outer_gradients.py --benchmark-timer=time.process_time \
        --benchmark-columns=min,median

Two networks: the compact one, where a task is nearly all convolutions and the two must take about
the same time, and the box head of Mask R-CNN, a third of the parameters of the paper's network,
where moving parameters costs as much as evaluating them. One thread.
"""

import os
import resource
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import torch
from pytest_benchmark.fixture import BenchmarkFixture
from torch import Tensor, nn
from torch.func import functional_call

from vosbench.meta.generated_tasks import GeneratedTasks
from vosbench.meta.learner import Learner, Parameters, initial_rates
from vosbench.meta.outer import Differentiation, Task, outer_gradients
from vosbench.methods._compact import CompactNetwork
from vosbench.methods._compact_task import CompactTask

STEPS = (1, 5, 20)
REGIONS = 64
"""Regions that the box head sees in each step, an eighth of what the paper samples."""


@dataclass(frozen=True)
class Regression:
    """A network's outputs are to be 0 on its inputs."""

    network: nn.Module
    support: Tensor
    query: Tensor

    def support_loss(self, parameters: Parameters, step: int) -> Tensor:
        """Mean square on the support inputs."""
        return self._loss(parameters, self.support)

    def query_loss(self, parameters: Parameters) -> Tensor:
        """Mean square on the query inputs."""
        return self._loss(parameters, self.query)

    def _loss(self, parameters: Parameters, inputs: Tensor) -> Tensor:
        outputs: Tensor = functional_call(self.network, dict(parameters), (inputs,))
        return outputs.square().mean()


def compact() -> tuple[nn.Module, Task]:
    """The compact network and a generated task."""
    torch.manual_seed(0)
    network = CompactNetwork()
    return network, CompactTask.drawn(network, GeneratedTasks(0, first_clips=1).draw(0))


def box_head() -> tuple[nn.Module, Task]:
    """The fully connected layers of Mask R-CNN's box head: 13.9 million parameters."""
    torch.manual_seed(0)
    layers = (nn.Linear(12544, 1024), nn.ReLU(), nn.Linear(1024, 1024), nn.ReLU())
    network = nn.Sequential(*layers, nn.Linear(1024, 10))
    return network, Regression(network, torch.randn(REGIONS, 12544), torch.randn(REGIONS, 12544))


NETWORKS: dict[str, Callable[[], tuple[nn.Module, Task]]] = {
    "compact": compact,
    "box head": box_head,
}


@pytest.mark.parametrize("way", ["first", "closed-form"])
@pytest.mark.parametrize("steps", STEPS)
@pytest.mark.parametrize("network", NETWORKS)
def test_one_task(
    benchmark: BenchmarkFixture, network: str, steps: int, way: Differentiation
) -> None:
    """Outer gradients of one task; `extra_info` has the memory they took beyond the learner."""
    torch.set_num_threads(1)
    module, task = NETWORKS[network]()
    start = {name: p.detach().clone().requires_grad_() for name, p in module.named_parameters()}
    rates = initial_rates(start, 1e-3)
    learner = Learner(start, {name: rate.requires_grad_() for name, rate in rates.items()})
    weights = (0.0,) * (steps - 1) + (1.0,)

    def gradients() -> None:
        outer_gradients(learner, task, weights, way)

    benchmark.extra_info["megabytes"] = megabytes_of(gradients)
    benchmark.pedantic(gradients, rounds=3)


def megabytes_of(action: Callable[[], None]) -> int:
    """How much the peak of memory grows by `action`, in a child that has done nothing else."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        action()
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        os.write(writer, str(grown // 1024).encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        return int(pipe.read())
