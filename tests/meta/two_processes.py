"""Meta-training as `torchrun` starts it; the leading process writes what it learned.

python -m torch.distributed.run --nproc-per-node 2 -m tests.meta.two_processes OUT
"""

import sys
from pathlib import Path

import torch

from tests.meta.lines import START, lines
from vosbench.meta.checkpoints import Checkpoint, save_checkpoint
from vosbench.meta.distributed import ALONE, Processes, processes
from vosbench.meta.meta_settings import MetaSettings, RateSettings
from vosbench.meta.monitoring import Monitor, MonitorSettings
from vosbench.meta.trainer import meta_train
from vosbench.meta.training_run import opened


def train(out: Path, among: Processes = ALONE) -> None:
    """Three outer steps of five tasks, one of which has no finite gradient; killed once between."""
    # 5 tasks do not go into 2 processes evenly; the fifth of them fails.
    settings = MetaSettings(iterations=3, tasks=5, steps=3, detached_steps=2, log_every=1)
    monitor = Monitor(lines(2), MonitorSettings(tasks=3, every=2, steps=2))
    with opened(out.with_suffix(""), {}, among=among, save_every=0.0) as run:
        trained = meta_train(
            RateSettings(initial_rate=1e-3).learner(START, 0),
            lines(1, broken_every=5),
            settings,
            0,
            run.log,
            monitor=monitor,
            run=run,
            among=among,
            clock=lambda: 0.0,
        )
        if among.leads:
            learner = trained.learner
            save_checkpoint(
                out,
                Checkpoint(learner.start, learner.rates, learner.scale, "line", {}, run.records()),
            )


if __name__ == "__main__":
    torch.set_num_threads(1)
    with processes("cpu") as among:
        train(Path(sys.argv[1]), among)
