"""A start for Mask R-CNN from weights that torchvision publishes.

Every tensor whose name and shape agree is taken over; the others keep their random values: with two
classes, the box predictor and the last layer of the mask predictor (specification 1.2).
"""

from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from vosbench import __version__
from vosbench.atomic import writing
from vosbench.errors import DataError, UsageError
from vosbench.meta.checkpoints import Checkpoint, sha256
from vosbench.meta.learner import Parameters
from vosbench.methods._maskrcnn_design import Design
from vosbench.methods._maskrcnn_names import current_name
from vosbench.methods._pickled_tensors import read_tensors

BODY = "backbone.body."
"""What begins the names of a backbone's tensors once it is part of the detector."""

BATCH_NORM_EPSILON = 1e-5
"""What torchvision's frozen batch norm adds to the variance."""


def pretrained_checkpoint(
    file: Path, design: Design, initial: Parameters
) -> tuple[Checkpoint, tuple[str, ...]]:
    """A checkpoint that begins from `file`, and the names of the tensors that stay random.

    Args:
        file: torchvision's weights of a Mask R-CNN on the same backbone, or of the backbone alone.
        design: of the network; batch norm's statistics are kept only where it has batch norm.
        initial: its initial values.

    Raises:
        DataError: the file cannot be read, or fits the network nowhere.
    """
    found = _as_in_detector(read_tensors(file))
    if design.norm == "frozen-batch":
        found |= dict(_folded(found))
    parameters = {
        name: found[name].to(value) if _fits(found, name, value) else value
        for name, value in initial.items()
    }
    random = tuple(name for name, value in initial.items() if not _fits(found, name, value))
    if len(random) == len(initial):
        raise DataError(
            f"{file} has no tensor of the network {design.name}: expected torchvision's weights of "
            f"a Mask R-CNN on {design.backbone}, or of {design.backbone}"
        )
    training = {
        "stage": "imported",
        "file": file.name,
        "file_sha256": sha256(file),
        "tensors_taken_over": len(initial) - len(random),
        "vosbench": __version__,
    }
    return Checkpoint(parameters, {}, "", design.name, training), random


def download(design: Design, folder: Path) -> Path:
    """Fetch torchvision's weights for `design`, of the detector where there are any.

    Raises:
        UsageError: torchvision has no Mask R-CNN on this backbone.
        DataError: they cannot be fetched, or are not what they should be.
    """
    from torchvision.models.detection import MaskRCNN_ResNet50_FPN_Weights

    if design.backbone != "resnet50":
        raise UsageError(
            f"torchvision has no Mask R-CNN on {design.backbone} to download; "
            "give a file of weights of the backbone instead"
        )
    url = MaskRCNN_ResNet50_FPN_Weights.COCO_V1.url
    name = url.rpartition("/")[2]
    digest = name.removesuffix(".pth").rpartition("-")[2]  # its first characters
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    if file.is_file():
        return file
    try:
        torch.hub.download_url_to_file(url, str(file), hash_prefix=digest, progress=False)
    except (OSError, RuntimeError) as error:
        raise DataError(f"{url} cannot be fetched: {error}") from error
    return file


def _as_in_detector(tensors: Parameters) -> dict[str, Tensor]:
    """The tensors under the names they have in the detector."""
    names = {name: current_name(name) for name in tensors}
    if not any(name.startswith(BODY) for name in names.values()):
        names = {name: BODY + name.removeprefix("features.") for name in tensors}
    return {names[name]: tensor for name, tensor in tensors.items()}


def _fits(found: Parameters, name: str, value: Tensor) -> bool:
    return name in found and found[name].shape == value.shape


def _folded(tensors: Parameters) -> Iterator[tuple[str, Tensor]]:
    """Each batch norm with its statistics as one factor and one offset a channel."""
    layers = [n.removesuffix(".running_var") for n in tensors if n.endswith(".running_var")]
    for layer in layers:
        variance, mean = tensors[f"{layer}.running_var"], tensors[f"{layer}.running_mean"]
        factor = tensors[f"{layer}.weight"] / (variance + BATCH_NORM_EPSILON).sqrt()
        yield f"{layer}.weight", factor
        yield f"{layer}.bias", tensors[f"{layer}.bias"] - mean * factor
