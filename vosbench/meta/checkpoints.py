"""Checkpoints: a learner or plain parameters as safetensors, with settings and training log.

A file carries everything that is needed to use it and to make it again. Nothing is unpickled.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, cast, get_args

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save

from vosbench.atomic import write_bytes, writing
from vosbench.errors import DataError, UsageError
from vosbench.meta.learner import ALL, LEVELS, Learner, Parameters, Scale, rate_shape
from vosbench.meta.preconditioning import Adam

FORMAT = "vosbench-checkpoint-1"


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint file holds.

    Attributes:
        parameters: of the network; the start θ⁰ if the checkpoint is of a learner.
        rates: as learned (see `Learner`); empty if the checkpoint is of a parent network.
        scale: of the rates.
        network: name of the network that the parameters fit.
        training: settings that made it, compute included.
        log: one record a logged step.
        preconditioning: of the inner steps that the rates are for.
        origin: what to call it in messages: the file that it was read from.
    """

    parameters: Parameters
    rates: Parameters
    scale: str
    network: str
    training: Mapping[str, object]
    log: tuple[Mapping[str, object], ...] = ()
    preconditioning: Adam | None = None
    origin: str = field(default="the checkpoint", compare=False)

    def to(self, device: str) -> "Checkpoint":
        """The same checkpoint with its tensors on `device`."""
        parameters = {name: tensor.to(device) for name, tensor in self.parameters.items()}
        rates = {name: tensor.to(device) for name, tensor in self.rates.items()}
        return replace(self, parameters=parameters, rates=rates)

    def channels_last(self) -> "Checkpoint":
        """The same checkpoint, its convolutions in the order that CPUs are fastest in."""
        last = torch.channels_last
        arranged = {
            name: tensor.to(memory_format=last) if tensor.dim() == 4 else tensor
            for name, tensor in self.parameters.items()
        }
        return replace(self, parameters=arranged)

    def learner(self) -> Learner:
        """The learner; raises `DataError` if the checkpoint has no rates."""
        if not self.rates:
            raise DataError(
                f"{self.origin} holds a parent network without learned rates; "
                "make a checkpoint that has them with `vosbench train eosvos`"
            )
        # That the scale of rates is one there is was checked where the file was read.
        scale = cast(Scale, self.scale)
        return Learner(self.parameters, self.rates, scale, self.preconditioning)


def save_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write `checkpoint` to `path`, whole or not at all.

    Raises:
        CannotWriteError: the disk is full, or the folder cannot be written.
    """
    tensors = {f"parameters/{n}": p.detach().contiguous() for n, p in checkpoint.parameters.items()}
    tensors |= {f"rates/{n}": r.detach().contiguous() for n, r in checkpoint.rates.items()}
    description = {
        "network": checkpoint.network,
        "scale": checkpoint.scale,
        "preconditioning": _described(checkpoint.preconditioning),
        "training": dict(checkpoint.training),
        "log": [dict(entry) for entry in checkpoint.log],
    }
    # One key only: safetensors writes several in any order, and equals should be equal bytes.
    metadata = {FORMAT: json.dumps(description, sort_keys=True)}
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, save(tensors, metadata))


def load_checkpoint(path: Path, *, network: str, like: Parameters) -> Checkpoint:
    """The checkpoint in `path`, checked against the network it is for.

    Args:
        path: a safetensors file written by `save_checkpoint`.
        network: name of the network that will use it.
        like: parameters of that network; names and shapes must agree.

    Raises:
        DataError: the file is missing, truncated, no checkpoint, or of another network.
    """
    if not path.is_file():
        raise DataError(f"there is no checkpoint {path}; `vosbench train` makes one")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise DataError(f"{path} is no readable safetensors file: {error}") from error
    description = _description(path, metadata)
    if description["network"] != network:
        raise DataError(f"{path} is for network {description['network']!r}, not for {network!r}")
    parameters, rates = _part(tensors, "parameters/"), _part(tensors, "rates/")
    _check_agreement(path, parameters, like)
    _check_rates(path, rates, description["scale"], parameters)
    return Checkpoint(
        parameters=parameters,
        rates=rates,
        scale=description["scale"],
        network=network,
        training=description["training"],
        log=tuple(description["log"]),
        preconditioning=_preconditioning(path, description.get("preconditioning", {})),
        origin=str(path),
    )


def sha256(path: Path) -> str:
    """Hex digest of a file's bytes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _description(path: Path, metadata: Mapping[str, str]) -> dict[str, Any]:
    """What the metadata says besides tensors, with all that `save_checkpoint` writes."""
    if FORMAT not in metadata:
        raise DataError(f"{path} is no checkpoint of vosbench: its metadata lacks {FORMAT!r}")
    try:
        found = json.loads(metadata[FORMAT])
    except ValueError as error:
        raise DataError(f"the metadata of {path} is no JSON: {error}") from error
    wanted = {"network": str, "scale": str, "training": dict, "log": list}
    for key, kind in wanted.items():
        if not isinstance(found, dict) or not isinstance(found.get(key), kind):
            raise DataError(f"the metadata of {path} has no {key!r} that is a {kind.__name__}")
    description: dict[str, Any] = found
    return description


def _described(preconditioning: Adam | None) -> dict[str, float]:
    """Its numbers; none where there is no preconditioning."""
    return {} if preconditioning is None else asdict(preconditioning)


def _preconditioning(path: Path, described: object) -> Adam | None:
    """What `_described` was given; files from before it was written have none."""
    if described == {}:
        return None
    wanted = [setting.name for setting in fields(Adam)]
    if not isinstance(described, dict) or sorted(described) != sorted(wanted):
        raise DataError(
            f"{path} has the preconditioning {described!r:.80}, expected nothing or a number "
            f"for each of {', '.join(wanted)}"
        )
    try:
        return Adam(**{name: float(value) for name, value in described.items()})
    except (TypeError, ValueError, UsageError) as error:
        raise DataError(f"{path} has a preconditioning that cannot be used: {error}") from error


def _part(tensors: Parameters, prefix: str) -> Parameters:
    return {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}


def _check_agreement(path: Path, found: Parameters, expected: Parameters) -> None:
    for name, parameter in expected.items():
        if name not in found:
            raise DataError(f"{path} lacks the tensor {name} of the network")
        if found[name].shape != parameter.shape:
            raise DataError(
                f"{path} has {name} in shape {tuple(found[name].shape)}, "
                f"the network needs {tuple(parameter.shape)}"
            )
    if surplus := sorted(set(found) - set(expected)):
        raise DataError(f"{path} has {surplus[0]}, which the network lacks")


def _check_rates(path: Path, rates: Parameters, scale: str, parameters: Parameters) -> None:
    if not rates:
        return
    if scale not in get_args(Scale):
        wanted = " or ".join(get_args(Scale))
        raise DataError(f"{path} has rates on the scale {scale!r}, expected {wanted}")
    if ALL in rates:
        if len(rates) > 1 or rates[ALL].numel() != 1:
            raise DataError(
                f"{path} has a rate for all parameters ({ALL}) that is not the only one"
            )
        return
    if surplus := sorted(set(rates) - set(parameters)):
        raise DataError(f"{path} has rates of {surplus[0]}, which the network lacks")
    for name, parameter in parameters.items():
        if name not in rates:
            raise DataError(f"{path} has rates, but none for {name}")
        shapes = {rate_shape(parameter, level) for level in LEVELS}
        if tuple(rates[name].shape) not in shapes:
            raise DataError(
                f"{path} has rates of {name} in shape {tuple(rates[name].shape)}, "
                f"which fits no level of its shape {tuple(parameter.shape)}"
            )
