"""Training of the shipped checkpoints: the supervised parent, then the meta-learned start."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from time import monotonic

import torch

from vosbench import __version__
from vosbench.losses import cross_entropy_and_dice
from vosbench.machine import fingerprint
from vosbench.meta.checkpoints import Checkpoint, load_checkpoint, save_checkpoint, sha256
from vosbench.meta.supervised import SupervisedSettings, train_supervised
from vosbench.meta.trainer import MetaSettings, meta_train
from vosbench.methods._compact import CompactNetwork
from vosbench.methods._training_data import FIRST_CLIPS, compact_tasks, supervised_batches
from vosbench.progress import duration
from vosbench.synthetic import GENERATOR_VERSION

Report = Callable[[str], None]
"""Shows one line to the user."""


def train_parent(
    out: Path,
    settings: SupervisedSettings,
    seed: int,
    report: Report,
    *,
    first_clips: int = FIRST_CLIPS,
) -> None:
    """Train the compact network on generated clips and write the parent to `out`."""
    torch.manual_seed(seed)
    network = CompactNetwork().to(memory_format=torch.channels_last)
    log = _Log(report, "step", settings.steps)
    batches = supervised_batches(seed, first_clips=first_clips)
    parameters = train_supervised(network, batches, cross_entropy_and_dice, settings, log)
    training = {"stage": "supervised", **asdict(settings), **_circumstances(seed, first_clips)}
    save_checkpoint(out, Checkpoint(parameters, {}, "", "compact", training, log.kept()))


def train_learner(
    parent: Path,
    out: Path,
    settings: MetaSettings,
    seed: int,
    report: Report,
    *,
    first_clips: int = FIRST_CLIPS,
) -> None:
    """Meta-train a learner from `parent` on generated clips and write it to `out`."""
    network = CompactNetwork().to(memory_format=torch.channels_last)
    before = load_checkpoint(parent, network="compact", like=dict(network.named_parameters()))
    log = _Log(report, "iteration", settings.iterations)
    tasks = compact_tasks(network, seed, first_clips=first_clips)
    learner = meta_train(before.parameters, tasks, settings, seed, log)
    training = {
        "stage": "meta",
        **asdict(settings),
        **_circumstances(seed, first_clips),
        "parent": dict(before.training),
        "parent_sha256": sha256(parent),
    }
    checkpoint = Checkpoint(
        learner.start,
        learner.rates,
        learner.scale,
        "compact",
        training,
        log.kept(),
        learner.preconditioning,
    )
    save_checkpoint(out, checkpoint)


class _Log:
    """Shows every record with the time left, and keeps a few hundred of them for the checkpoint."""

    def __init__(self, report: Report, counter: str, last: int) -> None:
        self._report = report
        self._counter = counter
        self._last = last
        self._begin = monotonic()
        self._records: list[Mapping[str, object]] = []

    def __call__(self, record: Mapping[str, object]) -> None:
        self._records.append(record)
        done = int(str(record[self._counter]))
        left = (monotonic() - self._begin) * (self._last - done) / done
        facts = (f"{name} {value}" for name, value in record.items() if name != self._counter)
        self._report(
            f"{self._counter} {done}/{self._last}  {', '.join(facts)}, {duration(left)} left"
        )

    def kept(self, most: int = 200) -> tuple[Mapping[str, object], ...]:
        """Evenly chosen records, the last one among them."""
        every = -(-len(self._records) // most)
        return tuple(self._records[::-1][:: max(1, every)][::-1])


def _circumstances(seed: int, first_clips: int) -> dict[str, object]:
    return {
        "seed": seed,
        "first_clips": first_clips,
        "data": f"generated clips, generator version {GENERATOR_VERSION}",
        "vosbench": __version__,
        "torch": torch.__version__,
        "machine": fingerprint(),
    }
