"""A method with operators that are known, profiled by torch."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.tiny_runs import BEAR, Jitter, explode
from vosbench.arrays import Image, Mask
from vosbench.errors import MethodError
from vosbench.method import Method
from vosbench.profiling.collecting import ProfileRequest, collect
from vosbench.profiling.counts import Counts, counts_of
from vosbench.profiling.profile_records import OUTSIDE, OperatorTotal, Profile
from vosbench.record_json import from_json, to_json
from vosbench.timing import phase
from vosbench.timing_records import THROUGHPUT

STEPS = len(BEAR) - 1


class Known(Method):
    """Three inner steps in `init`; a sine a frame in `infer`, a cosine in the `post` within it.

    Every other frame takes an exponential in `adapt`.
    """

    def __init__(self, device: str = "cpu") -> None:
        self._device = device

    def fit(self, image: Image, mask: Mask) -> None:
        self._mask = mask
        self._frame = 0
        self._weight = torch.ones(64, 64, device=self._device, requires_grad=True)
        for _ in range(3):
            loss = torch.mm(self._weight, self._weight).sum()
            (gradient,) = torch.autograd.grad(loss, [self._weight])
            self._weight = (self._weight - 0.001 * gradient).detach().requires_grad_()

    def step(self, image: Image) -> Mask:
        self._frame += 1
        with torch.inference_mode():
            torch.sin(self._weight)
            if self._frame % 2 == 0:
                with phase("adapt"):
                    torch.exp(self._weight)
            with phase("post"):
                answer = self._answer(torch.cos(self._weight))
        return answer

    def _answer(self, values: Tensor) -> Mask:
        assert values.cpu().numpy().shape == (64, 64)
        return self._mask


class Restless(Known):
    """Another mask in every pass."""

    passes = 0

    def fit(self, image: Image, mask: Mask) -> None:
        super().fit(image, mask)
        self.passes += 1
        self._mask = np.roll(mask, self.passes, axis=1)


def profiled(method: Method, folder: Path, **changes: Any) -> Profile:
    fields: dict[str, Any] = {
        "method": method,
        "label": "known",
        "settings": {"steps": 3},
        "dataset": "tiny",
        "sequence": BEAR,
        "trace": folder / "trace.json.gz",
    }
    return collect(ProfileRequest(**fields | changes))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("profile")


@pytest.fixture(scope="module")
def known(folder: Path) -> Profile:
    return profiled(Known(), folder, python=True)


def calls(profile: Profile, name: str) -> dict[str, int]:
    return {each.phase: each.calls for each in profile.operators if each.operator == name}


def inside(profile: Profile, name: str) -> Iterator[OperatorTotal]:
    return (each for each in profile.operators if each.phase == name)


def test_each_operator_is_in_its_phase(known: Profile) -> None:
    assert calls(known, "aten::sin") == {"infer": STEPS}
    assert calls(known, "aten::cos") == {"post": STEPS}
    assert calls(known, "aten::exp") == {"adapt": STEPS // 2}
    # one product forward, two backward, in each of three inner steps
    assert calls(known, "aten::mm") == {"init": 9}


def test_phases_and_backward_passes_are_counted(known: Profile) -> None:
    entered = {total.phase: total.entered for total in known.phases}
    assert entered == {"init": 1, "adapt": STEPS // 2, "infer": STEPS, "post": STEPS}
    passes = {total.phase: total.backward_passes for total in known.phases}
    assert passes == {"init": 3, "adapt": 0, "infer": 0, "post": 0}


def test_allocated_bytes_are_those_of_the_tensors_made(known: Profile) -> None:
    (sine,) = [each for each in inside(known, "infer") if each.operator == "aten::sin"]
    assert (sine.host_bytes, sine.allocations) == (STEPS * 64 * 64 * 4, STEPS)


def test_seconds_by_operator_add_up_to_those_of_the_phase(known: Profile) -> None:
    for total in known.phases:
        assert total.profiled_seconds is not None
        together = sum(each.cpu_seconds for each in inside(known, total.phase))
        assert together == pytest.approx(total.profiled_seconds, rel=1e-3)


def test_counts_of_phases_are_sums_over_their_operators(known: Profile) -> None:
    for total in known.phases:
        found = list(inside(known, total.phase))
        assert total.host_bytes == sum(each.host_bytes for each in found)
        assert total.allocations == sum(each.allocations for each in found)
        assert total.operator_calls is not None
        assert 0 < total.operator_calls <= sum(each.calls for each in found)


def test_forward_passes_are_those_of_outermost_modules_even_after_one_that_fails(
    tmp_path: Path,
) -> None:
    class Networked(Known):
        def __init__(self) -> None:
            super().__init__()
            self._network = torch.nn.Sequential(torch.nn.Linear(64, 8), torch.nn.Linear(8, 1))

        def step(self, image: Image) -> Mask:
            with pytest.raises(RuntimeError):
                self._network(torch.ones(3))
            with phase("post"):
                self._network(torch.ones(64))
                self._network(torch.ones(64))
            return super().step(image)

    counted = counts_of(profiled(Networked(), tmp_path)).phases
    assert {name: each.forward_passes for name, each in counted.items()} == {
        "init": 0,
        "adapt": 0,
        "infer": STEPS,
        "post": 2 * STEPS,
    }
    assert not torch.nn.modules.module._global_forward_hooks


def test_counts_are_the_same_without_a_warm_up_and_a_trace_is_kept_only_where_asked_for(
    known: Profile, tmp_path: Path
) -> None:
    made = profiled(Known(), tmp_path, warm_up=False, trace=None)
    assert counts_of(made) == counts_of(known)
    assert not list(tmp_path.iterdir())


def test_a_whole_clip_is_counted_where_that_is_asked_for(tmp_path: Path) -> None:
    made = profiled(Known(), tmp_path, mode=THROUGHPUT)
    assert {total.phase: total.entered for total in made.phases} == {
        "init": 1,
        "adapt": STEPS // 2,
        "infer": 1,
        "post": STEPS,
    }


def test_counts_repeat_themselves_and_are_read_back(known: Profile, tmp_path: Path) -> None:
    first, again = counts_of(known), counts_of(profiled(Known(), tmp_path))
    assert again == first
    assert from_json(to_json(first), Counts) == first
    for counted in first.phases.values():
        assert list(counted.operators) == sorted(counted.operators)


def test_the_profiler_is_said_to_slow_down(known: Profile) -> None:
    with_it = sum(total.profiled_seconds or 0 for total in known.phases)
    assert known.slowdown == pytest.approx(with_it / sum(total.seconds for total in known.phases))


def test_the_trace_shows_phases_within_each_other(known: Profile, folder: Path) -> None:
    content = json.loads(gzip.decompress((folder / "trace.json.gz").read_bytes()))
    events = content["traceEvents"]
    marks = [each for each in events if each.get("name", "").startswith("vosbench phase ")]
    assert sum(mark["name"] == "vosbench phase infer" for mark in marks) == STEPS
    post = next(mark for mark in marks if mark["name"] == "vosbench phase post")
    around = [
        mark["name"]
        for mark in marks
        if mark["ts"] <= post["ts"] and post["ts"] + post["dur"] <= mark["ts"] + mark["dur"]
    ]
    assert sorted(around) == ["vosbench phase infer", "vosbench phase post"]


def test_functions_are_in_the_phase_that_they_ran_in(known: Profile) -> None:
    places = {
        each.phase: each.calls for each in known.functions if "Known._answer" in each.function
    }
    assert places == {"post": STEPS}
    assert {each.phase for each in known.functions} == {"init", "adapt", "infer", "post"}


def test_torch_is_left_as_it_was(known: Profile) -> None:
    assert torch.autograd.grad.__module__ == "torch.autograd"
    assert torch.autograd.backward.__module__ == "torch.autograd"


def test_a_method_that_does_not_repeat_itself_is_told(tmp_path: Path) -> None:
    (remark,) = profiled(Restless(), tmp_path).remarks
    assert "does not repeat itself" in remark


def test_a_method_without_torch_has_its_wall_clock(tmp_path: Path) -> None:
    made = profiled(Jitter(), tmp_path)
    assert made.operators == ()
    assert made.slowdown is None
    assert [total.phase for total in made.phases] == ["init", "infer"]
    assert all(total.operator_calls is None for total in made.phases)
    (remark,) = made.remarks
    assert remark.startswith("known calls no operator of torch in this process")
    assert not (tmp_path / "trace.json.gz").exists()


def test_a_method_that_fails_is_one_sentence(tmp_path: Path) -> None:
    class Failing(Jitter):
        def step(self, image: Image) -> Mask:
            return explode(super().step(image))

    with pytest.raises(MethodError, match=r"known failed on bear: RuntimeError: out of luck .*\d"):
        profiled(Failing(), tmp_path)


@pytest.mark.gpu
def test_work_of_the_device_adds_up_to_that_of_its_phase(tmp_path: Path) -> None:
    made = profiled(Known("cuda"), tmp_path, device="cuda")
    assert calls(made, "aten::mm") == {"init": 9}
    assert calls(made, "aten::sin") == {"infer": STEPS}
    events = json.loads(gzip.decompress((tmp_path / "trace.json.gz").read_bytes()))["traceEvents"]
    device = ("kernel", "gpu_memcpy", "gpu_memset")
    in_trace = sum(each["dur"] for each in events if each.get("cat") in device) / 1e6
    assert sum(each.device_seconds for each in made.operators) == pytest.approx(in_trace)
    products = [each for each in made.operators if each.operator == "aten::mm"]
    assert all(each.device_seconds > 0 for each in products)
    assert next(total for total in made.phases if total.phase == "init").backward_passes == 3
    assert any(each.operator == OUTSIDE for each in made.operators)
