"""Traces as torch writes them, made up event by event."""

from typing import Any

from vosbench.profiling.trace_events import BACKWARD_MARK, PHASE_MARK

Event = dict[str, Any]
MAIN, WORKER = 1, 2


def mark(name: str, start: float, end: float) -> Event:
    return _range("user_annotation", PHASE_MARK + name, start, end, MAIN)


def backward_pass(start: float, end: float) -> Event:
    return _range("user_annotation", BACKWARD_MARK, start, end, MAIN)


def operator(
    name: str, start: float, end: float, thread: int = MAIN, number: int = 0, shapes: Any = ()
) -> Event:
    details = {"External id": number, "Input Dims": shapes}
    return _range("cpu_op", name, start, end, thread, **details)


def launch(start: float, end: float, correlation: int, thread: int = MAIN) -> Event:
    details = {"correlation": correlation, "External id": 10_000 + correlation}
    return _range("cuda_runtime", "cudaLaunchKernel", start, end, thread, **details)


def kernel(start: float, end: float, number: int = 0, correlation: int = 0) -> Event:
    details = {"External id": number, "correlation": correlation, "device": 0, "stream": 7}
    return _range("kernel", "void gemm<float>", start, end, 7, **details)


def memory(moment: float, size: int, thread: int = MAIN, device_type: int = 0) -> Event:
    return {
        "ph": "i",
        "cat": "cpu_instant_event",
        "name": "[memory]",
        "tid": thread,
        "ts": moment,
        "args": {"Bytes": size, "Device Type": device_type, "Total Allocated": 1 << 30},
    }


def _range(
    category: str, name: str, start: float, end: float, thread: int, **details: Any
) -> Event:
    return {
        "ph": "X",
        "cat": category,
        "name": name,
        "tid": thread,
        "ts": start,
        "dur": end - start,
        "args": details,
    }
