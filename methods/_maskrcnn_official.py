"""The checkpoints of the e-OSVOS authors: a learned start and linear rates, one a neuron.

Their file names tensors with `-` for `.`, the rates behind `log_init_lr` although they are no
logarithms, and layers as torchvision 0.4 did (specification 2.1, 6.1 and 6.3).
"""

import re
from collections import defaultdict
from pathlib import Path

from torch import Tensor

from vosbench import __version__
from vosbench.errors import DataError
from vosbench.meta.checkpoints import Checkpoint, sha256
from vosbench.meta.learner import Parameters, rate_shape
from vosbench.methods._maskrcnn_names import current_name
from vosbench.methods._pickled_tensors import read_tensors

NETWORK = "maskrcnn-r50"
RATES = "log_init_lr"
"""What the names of rates have before the name of the parameter."""


def official_checkpoint(file: Path, shapes: Parameters) -> Checkpoint:
    """What the authors' file holds, as a checkpoint of `maskrcnn-r50`.

    Args:
        file: as they published it.
        shapes: parameters of the network, for their names and shapes.

    Raises:
        DataError: the file cannot be read, or lacks a tensor of the network or its rates, or has
            one in another shape.
    """
    groups = _groups(read_tensors(file), shapes)
    start = _complete(file, "the learned start", groups, shapes, rates=False)
    rates = _complete(file, "learned rates", groups, shapes, rates=True)
    for name, parameter in shapes.items():
        if start[name].shape != parameter.shape:
            raise DataError(
                f"{file} has {name} in shape {tuple(start[name].shape)}, "
                f"the network needs {tuple(parameter.shape)}"
            )
        if rates[name].numel() != parameter.shape[0]:
            raise DataError(
                f"{file} has {rates[name].numel()} rates of {name}, expected one for each of its "
                f"{parameter.shape[0]} neurons"
            )
    training = {
        "stage": "imported",
        "file": file.name,
        "file_sha256": sha256(file),
        "vosbench": __version__,
    }
    return Checkpoint(
        {name: start[name].float() for name in shapes},
        {n: rates[n].float().reshape(rate_shape(p, "neuron")) for n, p in shapes.items()},
        "linear",
        NETWORK,
        training,
    )


def _groups(tensors: Parameters, shapes: Parameters) -> dict[str, dict[str, Tensor]]:
    """Tensors by what their names have before the name of the parameter, then by that name."""
    parts = "|".join(sorted({name.partition(".")[0] for name in shapes}))
    parameter = re.compile(rf"(.*?)(?<![A-Za-z])((?:{parts})\..*)")
    groups: defaultdict[str, dict[str, Tensor]] = defaultdict(dict)
    for stored, tensor in tensors.items():
        match = parameter.fullmatch(current_name(stored.replace("-", ".")))
        if match is not None and match[2] in shapes:
            groups[match[1]][match[2]] = tensor
    return dict(groups)


def _complete(
    file: Path,
    what: str,
    groups: dict[str, dict[str, Tensor]],
    shapes: Parameters,
    *,
    rates: bool,
) -> dict[str, Tensor]:
    """The one group that is, or is not, of rates, and has every parameter."""
    candidates = [group for prefix, group in groups.items() if (RATES in prefix) == rates]
    if not candidates:
        raise DataError(
            f"{file} does not hold {what} of the network {NETWORK}: "
            "expected a checkpoint of the e-OSVOS authors"
        )
    complete = [group for group in candidates if len(group) == len(shapes)]
    if not complete:
        fullest = max(candidates, key=len)
        missing = next(name for name in shapes if name not in fullest)
        raise DataError(f"{file} lacks {missing} among {what}")
    if len(complete) > 1:
        raise DataError(f"{file} holds {what} {len(complete)} times; which is meant is not clear")
    return complete[0]
