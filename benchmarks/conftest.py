"""What all benchmarks share: a clock that waits for the device, one thread, the machine."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from pkgutil import resolve_name
from time import perf_counter

import pytest
import torch

from benchmarks.device_timer import device_seconds
from benchmarks.known_work import sampled
from vosbench.machine import fingerprint

FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: Sequence[pytest.Item]) -> None:
    """Have benchmarks timed with `device_seconds`, unless another clock is asked for."""
    clock = _clock(config)
    for item in items:
        if item.path.is_relative_to(FOLDER):
            item.add_marker(pytest.mark.benchmark(timer=clock))


def pytest_benchmark_update_machine_info(
    config: pytest.Config, machine_info: dict[str, object]
) -> None:
    """Add the fingerprint by which timings of two machines are told apart."""
    machine_info["vosbench"] = fingerprint("cuda" if torch.cuda.is_available() else "cpu")


@pytest.fixture(autouse=True)
def _alone(request: pytest.FixtureRequest) -> Iterator[None]:
    """One thread, and known work before and after, which tells a busy machine from a slow part.

    More threads gain little on small networks, and lose much where cores are shared.
    """
    torch.set_num_threads(1)
    if "benchmark" not in request.fixturenames:
        yield
        return
    benchmark = request.getfixturevalue("benchmark")
    clock = _clock(request.config)
    before = sampled(clock)
    yield
    benchmark.extra_info["known_work_seconds"] = before + sampled(clock)


def _clock(config: pytest.Config) -> Callable[[], float]:
    """The clock that was asked for; instead of the default, which does not wait, one that does."""
    name = str(config.getoption("benchmark_timer"))
    clock: Callable[[], float] = resolve_name(name)
    return device_seconds if clock is perf_counter else clock


@pytest.fixture(params=["cpu", "cuda"])
def device(request: pytest.FixtureRequest) -> str:
    """Where tensors are computed with; skips where there is no such device."""
    name: str = request.param
    if name == "cuda" and not torch.cuda.is_available():
        pytest.skip("needs a CUDA device, and this machine has none")
    return name
