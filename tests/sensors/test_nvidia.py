"""Finding a device in NVIDIA's library, without one."""

from typing import Any

import pytest

from tests.sensors.fake_nvidia import NONE, UUID, FakeNvml, device
from vosbench.sensors.nvidia import NvidiaDevice, open_nvidia


def found(library: Any) -> NvidiaDevice:
    opened = open_nvidia("cuda:1", library=library, uuid=UUID)
    assert opened is not None
    return opened


def test_a_device_is_found_by_its_identity_and_not_by_its_number() -> None:
    opened = found(FakeNvml())
    assert opened.handle == f"handle of GPU-{UUID}"
    assert not opened.partition
    assert opened.driver() == "580.10"


@pytest.mark.parametrize("answers", [{"uuid": f"MIG-{UUID}", "mig": NONE}, {"mig": [1, 1]}])
def test_a_part_of_a_device_is_known_as_one(answers: dict[str, Any]) -> None:
    assert found(FakeNvml(**answers)).partition


def test_a_split_that_waits_for_a_reset_is_none_yet() -> None:
    assert not found(FakeNvml(mig=[0, 1])).partition


def test_no_driver_no_such_device_or_no_gpu_at_all_is_none() -> None:
    assert open_nvidia("cuda", library=FakeNvml(driver=NONE), uuid=UUID) is None
    assert open_nvidia("cuda", library=FakeNvml(), uuid="other") is None
    for other in ("cpu", "mps"):
        library = FakeNvml()
        assert open_nvidia(other, library=library, uuid=UUID) is None
        assert library.started == 0


def test_a_figure_that_is_not_offered_is_none() -> None:
    without = device(celsius=NONE)
    assert without.ask("nvmlDeviceGetTemperatureV", 0) is None
    assert without.ask("nvmlDeviceGetSomethingNewer") is None
    names = ("nvmlDeviceGetSomethingNewer", "nvmlDeviceGetComputeRunningProcesses")
    assert device(processes=[1]).ask_first(*names) == [1]


def test_a_defect_of_the_caller_is_not_hidden() -> None:
    with pytest.raises(TypeError):
        device().ask("nvmlDeviceGetClockInfo")
