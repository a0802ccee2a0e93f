"""The reference probe on this machine, and how two are compared."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tiny_runs import BEAR, Jitter, dataset, only, request, run
from vosbench.errors import UsageError
from vosbench.sensors.probe import probe, ratios

PARTS = ("matmul", "convolution", "copy", "decode")
seconds = st.dictionaries(st.sampled_from(PARTS), st.floats(1e-6, 10.0))


def test_every_part_takes_a_while_and_all_of_them_not_long() -> None:
    started = time.process_time()
    found = probe()
    assert tuple(found) == PARTS
    assert all(1e-5 < taken < 2.0 for taken in found.values())
    assert time.process_time() - started < 3.0  # 0.3 s where nobody else is at work


def test_seconds_are_those_of_the_work() -> None:
    import torch

    left = torch.randn(768, 768)
    spans = []
    for _ in range(5):
        started = time.perf_counter()
        left @ left
        spans.append(time.perf_counter() - started)
    assert min(spans) / 4 < probe()["matmul"] < 10 * max(spans)


@given(seconds)
def test_a_machine_is_as_fast_as_itself(one: dict[str, float]) -> None:
    assert ratios(one, one) == dict.fromkeys(one, 1.0)


@given(seconds, seconds)
def test_ratios_are_of_common_parts_and_turn_around(
    one: dict[str, float], other: dict[str, float]
) -> None:
    there, back = ratios(one, other), ratios(other, one)
    assert set(there) == set(back) == set(one) & set(other)
    for part, ratio in there.items():
        assert ratio * back[part] == pytest.approx(1.0)


@pytest.mark.parametrize("repetitions", [1, 2])
def test_runs_that_are_repeated_keep_a_probe(tmp_path: Path, repetitions: int) -> None:
    import torch

    assert torch.get_num_threads() >= 1  # torch is at work in this process
    run(request(Jitter, repetitions=repetitions), dataset(BEAR), tmp_path)
    machine = only(tmp_path).manifest.machine
    kept = machine.get("probe")
    assert ("idle_watts" in machine) == (repetitions > 1)
    if repetitions == 1:
        assert kept is None
    else:
        assert isinstance(kept, dict)
        assert set(kept) == set(PARTS)
        assert all(taken > 0 for taken in kept.values())


def test_a_device_that_is_not_there_is_refused() -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has a CUDA device")
    with pytest.raises(UsageError, match="run with --device cpu"):
        probe("cuda")


@pytest.mark.gpu
def test_a_gpu_is_probed() -> None:
    assert all(taken > 0 for taken in probe("cuda").values())
