"""The trunk of VGG-16 as torchvision trained it on ImageNet, for the network of OSVOS."""

from pathlib import Path

import torch
from torch import Tensor

from vosbench.atomic import writing
from vosbench.errors import DataError
from vosbench.methods._osvos_network import DEPTHS, LAYOUTS, SideOutputNetwork
from vosbench.methods._pickled_tensors import read_tensors

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
    found = read_tensors(path)
    wanted = SideOutputNetwork(LAYOUTS["vgg16"]).stages.state_dict()
    trunk: dict[str, Tensor] = {}
    for name, theirs in _names().items():
        if theirs not in found:
            raise DataError(f"{path} lacks the tensor {theirs}; expected torchvision's {FILE}")
        if found[theirs].shape != wanted[name].shape:
            raise DataError(
                f"{path} has {theirs} in shape {tuple(found[theirs].shape)}, VGG-16 has "
                f"{tuple(wanted[name].shape)}; expected torchvision's {FILE}"
            )
        trunk[name] = found[theirs]
    return trunk


def download(folder: Path) -> Path:
    """Torchvision's file of VGG-16 in `folder`, fetched (528 MB) unless it is there.

    Raises:
        DataError: it cannot be fetched, or is not what it should be.
        CannotWriteError: the folder cannot be made.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    file = folder / FILE
    if file.is_file():
        return file
    begun_by = FILE.removesuffix(".pth").rpartition("-")[2]
    try:
        torch.hub.download_url_to_file(ADDRESS, str(file), hash_prefix=begun_by, progress=False)
    except (OSError, RuntimeError) as error:
        raise DataError(f"{ADDRESS} cannot be fetched: {error}") from error
    return file


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
