"""Training of checkpoints: the supervised parent of the compact network, then a learner.

Each training keeps its state in a folder beside its output, and goes on there when it is asked for
again. What depends on the clock apart, it ends with the same checkpoint as without interruption.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from time import process_time

import torch

from vosbench import __version__
from vosbench.errors import UsageError
from vosbench.losses import cross_entropy_and_dice
from vosbench.machine import fingerprint
from vosbench.meta.checkpoints import Checkpoint, load_checkpoint, save_checkpoint, sha256
from vosbench.meta.distributed import ALONE, Processes
from vosbench.meta.generated_tasks import FIRST_CLIPS
from vosbench.meta.meta_settings import MetaSettings, RateSettings
from vosbench.meta.monitoring import Monitor, MonitorSettings
from vosbench.meta.supervised import Batch, SupervisedSettings, steps_done, train_supervised
from vosbench.meta.tasks import TaskSource
from vosbench.meta.trainer import meta_train
from vosbench.meta.training_log import Record
from vosbench.meta.training_run import TrainingRun, folder_beside, opened
from vosbench.methods._compact import CompactNetwork
from vosbench.methods._networks import COMPACT, open_network
from vosbench.methods._training_data import supervised_batches
from vosbench.progress import Progress
from vosbench.synthetic import GENERATOR_VERSION

GENERATED = f"generated clips, generator version {GENERATOR_VERSION}"
"""What checkpoints say of data that was generated."""


@dataclass(frozen=True, kw_only=True)
class LearnerRequest:
    """What a learner is trained from, on and how.

    Attributes:
        network: by name.
        parent: checkpoint of a parent to begin from; None for the network's own initial values.
        learner: checkpoint of a learner to begin from instead, with its rates: another stage.
        rates: how the rates of a new learner begin.
        settings: of meta-training.
        monitoring: settings of the monitor.
        tasks: to train on.
        data: what they are, in words.
        monitored: tasks to monitor on.
        monitored_data: what they are, in words.
        first_clips: generated clips to draw from at the beginning.
        seed: of everything drawn.
        device: where to compute.
    """

    network: str = COMPACT
    parent: Path | None = None
    learner: Path | None = None
    rates: RateSettings
    settings: MetaSettings
    monitoring: MonitorSettings
    tasks: TaskSource
    data: str
    monitored: TaskSource
    monitored_data: str
    first_clips: int = FIRST_CLIPS
    seed: int
    device: str = "cpu"


def train_parent(
    out: Path,
    settings: SupervisedSettings,
    seed: int,
    progress: Progress,
    *,
    before: Path | None = None,
    first_clips: int = FIRST_CLIPS,
    device: str = "cpu",
    fresh: bool = False,
    clock: Callable[[], float] = process_time,
    save_every: float = 60.0,
) -> Path:
    """Train the compact network on generated clips and write the parent to `out`.

    Args:
        out: the checkpoint; the run lies beside it.
        settings: see there.
        seed: of everything drawn.
        progress: told of every step.
        before: another parent to go on from, with a new optimizer and schedule, on examples that
            it has not seen; None begins with the network's own initial values.
        first_clips: generated clips to draw from at the beginning.
        device: where to compute.
        fresh: forget what is left of a training before.
        clock: seconds of computing.
        save_every: seconds between two states.

    Returns:
        The folder of the run.

    Raises:
        DataError: the other parent cannot be used.
    """
    parent = None if before is None else _compact_parent(before)
    facts: dict[str, object] = {
        "stage": "supervised",
        **asdict(settings),
        "seed": seed,
        "first_clips": first_clips,
        "first_batch": _batches_behind(parent),
        "data": GENERATED,
    }
    if parent is not None:
        facts["parent_sha256"] = sha256(Path(parent.origin))
    folder, asked = folder_beside(out), {**facts, "network": COMPACT}
    with opened(folder, asked, fresh=fresh, save_every=save_every) as run:
        torch.manual_seed(seed)
        network = CompactNetwork()
        if parent is not None:
            network.load_state_dict(dict(parent.parameters))
        first = _batches_behind(parent) + steps_done(run)
        parameters = train_supervised(
            network.to(device).to(memory_format=torch.channels_last),
            _on(device, supervised_batches(seed, first_clips=first_clips, first=first)),
            cross_entropy_and_dice,
            settings,
            training_log(run, progress, "step"),
            run=run,
            progress=progress,
            clock=clock,
        )
        log = run.records()
        own = float(str(log[-1]["cpu_seconds"]))
        training = {
            **facts,
            "parent": {} if parent is None else dict(parent.training),
            "total_cpu_seconds": round(own + compute_of(parent), 1),
            **circumstances(device),
        }
        save_checkpoint(out, Checkpoint(parameters, {}, "", COMPACT, training, thinned(log)))
        return run.folder


def _compact_parent(path: Path) -> Checkpoint:
    return load_checkpoint(path, network=COMPACT, like=open_network(COMPACT).shapes())


def _batches_behind(parent: Checkpoint | None) -> int:
    """How many batches of its stream a parent has seen: whoever goes on begins after them."""
    if parent is None or parent.training.get("stage") != "supervised":
        return 0
    first, steps = parent.training.get("first_batch", 0), parent.training.get("steps", 0)
    return int(str(first)) + int(str(steps))


def _on(device: str, batches: Iterator[Batch]) -> Iterator[Batch]:
    return ((inputs.to(device), targets.to(device)) for inputs, targets in batches)


def train_learner(
    out: Path,
    request: LearnerRequest,
    progress: Progress,
    *,
    fresh: bool = False,
    among: Processes = ALONE,
    clock: Callable[[], float] = process_time,
    save_every: float = 60.0,
) -> Path:
    """Meta-train a learner and write it to `out`.

    Args:
        out: the checkpoint; the run lies beside it.
        request: see there.
        progress: told of every outer step.
        fresh: forget what is left of a training before.
        among: the processes that train together.
        clock: seconds of computing.
        save_every: seconds between two states.

    Returns:
        The folder of the run.

    Raises:
        UsageError: both a parent and a learner are given, or the run was begun otherwise.
        DataError: a checkpoint or a dataset cannot be used, or training comes to nothing.
    """
    network = open_network(request.network)
    before = _begin(request, network.shapes())
    facts: dict[str, object] = {
        "stage": "meta",
        **(asdict(request.rates) if request.learner is None else {}),
        **asdict(request.settings),
        **{f"monitor_{name}": value for name, value in asdict(request.monitoring).items()},
        "monitor_data": request.monitored_data,
        "seed": request.seed,
        "first_clips": request.first_clips,
        "data": request.data,
    }
    if before is not None:
        facts["parent_sha256"] = sha256(Path(before.origin))
    asked = {**facts, "network": network.name}
    folder = folder_beside(out)
    with opened(folder, asked, fresh=fresh, among=among, save_every=save_every) as run:
        if request.learner is not None and before is not None:
            learner = before.to(request.device).learner()
        else:
            start = network.parameters() if before is None else before.parameters
            start = {name: tensor.to(request.device) for name, tensor in start.items()}
            learner = request.rates.learner(start, request.seed)
        monitor = Monitor(
            lambda number: network.task(request.monitored.draw(number)), request.monitoring
        )
        trained = meta_train(
            learner,
            lambda number: network.task(request.tasks.draw(number)),
            request.settings,
            request.seed,
            training_log(run, progress, "iteration"),
            monitor=monitor,
            run=run,
            among=among,
            progress=progress,
            clock=clock,
        )
        training = {
            **facts,
            "parent": dict(before.training) if before is not None else {},
            "kept_iteration": trained.iteration,
            "monitor_loss": trained.monitor_loss,
            "total_cpu_seconds": round(trained.cpu_seconds + compute_of(before), 1),
            "processes": among.count,
            **circumstances(request.device),
        }
        if among.leads:
            learner = trained.learner
            checkpoint = Checkpoint(
                learner.start,
                learner.rates,
                learner.scale,
                network.name,
                training,
                thinned(run.records()),
                learner.preconditioning,
            )
            save_checkpoint(out, checkpoint)
        return run.folder


def compute_of(checkpoint: Checkpoint | None) -> float:
    """CPU seconds that a checkpoint took to train, what it began from included."""
    if checkpoint is None:
        return 0.0
    if "total_cpu_seconds" in checkpoint.training:
        return float(str(checkpoint.training["total_cpu_seconds"]))
    return float(str(checkpoint.log[-1]["cpu_seconds"])) if checkpoint.log else 0.0


def _begin(request: LearnerRequest, like: Mapping[str, torch.Tensor]) -> Checkpoint | None:
    """The checkpoint to begin from, if there is one."""
    if request.parent is not None and request.learner is not None:
        raise UsageError("a training begins from a parent or from a learner, not from both")
    path = request.parent or request.learner
    if path is None:
        return None
    found = load_checkpoint(path, network=request.network, like=like)
    if request.learner is not None:
        found.learner()  # raises if it has no rates
    return found


def training_log(run: TrainingRun, progress: Progress, counter: str) -> Callable[[Record], None]:
    """Writes every record down, and shows it."""

    def log(record: Record) -> None:
        run.log(record)
        shown = (f"{name} {value}" for name, value in record.items() if name != counter)
        progress.ended(", ".join(shown))

    return log


def thinned(records: tuple[Record, ...], most: int = 200) -> tuple[Record, ...]:
    """Evenly chosen records, the last one among them."""
    every = -(-len(records) // most)
    return records[::-1][:: max(1, every)][::-1]


def circumstances(device: str) -> dict[str, object]:
    """Versions and machine, as checkpoints state them."""
    return {
        "vosbench": __version__,
        "torch": torch.__version__,
        "machine": fingerprint(device),
    }
