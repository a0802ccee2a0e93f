"""An NVIDIA device as its driver tells of it, read only.

Needs the package nvidia-ml-py (`pip install vosbench[nvidia]`), which speaks to the driver's own
library; without it, or without a driver, there is no such device and every figure is None.
"""

import sys
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class NvidiaDevice:
    """One device, found by its UUID: CUDA_VISIBLE_DEVICES renumbers devices, the driver does not.

    Attributes:
        library: module `pynvml`, or one with its functions.
        handle: of the device in the library.
        partition: whether it is one part (MIG) of a device that others may be using.
    """

    library: Any
    handle: Any
    partition: bool = False

    def ask(self, function: str, *arguments: object) -> Any:
        """What the library's `function` says of this device; None where it cannot say."""
        try:
            return getattr(self.library, function)(self.handle, *arguments)
        except (self.library.NVMLError, AttributeError):  # no such figure, right, or function
            return None

    def ask_first(self, *functions: str, arguments: tuple[object, ...] = ()) -> Any:
        """The first answer of `functions`, the present one before those of older drivers."""
        answers = (self.ask(function, *arguments) for function in functions)
        return next((answer for answer in answers if answer is not None), None)

    def driver(self) -> str | None:
        """Version of the driver."""
        try:
            return str(self.library.nvmlSystemGetDriverVersion())
        except self.library.NVMLError:
            return None


def open_nvidia(device: str, *, library: Any = None, uuid: str = "") -> NvidiaDevice | None:
    """The driver's view of `device`; None where it is no CUDA device or nobody can be asked.

    Args:
        device: as torch names it: cuda, cuda:1, ….
        library: in the place of `pynvml`.
        uuid: of the device; what torch says where it is empty.
    """
    if not device.startswith("cuda"):
        return None
    library = library or _pynvml()
    if library is None:
        return None
    try:
        library.nvmlInit()
    except library.NVMLError:  # no driver
        return None
    return _found(library, uuid or torch_uuid(device))


def torch_uuid(device: str) -> str:
    """Identity of a CUDA device as torch tells it, without the prefix GPU- or MIG-."""
    import torch

    uuid = str(torch.cuda.get_device_properties(device).uuid)
    return uuid.removeprefix("GPU-").removeprefix("MIG-")


def _found(library: Any, uuid: str) -> NvidiaDevice | None:
    """The device of that identity, whole or a part."""
    for prefix in ("GPU-", "MIG-"):
        try:
            handle = library.nvmlDeviceGetHandleByUUID(prefix + uuid)
        except library.NVMLError:
            continue
        whole = NvidiaDevice(library, handle)
        mode = whole.ask("nvmlDeviceGetMigMode")  # [present, after the next reset]
        split = mode is not None and mode[0] == library.NVML_DEVICE_MIG_ENABLE
        return NvidiaDevice(library, handle, partition=split or prefix == "MIG-")
    return None


def _pynvml() -> Any:
    """The module, or None where it is not installed."""
    try:
        return sys.modules.get("pynvml") or import_module("pynvml")
    except ImportError:
        return None
