"""Who is at work on a GPU, on a machine and in containers of two kinds."""

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.sensors.fake_nvidia import NONE, device, process
from tests.sensors.fake_proc import write_namespace, write_process
from vosbench.sensors.gpu_processes import own_bytes, strangers

OWN = os.getpid()
CHILD, SISTER = OWN + 1_000_000, OWN + 2_000_000
MACHINE, CONTAINER = 4026531836, 4026532999


@pytest.fixture(params=[MACHINE, CONTAINER], ids=["machine", "container"])
def proc(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return proc_in(tmp_path, request.param)


def proc_in(folder: Path, namespace: int) -> Path:
    write_process(folder, OWN)
    write_process(folder, CHILD, parent=OWN)
    write_process(folder, SISTER)
    write_namespace(folder, namespace)
    return folder


def memory(used_mib: int) -> SimpleNamespace:
    """Of 1000 MiB, 100 MiB of them reserved by the driver."""
    return SimpleNamespace(
        total=1000 << 20, free=(900 - used_mib) << 20, reserved=100 << 20, used=None
    )


def test_this_process_and_its_children_are_no_strangers(proc: Path) -> None:
    alone = device(processes=[process(OWN), process(CHILD, 100)], memory=memory(610))
    assert strangers(alone, own_context=True, proc=proc) == 0
    shared = device(processes=[process(OWN), process(SISTER)], memory=memory(900))
    assert strangers(shared, own_context=True, proc=proc) == 1


def test_before_the_first_tensor_whoever_is_there_is_foreign(proc: Path) -> None:
    empty = device(processes=[], memory=memory(3))
    assert strangers(empty, own_context=False, proc=proc) == 0
    taken = device(processes=[process(SISTER)], memory=memory(500))
    assert strangers(taken, own_context=False, proc=proc) == 1


def test_of_numbers_of_the_machine_one_is_this_process(tmp_path: Path) -> None:
    proc = proc_in(tmp_path, CONTAINER)
    alone = device(processes=[process(70_000_001)], memory=memory(505))
    assert strangers(alone, own_context=True, proc=proc) == 0
    shared = device(processes=[process(70_000_001), process(70_000_002)], memory=memory(900))
    assert strangers(shared, own_context=True, proc=proc) == 1


def test_a_container_does_not_see_who_is_outside_but_their_memory(tmp_path: Path) -> None:
    proc = proc_in(tmp_path, CONTAINER)
    hidden = device(processes=[process(OWN)], memory=memory(800))  # 300 MiB of nobody
    assert strangers(hidden, own_context=True, proc=proc) is None
    untold = device(processes=[process(OWN, None)], memory=memory(500))
    assert strangers(untold, own_context=True, proc=proc) is None
    unknown = device(processes=[process(OWN)], memory=NONE)
    assert strangers(unknown, own_context=True, proc=proc) is None


def test_a_driver_that_hides_even_this_process_is_not_believed(proc: Path) -> None:
    assert strangers(device(processes=[]), own_context=True, proc=proc) is None


@pytest.mark.parametrize("answers", [{"processes": NONE}, {"partition": True}])
def test_no_list_or_only_a_part_of_a_device_is_not_known(
    answers: dict[str, Any], proc: Path
) -> None:
    assert strangers(device(**answers), own_context=True, proc=proc) is None


def test_behind_a_service_its_clients_count(tmp_path: Path) -> None:
    proc = proc_in(tmp_path, MACHINE)
    served = device(processes=[process(99)], served=[process(OWN), process(SISTER)])
    assert strangers(served, own_context=True, proc=proc) == 1


def test_memory_of_this_process_is_told_where_it_is_known_which_one_it_is() -> None:
    assert own_bytes(device(processes=[process(SISTER, 9), process(OWN, 7)])) == 7 << 20
    assert own_bytes(device(processes=[process(70_000_001, 7)])) == 7 << 20
    assert own_bytes(device(processes=[process(70_000_001), process(70_000_002)])) is None
    assert own_bytes(device(processes=[process(OWN, None)])) is None
    assert own_bytes(device(processes=[])) is None
    assert own_bytes(device(processes=NONE)) is None
