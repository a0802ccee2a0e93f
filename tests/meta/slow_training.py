"""Trainings that are killed: `python -m tests.meta.slow_training FOLDER KILLS` sweeps over both.

One process imports torch and forks a child for every attempt, so that attempts cost milliseconds.
"""

import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.meta.lines import START, lines
from vosbench.meta.checkpoints import Checkpoint, save_checkpoint
from vosbench.meta.meta_settings import MetaSettings, RateSettings
from vosbench.meta.monitoring import Monitor, MonitorSettings
from vosbench.meta.outer import Task
from vosbench.meta.supervised import SupervisedSettings, steps_done, train_supervised
from vosbench.meta.trainer import meta_train
from vosbench.meta.training_run import folder_beside, opened

Training = Callable[[Path, float, float], None]
"""(checkpoint to write, seconds between two states, seconds that a task takes)"""


def stopped_clock() -> float:
    """Seconds of computing are no result; without them equal trainings are equal bytes."""
    return 0.0


def meta(out: Path, save_every: float, pause: float) -> None:
    """Meta-training with everything that has a state of its own."""
    # Outer steps so large that the learner gets better and worse.
    settings = MetaSettings(
        iterations=40,
        tasks=2,
        steps=2,
        detached_steps=2,
        start_rate=2.0,
        rates_rate=0.5,
        averaging=0.5,
        log_every=5,
    )
    rates = RateSettings(initial_rate=1e-3, spread=0.5, preconditioning="adam")

    def task(number: int) -> Task:
        time.sleep(pause)
        return lines(3, broken_every=7)(number)

    monitor = Monitor(lines(4), MonitorSettings(tasks=2, every=3, steps=2))
    with opened(folder_beside(out), {"kind": "meta"}, save_every=save_every) as run:
        trained = meta_train(
            rates.learner(START, 0),
            task,
            settings,
            0,
            run.log,
            monitor=monitor,
            run=run,
            clock=stopped_clock,
        )
        learner, log = trained.learner, run.records()
        training = {"kept": trained.iteration, "loss": trained.monitor_loss}
        made = Checkpoint(learner.start, learner.rates, learner.scale, "line", training, log)
        save_checkpoint(out, made)


def supervised(out: Path, save_every: float, pause: float) -> None:
    """Supervised training of a layer whose memory is not laid out as usual."""
    torch.manual_seed(0)
    network = nn.Conv2d(3, 4, 3).to(memory_format=torch.channels_last)
    settings = SupervisedSettings(steps=60, log_every=7)

    def batches(first: int) -> Iterator[tuple[Tensor, Tensor]]:
        while True:
            time.sleep(pause)
            generator = torch.Generator().manual_seed(first)
            inputs = torch.randn(2, 3, 5, 5, generator=generator)
            yield inputs, inputs.mean(dim=(1, 2, 3), keepdim=True).expand(2, 4, 3, 3)
            first += 1

    with opened(folder_beside(out), {"kind": "supervised"}, save_every=save_every) as run:
        parameters = train_supervised(
            network,
            batches(steps_done(run)),
            F.mse_loss,
            settings,
            run.log,
            run=run,
            clock=stopped_clock,
        )
        save_checkpoint(out, Checkpoint(parameters, {}, "", "layer", {}, run.records()))


def killed_and_resumed(training: Training, out: Path, kills: int, moments: random.Random) -> int:
    """Kill the training at random moments, then let it end; how many kills came after progress."""
    state = folder_beside(out) / "state.safetensors"
    struck = 0
    for attempt in range(kills + 1):
        before = written_at(state)
        child = os.fork()
        if child == 0:
            training(out, moments.choice((0.0, 0.005)), 0.002 if attempt < kills else 0.0)
            os._exit(0)
        if attempt < kills:
            # Some before anything is done; most a moment after a state was saved.
            while moments.random() > 0.01 and written_at(state) == before and alive(child):
                time.sleep(0.001)
            time.sleep(moments.uniform(0.0, 0.02))
            struck += alive(child) and written_at(state) != before
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return struck


def written_at(file: Path) -> int:
    """When a file was replaced last; 0 if it is not there."""
    return file.stat().st_mtime_ns if file.exists() else 0


def alive(child: int) -> bool:
    """Whether a child has not ended by itself; leaves it to be waited for."""
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None


def main(folder: Path, kills: int) -> None:
    """One line for each kind of training: whether the outcome is equal, and how many kills hit."""
    torch.set_num_threads(1)
    for training in (meta, supervised):
        undisturbed = folder / "undisturbed" / f"{training.__name__}.safetensors"
        disturbed = folder / "disturbed" / f"{training.__name__}.safetensors"
        for out in (undisturbed, disturbed):
            out.parent.mkdir(parents=True, exist_ok=True)
        training(undisturbed, 1e9, 0.0)
        struck = killed_and_resumed(training, disturbed, kills, random.Random(5))
        logs = [folder_beside(out) / "log.jsonl" for out in (undisturbed, disturbed)]
        equal = disturbed.read_bytes() == undisturbed.read_bytes()
        equal &= logs[0].read_bytes() == logs[1].read_bytes()
        sys.stdout.write(f"{training.__name__} {'equal' if equal else 'different'} {struck}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
