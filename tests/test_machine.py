"""What a machine says about itself, and what it refuses to pretend."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from vosbench import machine
from vosbench.errors import UsageError

ROOT = Path(__file__).resolve().parents[1]


def test_a_fingerprint_is_plain_json_and_stays_the_same() -> None:
    first, second = machine.fingerprint(), machine.fingerprint()
    assert json.loads(json.dumps(first)) == first == second
    assert isinstance(first["cpu"], str)
    assert first["cpu"]
    assert isinstance(first["cores"], int)
    assert first["cores"] >= 1
    assert first["device"] == "cpu"
    assert None not in first.values()


def test_nothing_is_said_about_a_gpu_that_was_not_used() -> None:
    assert not {"gpu", "driver", "cuda"} & machine.fingerprint().keys()


def test_the_id_is_that_of_the_hardware() -> None:
    facts = machine.fingerprint()
    assert facts["id"] == machine.machine_id(facts)
    assert machine.machine_id({**facts, "cpu": "another"}) != facts["id"]
    assert machine.machine_id({**facts, "gpu": "H200"}) != facts["id"]
    beside = {"torch": "9.9", "threads": 64, "flags": {}, "environment": {}, "probe": {"copy": 1.0}}
    assert machine.machine_id({**facts, **beside}) == facts["id"]
    assert (
        machine.machine_id({**facts, "max_clock_hertz": 1, "gpu_power_limit_watts": 1.0})
        == (facts["id"])
    )


def test_fewer_usable_cores_make_another_machine() -> None:
    if not hasattr(os, "sched_setaffinity") or len(os.sched_getaffinity(0)) < 2:
        pytest.skip("needs two cores and sched_setaffinity")
    code = (
        "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); "
        "from vosbench import machine; f = machine.fingerprint(); print(f['id'], f['cores'])"
    )
    found, cores = python(code).split()
    assert int(cores) == 1
    assert found != machine.fingerprint()["id"]


def test_torch_is_not_imported_for_the_cpu_but_asked_where_it_is_at_work() -> None:
    plain = python(
        "import sys; from vosbench import machine; f = machine.fingerprint(); "
        "print('torch' in sys.modules, 'torch' in f)"
    )
    assert plain.split() == ["False", "False"]
    pytest.importorskip("torch")
    asked = python(
        "import torch; torch.set_num_threads(1); from vosbench import machine; "
        "f = machine.fingerprint(); print(f['torch'] == torch.__version__, f['threads'])"
    )
    assert asked.split() == ["True", "1"]


def test_threads_flags_and_environment_are_told() -> None:
    told = python(
        "import os; os.environ |= {'OMP_NUM_THREADS': '1', 'PYTORCH_ALLOC_CONF': ''}; "
        "import torch; torch.use_deterministic_algorithms(True); "
        "from vosbench import machine; f = machine.fingerprint(); "
        "print(f['interop_threads'] >= 1, f['flags']['deterministic'], "
        "f['flags']['matmul_precision'], f['environment'].get('OMP_NUM_THREADS'), "
        "'PYTORCH_ALLOC_CONF' in f['environment'], 'tf32' in f['flags'], "
        "f['cpu_capability'] == torch.backends.cpu.get_cpu_capability())"
    )
    assert told.split() == ["True", "True", "highest", "1", "False", "False", "True"]


def test_flags_that_torch_refuses_to_tell_are_left_out() -> None:
    told = python(
        "import torch\n"
        "if not hasattr(torch.backends.cuda.matmul, 'fp32_precision'): raise SystemExit(print(0))\n"
        "torch.backends.cuda.matmul.fp32_precision = 'tf32'  # beside the older switch\n"
        "from vosbench.sensors.torch_facts import torch_facts\n"
        "f = torch_facts('cuda')['flags']; print('matmul_precision' in f, f['tf32'])"
    )
    if told.strip() == "0":
        pytest.skip("this torch has one switch for the precision of matmul")
    shown, _, tf32 = told.strip().partition(" ")
    assert shown == "False"
    assert tf32.startswith("matmul")


def test_a_probe_is_made_only_where_torch_is_at_work() -> None:
    told = python(
        "import sys; from vosbench import machine; print(*machine.probed(), 'torch' in sys.modules)"
    )
    assert told.split() == ["idle_watts", "False"]
    pytest.importorskip("torch")
    found = machine.probed()["probe"]
    assert isinstance(found, dict)
    assert found == json.loads(json.dumps(found))
    assert {"matmul", "convolution", "copy", "decode"} <= found.keys()


def test_idle_power_is_measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[object] = []

    class Counter:
        def joules(self) -> float:
            return 0.0

    def watts(counter: object) -> float:
        taken.append(counter)
        return 40.0 + len(taken)

    machine._idle_watts.cache_clear()
    monkeypatch.setattr(machine, "open_counter", lambda device: Counter())
    monkeypatch.setattr(machine, "idle_watts", watts)
    assert [machine.probed()["idle_watts"] for _ in range(2)] == [41.0, 41.0]
    assert len(taken) == 1
    machine._idle_watts.cache_clear()
    monkeypatch.setattr(machine, "open_counter", lambda device: None)
    assert machine.probed()["idle_watts"] is None
    machine._idle_watts.cache_clear()


def test_neither_runner_nor_store_imports_torch() -> None:
    told = python("import sys, vosbench.runner, vosbench.store; print('torch' in sys.modules)")
    assert told.split() == ["False"]


@pytest.mark.parametrize("device", ["tpu", "", "cuda:x", "cuda:-1", "mps:1", "cpu:0"])
def test_a_device_that_no_machine_has_is_refused(device: str) -> None:
    with pytest.raises(UsageError, match="there is no device"):
        machine.check_device(device)


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_a_device_that_this_machine_lacks_is_refused(device: str) -> None:
    torch = pytest.importorskip("torch")
    here = torch.cuda.is_available() if device == "cuda" else torch.backends.mps.is_available()
    if here:
        pytest.skip(f"this machine has {device}")
    with pytest.raises(UsageError, match="run with --device cpu"):
        machine.check_device(device)


@pytest.mark.gpu
def test_a_gpu_is_named() -> None:
    torch = pytest.importorskip("torch")
    if not torch.cuda.is_available():
        pytest.skip("torch finds no CUDA device here")
    facts = machine.fingerprint("cuda")
    assert facts["gpu"] == torch.cuda.get_device_name()
    assert {"gpu_memory_bytes", "gpu_uuid_sha256", "cuda"} <= facts.keys()


def python(code: str) -> str:
    """What a fresh interpreter prints."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    answer = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return answer.stdout
