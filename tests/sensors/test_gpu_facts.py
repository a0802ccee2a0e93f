"""What a fingerprint says of a GPU, by stand-ins for the driver and for torch."""

from types import SimpleNamespace

import pytest

from tests.sensors.fake_nvidia import NONE, device
from vosbench.sensors.gpu_facts import driver_facts
from vosbench.sensors.torch_facts import cuda_facts, torch_facts


def test_the_driver_tells_limits_in_plain_units() -> None:
    assert driver_facts(device()) == {
        "driver": "580.10",
        "mig": False,
        "gpu_max_clock_hertz": 1_980_000_000,
        "gpu_memory_max_clock_hertz": 3_201_000_000,
        "gpu_power_limit_watts": 700.0,
    }
    split = driver_facts(device(partition=True, limit=NONE))
    assert split["mig"] is True
    assert split["gpu_power_limit_watts"] is None


def test_torch_tells_of_a_device_and_hides_its_serial_identity(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import torch

    uuid = "bcd1f1a0-0000-4000-8000-000000000001"
    properties = SimpleNamespace(
        name="H200", total_memory=1 << 37, multi_processor_count=132, major=9, minor=0, uuid=uuid
    )
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: properties)
    monkeypatch.setattr(torch.cuda, "get_allocator_backend", lambda: "native")
    facts = cuda_facts("cuda:1")
    assert facts["gpu"] == "H200"
    assert facts["gpu_capability"] == "9.0"
    assert facts["gpu_allocator"] == "native"
    assert uuid not in str(facts)
    assert len(str(facts["gpu_uuid_sha256"])) == 12


def test_flags_of_cuda_are_told_of_cuda_only() -> None:
    cpu, cuda = torch_facts("cpu")["flags"], torch_facts("cuda")["flags"]
    assert isinstance(cpu, dict)
    assert isinstance(cuda, dict)
    assert not {"tf32", "cudnn_benchmark"} & cpu.keys()
    assert cuda["tf32"] in ("none", "matmul", "convolution", "matmul and convolution")


def test_flags_follow_what_is_set() -> None:
    import torch

    before = torch.get_float32_matmul_precision()
    try:
        torch.set_float32_matmul_precision("high")
        flags = torch_facts("cuda")["flags"]
        assert isinstance(flags, dict)
        assert flags["matmul_precision"] == "high"
        assert "matmul" in flags["tf32"]
    finally:
        torch.set_float32_matmul_precision(before)
