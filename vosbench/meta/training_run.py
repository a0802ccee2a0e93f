"""Training runs: what a training leaves beside its output, so that it goes on where it ended.

    OUT.training/settings.json       what was asked for
    OUT.training/state.safetensors   all that the rest of the training depends on
    OUT.training/log.jsonl           one record a line

The state is replaced as a whole, never changed, so a kill at any moment loses what came after it
and nothing else. Records are appended before the state that counts them is written; those that a
resumed training makes again are known by their place and not written twice.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import torch
from filelock import FileLock, Timeout
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from vosbench.atomic import remove, write_bytes, write_text, writing
from vosbench.errors import DataError, UsageError
from vosbench.meta.distributed import ALONE, Processes
from vosbench.meta.training_log import Record, append_record, mend_log, read_log

FORMAT = "vosbench-training-1"


@dataclass(frozen=True)
class Snapshot:
    """What a training has got to.

    Attributes:
        tensors: by name.
        facts: plain JSON values.
    """

    tensors: Mapping[str, Tensor]
    facts: Mapping[str, object]


class TrainingRun:
    """The folder of one training; see `opened`.

    Attributes:
        folder: where it is.
    """

    def __init__(self, folder: Path, *, writes: bool = True, save_every: float = 60.0) -> None:
        self.folder = folder
        self._writes = writes
        self._save_every = save_every
        self._saved_at = monotonic()
        self._snapshot = _read_snapshot(folder / "state.safetensors")
        # Records that the state knows of; the log may have more, from between it and a kill.
        self._place = int(str(self._snapshot.facts["records"])) if self._snapshot else 0
        self._written = mend_log(self.log_file) if writes else 0

    @property
    def log_file(self) -> Path:
        """Where the records are."""
        return self.folder / "log.jsonl"

    @property
    def snapshot(self) -> Snapshot | None:
        """What the training had got to when it was last saved; None at the beginning."""
        return self._snapshot

    def log(self, record: Record) -> None:
        """Append a record, unless this is a repetition of one that stands there."""
        self._place += 1
        if self._writes and self._place > self._written:
            append_record(self.log_file, record)
            self._written = self._place

    def records(self) -> tuple[Record, ...]:
        """All records so far."""
        return read_log(self.log_file)

    def is_due(self) -> bool:
        """Whether so much time has passed that the state should be saved again."""
        return self._writes and monotonic() - self._saved_at >= self._save_every

    def save(self, snapshot: Snapshot) -> None:
        """Replace the state.

        Raises:
            CannotWriteError: the disk is full, or the folder cannot be written.
        """
        if not self._writes:
            return
        facts = {**snapshot.facts, "records": self._place}
        tensors = {name: tensor.detach().contiguous() for name, tensor in snapshot.tensors.items()}
        content = save(tensors, {FORMAT: json.dumps(facts)})
        write_bytes(self.folder / "state.safetensors", content, durable=True)
        self._saved_at = monotonic()


def folder_beside(out: Path) -> Path:
    """Where the run of the training that makes `out` is kept.

    >>> folder_beside(Path("weights/mine.safetensors")).as_posix()
    'weights/mine.training'
    """
    return out.with_name(f"{out.stem}.training")


@contextmanager
def opened(
    folder: Path,
    asked: Mapping[str, object],
    *,
    fresh: bool = False,
    among: Processes = ALONE,
    save_every: float = 60.0,
) -> Iterator[TrainingRun]:
    """The training run in `folder`, begun there or to go on there.

    Args:
        folder: made if it is not there; all processes must see it.
        asked: everything that the result depends on, plain JSON values.
        fresh: forget what is there.
        among: the processes that train; the leading one writes.
        save_every: seconds between two states.

    Raises:
        UsageError: something else was asked for when the run began, or another process is at work
            on it.
        CannotWriteError: the folder cannot be written.
        DataError: its state cannot be read.
    """
    if not among.leads:
        among.wait()
        yield TrainingRun(folder, writes=False)
        return
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise UsageError(
                f"another process trains in {folder}; wait for it or choose another --out"
            ) from None
    try:
        if fresh:
            for name in ("state.safetensors", "log.jsonl", "settings.json"):
                remove(folder / name)
        _agree(folder, json.loads(json.dumps(asked)))
        among.wait()
        yield TrainingRun(folder, save_every=save_every)
    finally:
        lock.release()


def optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """What an optimizer remembers of each of its tensors, by place and name."""
    return {
        f"{place}/{name}": tensor
        for place, parameter in enumerate(_optimized(optimizer))
        for name, tensor in optimizer.state.get(parameter, {}).items()
    }


def restore_optimizer(optimizer: torch.optim.Optimizer, tensors: Mapping[str, Tensor]) -> None:
    """Make an optimizer remember what `optimizer_tensors` gave."""
    parameters = _optimized(optimizer)
    for key, tensor in tensors.items():
        place, _, name = key.partition("/")
        parameter = parameters[int(place)]
        if tensor.shape == parameter.shape and name != "step":
            # in the parameter's own layout in memory, on which the last bit may depend
            tensor = torch.empty_like(parameter).copy_(tensor)
        optimizer.state[parameter][name] = tensor


def part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Those whose names begin with `prefix`, without it."""
    return {n.removeprefix(prefix): t for n, t in tensors.items() if n.startswith(prefix)}


def _optimized(optimizer: torch.optim.Optimizer) -> list[Tensor]:
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]


def _agree(folder: Path, asked: object) -> None:
    """Raise `UsageError` unless the run in `folder` was begun for this, or is begun now."""
    path = folder / "settings.json"
    if not path.is_file():
        write_text(path, json.dumps(asked, indent=2, sort_keys=True) + "\n", durable=True)
        return
    try:
        begun = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DataError(f"{path} is no JSON ({error}); remove {folder} to begin again") from error
    before, now = _flat(begun), _flat(asked)
    different = [key for key in sorted({*before, *now}) if before.get(key) != now.get(key)]
    if different:
        key = different[0]
        raise UsageError(
            f"the training in {folder} was begun with {key} {before.get(key, 'not set')}, now it "
            f"is {now.get(key, 'not set')}; ask for the same, choose another --out, or begin "
            "again with --fresh"
        )


def _flat(value: object, prefix: str = "") -> dict[str, object]:
    """Nested JSON objects as one, keys joined by dots."""
    if not isinstance(value, dict):
        return {prefix: value}
    found: dict[str, object] = {}
    for key, inner in value.items():
        found |= _flat(inner, f"{prefix}.{key}" if prefix else key)
    return found


def _read_snapshot(path: Path) -> Snapshot | None:
    if not path.is_file():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            facts = json.loads((file.metadata() or {})[FORMAT])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise DataError(
            f"the state {path} of a training cannot be read ({error}); begin again with --fresh"
        ) from error
    return Snapshot(tensors, facts)
