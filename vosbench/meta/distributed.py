"""Training in several processes: as `torchrun` starts them, each with a share of the tasks."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, distributed

from vosbench.errors import UsageError


@dataclass(frozen=True)
class Processes:
    """This process among those that train together.

    Attributes:
        rank: of this one, from 0.
        count: of all.
        device: of this one; sums are made there.
    """

    rank: int = 0
    count: int = 1
    device: str = "cpu"

    @property
    def leads(self) -> bool:
        """Whether this is the one that writes and speaks."""
        return self.rank == 0

    def share(self, numbers: Sequence[int]) -> Sequence[int]:
        """Those of `numbers` that this process takes care of; each has one that does."""
        return numbers[self.rank :: self.count]

    def add_up(self, tensors: Iterable[Tensor]) -> None:
        """Replace each tensor by its sum over all processes; they must be of one dtype."""
        if self.count == 1:
            return
        parts = list(tensors)
        flat = torch.cat([part.flatten() for part in parts]).to(self.device)
        distributed.all_reduce(flat)
        for part, summed in zip(parts, flat.split([p.numel() for p in parts]), strict=True):
            part.copy_(summed.view_as(part))

    def wait(self) -> None:
        """Go on when all have come here."""
        if self.count > 1:
            distributed.barrier()


ALONE = Processes()


def process_count() -> int:
    """How many processes `torchrun` started; 1 where it did not."""
    return int(os.environ.get("WORLD_SIZE", "1"))


@contextmanager
def processes(device: str) -> Iterator[Processes]:
    """This process among those of `torchrun`; alone where it was started alone.

    Gradients are summed by gloo on the CPU and by nccl on CUDA, where each process of a machine
    has the device of its local rank.

    Args:
        device: as in `--device`.

    Raises:
        UsageError: several processes were started for a device that cannot be shared out.
    """
    count = process_count()
    if count == 1:
        yield Processes(device=device)
        return
    rank, local = int(os.environ["RANK"]), int(os.environ.get("LOCAL_RANK", "0"))
    if device == "cuda":
        if local >= torch.cuda.device_count():
            raise UsageError(
                f"torchrun started process {local} on this machine, which has "
                f"{torch.cuda.device_count()} CUDA devices; start one process a device"
            )
        device = f"cuda:{local}"
        torch.cuda.set_device(device)
    elif device != "cpu":
        raise UsageError(f"several processes train on cpu or cuda, not on {device}")
    distributed.init_process_group("nccl" if device.startswith("cuda") else "gloo")
    try:
        yield Processes(rank, count, device)
    finally:
        distributed.destroy_process_group()
