"""What an operator cost in which phase, on traces made up for the purpose."""

import math
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.profiling.made_traces import (
    MAIN,
    WORKER,
    Event,
    backward_pass,
    kernel,
    launch,
    mark,
    memory,
    operator,
)
from vosbench.profiling.attribution import Attribution, attribute
from vosbench.profiling.profile_records import OUTSIDE, UNKNOWN, OperatorTotal
from vosbench.speed.rates import AMORTISED


def of(*events: Event, shapes: bool = False) -> Attribution:
    return attribute(events, phases=AMORTISED, shapes=shapes)


def total(found: Attribution, phase: str, name: str) -> OperatorTotal:
    (one,) = [each for each in found.operators if (each.phase, each.operator) == (phase, name)]
    return one


def microseconds(seconds: float) -> float:
    return pytest.approx(seconds * 1e6)  # type: ignore[no-any-return]


class TestOnTheHost:
    def test_an_operator_has_its_time_less_that_of_those_it_called(self) -> None:
        found = of(
            mark("init", 0, 100),
            operator("aten::conv2d", 10, 60),
            operator("aten::convolution", 15, 55),
            operator("aten::empty", 20, 25),
        )
        assert microseconds(total(found, "init", "aten::conv2d").cpu_seconds) == 10
        assert microseconds(total(found, "init", "aten::convolution").cpu_seconds) == 35
        assert microseconds(total(found, "init", OUTSIDE).cpu_seconds) == 50

    def test_the_inner_phase_has_what_ran_in_it(self) -> None:
        found = of(
            mark("infer", 0, 100),
            mark("post", 40, 70),
            operator("aten::add", 10, 20),
            operator("aten::add", 50, 55),
            operator("aten::add", 80, 81),
        )
        assert total(found, "infer", "aten::add").calls == 2
        assert microseconds(total(found, "infer", "aten::add").cpu_seconds) == 11
        assert microseconds(total(found, "post", "aten::add").cpu_seconds) == 5
        assert microseconds(found.phases["infer"].seconds) == 70
        assert microseconds(found.phases["post"].seconds) == 30

    def test_a_backward_pass_on_another_thread_belongs_to_the_phase_that_waits_for_it(
        self,
    ) -> None:
        found = of(
            mark("adapt", 0, 100),
            backward_pass(10, 90),
            operator("autograd::engine::evaluate_function: MulBackward0", 20, 80, WORKER),
            operator("aten::mul", 30, 70, WORKER),
            mark("infer", 100, 200),
        )
        assert microseconds(total(found, "adapt", "aten::mul").cpu_seconds) == 40
        # while the worker computes, the method itself does nothing
        assert microseconds(total(found, "adapt", OUTSIDE).cpu_seconds) == 40
        assert found.phases["adapt"].backward_passes == 1
        assert found.phases["adapt"].operator_calls == 1
        assert found.phases["infer"].backward_passes == 0

    def test_what_runs_in_no_phase_of_the_method_is_told_apart(self) -> None:
        found = of(
            mark("io", 0, 10),
            operator("aten::zeros", 2, 5),
            mark("init", 20, 30),
            operator("aten::zeros", 40, 47),
        )
        assert total(found, "", "aten::zeros").calls == 2
        assert list(found.phases) == ["init"]
        assert [each.operator for each in found.operators if each.phase == "init"] == [OUTSIDE]

    def test_shapes_tell_calls_apart_where_asked_for(self) -> None:
        events = (
            mark("init", 0, 100),
            operator("aten::mm", 10, 20, shapes=[[8, 3], [3, 3], []]),
            operator("aten::mm", 30, 45, shapes=[[8, 3], [3, 3], []]),
            operator("aten::mm", 60, 61, shapes=[[2, 3], [3, 3], []]),
        )
        assert total(of(*events), "init", "aten::mm").calls == 3
        apart = {
            each.shapes: each.calls for each in of(*events, shapes=True).operators if each.calls
        }
        assert apart == {"8×3, 3×3": 2, "2×3, 3×3": 1}

    def test_the_most_expensive_comes_first_and_equals_by_name(self) -> None:
        found = of(
            mark("infer", 0, 100),
            operator("aten::b", 10, 20),
            operator("aten::a", 20, 30),
            operator("aten::c", 30, 75),
        )
        names = [each.operator for each in found.operators]
        assert names == ["aten::c", OUTSIDE, "aten::a", "aten::b"]


class TestMemory:
    def test_what_is_allocated_counts_whether_or_not_it_is_freed(self) -> None:
        found = of(
            mark("init", 0, 100),
            operator("aten::add", 10, 50),
            operator("aten::empty", 20, 30),
            memory(25, 4096),
            memory(40, 100),
            memory(45, -4096),
            memory(46, 1 << 20, device_type=1),
            memory(90, 7),
        )
        assert total(found, "init", "aten::empty").host_bytes == 4096
        add = total(found, "init", "aten::add")
        assert (add.host_bytes, add.device_bytes, add.allocations) == (100, 1 << 20, 2)
        assert total(found, "init", OUTSIDE).host_bytes == 7

    def test_memory_belongs_to_the_operator_of_its_own_thread(self) -> None:
        found = of(
            mark("init", 0, 100),
            operator("aten::add", 10, 50, MAIN),
            operator("aten::mul", 10, 50, WORKER),
            memory(20, 8, WORKER),
        )
        assert total(found, "init", "aten::mul").host_bytes == 8
        assert total(found, "init", "aten::add").host_bytes == 0


class TestOnTheDevice:
    def test_a_kernel_belongs_to_the_operator_that_launched_it_however_late_it_runs(self) -> None:
        found = of(
            mark("init", 0, 100),
            operator("aten::conv2d", 10, 60, number=1),
            operator("aten::cudnn_convolution", 20, 50, number=2),
            launch(25, 30, correlation=77),
            mark("infer", 100, 200),
            kernel(120, 170, number=2, correlation=77),
        )
        convolution = total(found, "init", "aten::cudnn_convolution")
        assert microseconds(convolution.device_seconds) == 50
        assert microseconds(convolution.cpu_seconds) == 25
        assert total(found, "init", "aten::conv2d").device_seconds == 0
        assert total(found, "init", "cudaLaunchKernel").calls == 1
        assert found.phases["init"].operator_calls == 2

    def test_without_the_operators_number_the_launch_tells(self) -> None:
        found = of(
            mark("init", 0, 100),
            operator("fused_kernel", 10, 60, number=1),
            launch(25, 30, correlation=77),
            kernel(120, 170, correlation=77),
        )
        assert microseconds(total(found, "init", "fused_kernel").device_seconds) == 50

    def test_work_that_no_operator_launched_is_not_lost(self) -> None:
        found = of(
            mark("init", 0, 100),
            launch(25, 30, correlation=77),
            kernel(120, 170, correlation=77),
            mark("infer", 200, 300),
            kernel(220, 221),
        )
        assert microseconds(total(found, "init", UNKNOWN).device_seconds) == 50
        assert microseconds(total(found, "infer", UNKNOWN).device_seconds) == 1

    def test_the_device_is_looked_at_first_for_what_is_expensive(self) -> None:
        found = of(
            mark("init", 0, 100),
            operator("aten::slow_on_host", 10, 60, number=1),
            operator("aten::slow_on_device", 60, 61, number=2),
            kernel(61, 90, number=2),
        )
        assert found.operators[0].operator == "aten::slow_on_device"


Tree = tuple[str, list["Tree"]]


def trees() -> st.SearchStrategy[Tree]:
    names = st.sampled_from(["infer", "post", "adapt", "io", "aten::add", "aten::mul"])
    leaf = st.tuples(names, st.just([]))
    return st.recursive(leaf, lambda inner: st.tuples(names, st.lists(inner, max_size=3)))


def played(trees: Iterable[Tree], start: float, within_operator: bool) -> tuple[list[Event], float]:
    """Events of phases and operators within each other; phases do not begin within operators."""
    events: list[Event] = []
    now = start
    for name, inner in trees:
        is_phase = "::" not in name
        if is_phase and within_operator:
            name, is_phase = "aten::sub", False
        inside, end = played(inner, now + 1, not is_phase)
        end += 1
        events.append((mark if is_phase else operator)(name, now, end))
        events += inside
        now = end + 1
    return events, now


@given(st.lists(trees(), max_size=5))
def test_seconds_of_operators_add_up_to_those_of_their_phase(made: list[Tree]) -> None:
    events, _ = played(made, 0.0, within_operator=False)
    found = attribute(reversed(events), phases=AMORTISED)
    for name, phase in found.phases.items():
        inside = math.fsum(each.cpu_seconds for each in found.operators if each.phase == name)
        assert inside == pytest.approx(phase.seconds)
    calls = sum(event["cat"] == "cpu_op" for event in events)
    assert sum(each.calls for each in found.operators) == calls
