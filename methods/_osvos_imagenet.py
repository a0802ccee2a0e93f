"""The trunk of VGG-16 as torchvision trained it on ImageNet, for the network of OSVOS."""

import pickle
from pathlib import Path

import torch
from torch import Tensor

from vosbench.errors import DataError
from vosbench.meta.learner import Parameters
from vosbench.methods._osvos_network import DEPTHS, LAYOUTS, SideOutputNetwork

FILE = "vgg16-397923af.pth"
"""As torchvision publishes it; the end of the name is the beginning of its sha256."""

ADDRESS = f"https://download.pytorch.org/models/{FILE}"


def imagenet_trunk(path: Path) -> dict[str, Tensor]:
    """Parameters of the five stages, by their names in `SideOutputNetwork.stages`.

    Args:
        path: torchvision's file of VGG-16; its classifier is left out.

    Raises:
        DataError: the file is missing, unreadable, or of another network.
    """
    found = _read(path)
    wanted = SideOutputNetwork(LAYOUTS["vgg16"]).stages.state_dict()
    trunk: dict[str, Tensor] = {}
    for name, theirs in _names().items():
        tensor = found.get(theirs)
        if not isinstance(tensor, Tensor):
            raise DataError(f"{path} lacks the tensor {theirs}; expected torchvision's {FILE}")
        if tensor.shape != wanted[name].shape:
            raise DataError(
                f"{path} has {theirs} in shape {tuple(tensor.shape)}, VGG-16 has "
                f"{tuple(wanted[name].shape)}; expected torchvision's {FILE}"
            )
        trunk[name] = tensor
    return trunk


def download(path: Path) -> None:
    """Fetch torchvision's file of VGG-16 to `path`, 528 MB, and check what came.

    Raises:
        DataError: it cannot be had, or is not what it should be.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    begun_by = FILE.removesuffix(".pth").rpartition("-")[2]
    try:
        torch.hub.download_url_to_file(ADDRESS, str(path), hash_prefix=begun_by, progress=False)
    except (OSError, RuntimeError) as error:
        raise DataError(f"{ADDRESS} could not be fetched: {error}") from error


def _read(path: Path) -> Parameters:
    if not path.is_file():
        raise DataError(f"there is no file {path}; expected torchvision's {FILE}")
    try:
        found = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, OSError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise DataError(
            f"{path} is no readable file of tensors; expected torchvision's {FILE}: {reason}"
        ) from error
    if not isinstance(found, dict):
        raise DataError(f"{path} holds no tensors by name; expected torchvision's {FILE}")
    return found


def _names() -> dict[str, str]:
    """Our name of each parameter → torchvision's, which counts convolutions, ReLUs and pools."""
    names: dict[str, str] = {}
    place = 0
    for stage, depth in enumerate(DEPTHS):
        for index in range(depth):
            for part in ("weight", "bias"):
                names[f"{stage}.{2 * index}.{part}"] = f"features.{place}.{part}"
            place += 2
        place += 1
    return names
