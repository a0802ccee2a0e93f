"""`vosbench train`: interrupted and gone on with, on datasets, in stages, and what it refuses."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
import torch

from vosbench.cli import main
from vosbench.errors import UsageError
from vosbench.meta.checkpoints import Checkpoint, load_checkpoint, save_checkpoint
from vosbench.meta.generated_tasks import GeneratedTasks
from vosbench.meta.meta_settings import MetaSettings, RateSettings
from vosbench.meta.monitoring import MonitorSettings
from vosbench.meta.preconditioning import Adam
from vosbench.meta.supervised import SupervisedSettings
from vosbench.methods._compact import CompactNetwork
from vosbench.methods._train_sources import GENERATED, SourceSettings, parse_source
from vosbench.methods._training import LearnerRequest, train_learner, train_parent
from vosbench.progress import Progress

QUICK = ("--set", "tasks=1", "--set", "steps=1", "--set", "detached_steps=0")
QUICK = (*QUICK, "--iterations", "1", "--monitor-tasks", "1", "--monitor-steps", "1")


def vosbench(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    return int(end.value.code or 0)


def load(path: Path) -> Checkpoint:
    like = dict(CompactNetwork().named_parameters())
    return load_checkpoint(path, network="compact", like=like)


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network fresh from a seed, as a checkpoint of a parent."""
    path = tmp_path_factory.mktemp("parent") / "parent.safetensors"
    torch.manual_seed(0)
    parameters = dict(CompactNetwork().named_parameters())
    training = {"stage": "supervised", "total_cpu_seconds": 100.0}
    save_checkpoint(path, Checkpoint(parameters, {}, "", "compact", training))
    return path


@pytest.fixture(scope="module")
def squares(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of three sequences, in each a square that moves."""
    root = tmp_path_factory.mktemp("squares")
    generator = np.random.default_rng(0)
    for name in ("one", "two", "three"):
        for kind in ("JPEGImages", "Annotations"):
            (root / kind / name).mkdir(parents=True)
        for frame in range(3):
            image = generator.integers(0, 255, (24, 32, 3), np.uint8)
            mask = np.zeros((24, 32), np.uint8)
            mask[5:15, 3 * frame : 3 * frame + 10] = 1
            PIL.Image.fromarray(image).save(root / "JPEGImages" / name / f"{frame}.png")
            PIL.Image.fromarray(mask).save(root / "Annotations" / name / f"{frame}.png")
    return root


class Interrupting(Progress):
    """Interrupts a training after so many steps."""

    def __init__(self, steps: int) -> None:
        super().__init__(quiet=True)
        self._left = steps

    def frame(self) -> None:
        super().frame()
        self._left -= 1
        if self._left == 0:
            raise KeyboardInterrupt


def parent_training(out: Path, progress: Progress) -> None:
    settings = SupervisedSettings(steps=4, log_every=2)
    options: dict[str, Any] = {"first_clips": 1, "clock": lambda: 0.0, "save_every": 0.0}
    train_parent(out, settings, 0, progress, **options)


def learner_training(out: Path, progress: Progress) -> None:
    parent = out.parent / "start.safetensors"
    if not parent.exists():
        torch.manual_seed(0)
        start = dict(CompactNetwork().named_parameters())
        save_checkpoint(parent, Checkpoint(start, {}, "", "compact", {}))
    request = LearnerRequest(
        parent=parent,
        rates=RateSettings(),
        settings=MetaSettings(iterations=4, tasks=1, steps=1, detached_steps=0, log_every=2),
        monitoring=MonitorSettings(tasks=1, every=2, steps=1),
        tasks=GeneratedTasks(0, first_clips=1),
        data="clips",
        monitored=GeneratedTasks(1, first_clips=1),
        monitored_data="other clips",
        seed=0,
    )
    train_learner(out, request, progress, clock=lambda: 0.0, save_every=0.0)


@pytest.mark.parametrize("training", [parent_training, learner_training])
def test_an_interrupted_training_ends_with_the_same_bytes(
    training: Callable[[Path, Progress], None], tmp_path: Path
):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    whole, parts = tmp_path / "a" / "made.safetensors", tmp_path / "b" / "made.safetensors"
    training(whole, Progress(quiet=True))
    for steps in (1, 2):  # step 1 is lost and taken again; step 2 and then 3 are behind it
        with pytest.raises(KeyboardInterrupt):
            training(parts, Interrupting(steps))
        assert not parts.exists()
    training(parts, Progress(quiet=True))
    assert parts.read_bytes() == whole.read_bytes()
    parts.unlink()
    training(parts, Interrupting(1))  # there is nothing left to do but to write it
    assert parts.read_bytes() == whole.read_bytes()


def test_other_settings_in_the_same_place_are_refused(
    parent: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    out = tmp_path / "learner.safetensors"
    made = ("train", "eosvos", "--parent", str(parent), "--out", str(out), "--clips", "1", *QUICK)
    assert vosbench(*made) == 0
    assert (tmp_path / "learner.training" / "curves.png").read_bytes()[1:4] == b"PNG"
    assert vosbench(*made, "--seed", "1") == 1
    assert "was begun with seed 0, now it is 1" in capsys.readouterr().err
    assert vosbench(*made, "--seed", "1", "--fresh") == 0
    assert load(out).training["seed"] == 1


def test_a_dataset_can_be_trained_on_and_part_of_it_held_out(
    parent: Path, squares: Path, tmp_path: Path
):
    out = tmp_path / "learner.safetensors"
    source = f"folders,root={squares},hold-out=1,weight=3"
    made = ("--source", source, "--source", "generated", "--clips", "1")
    assert (
        vosbench("train", "eosvos", "--parent", str(parent), "--out", str(out), *made, *QUICK) == 0
    )
    training = load(out).training
    assert training["data"].startswith("folders, 3 sequences (weight 3); generated clips")  # type: ignore[attr-defined]
    assert training["monitor_data"] == "1 sequences held out of folders, 3 sequences"
    # 100 seconds for the parent, and something of its own.
    assert float(str(training["total_cpu_seconds"])) > 100


def test_a_second_stage_keeps_the_rates_of_the_first(parent: Path, squares: Path, tmp_path: Path):
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    data = ("--source", f"folders,root={squares}", "--monitor", f"folders,root={squares}", *QUICK)
    begin = ("--parent", str(parent), "--set", "preconditioning=adam", "--set", "level=tensor")
    assert vosbench("train", "eosvos", "--out", str(first), *begin, *data) == 0
    begin = ("--learner", str(first), "--freeze", "rates")
    assert vosbench("train", "eosvos", "--out", str(second), *begin, *data) == 0
    made, before = load(second), load(first)
    assert made.learner().preconditioning == before.learner().preconditioning == Adam()
    for name, rate in before.rates.items():
        assert rate.numel() == 1
        assert torch.equal(made.rates[name], rate)
    assert any(not torch.equal(made.parameters[n], p) for n, p in before.parameters.items())
    assert made.training["parent"]["parent"]["stage"] == "supervised"  # type: ignore[index]


def test_a_parent_is_trained_further_on_what_it_has_not_seen(parent: Path, tmp_path: Path):
    made = parent
    for name, behind in (("second", 0), ("third", 2)):
        out = tmp_path / f"{name}.safetensors"
        options = ("--parent", str(made), "--out", str(out), "--steps", "2", "--clips", "1")
        assert vosbench("train", "parent", *options) == 0
        training = load(out).training
        assert training["first_batch"] == behind
        assert training["parent"] == load(made).training
        made = out
    assert float(str(training["total_cpu_seconds"])) > 100  # of the first parent


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ((), "needs a checkpoint to begin from"),
        (("--parent", "P", "--learner", "P"), "not from both"),
        (("--learner", "P"), "parent.safetensors holds a parent network without learned rates"),
        (("--learner", "P", "--set", "level=tensor"), "are as they are"),
        (("--parent", "P", "--set", "level=layer"), "level takes single or tensor"),
        (("--parent", "P", "--set", "lvel=tensor"), "did you mean level"),
        (("--parent", "P", "--set", "level"), "takes key=value"),
        (("--parent", "P", "--set", "iterations=3"), "iterations is set twice"),
        (("--parent", "P", "--set", "outer_weights=a"), "numbers separated by commas"),
        (("--parent", "P", "--source", "davis"), "no dataset 'davis'"),
        (("--parent", "P", "--source", "generated,count=3"), "takes a weight and nothing else"),
        (("--parent", "P", "--source", "sample,wight=3"), "did you mean weight"),
        (("--parent", "P", "--source", "sample,weight"), "key=value after its name"),
        (("--parent", "P", "--source", "sample,hold-out=4"), "hold out 1 to 3"),
        (("--parent", "P", "--network", "unet"), "no network 'unet'"),
    ],
)
def test_what_cannot_be_trained_is_told_in_a_sentence(
    parent: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, ...],
    sentence: str,
):
    given = [str(parent) if option == "P" else option for option in options]
    assert vosbench("train", "eosvos", "--out", str(tmp_path / "o"), *QUICK, *given) in (1, 5)
    said = capsys.readouterr().err
    assert sentence in said and said.startswith("Error: ")


def test_nothing_trains_on_a_test_set_unless_told_so():
    assert SourceSettings().split == "train"
    assert parse_source("davis2017,root=x").settings.split == "train"
    with pytest.raises(UsageError, match="weight"):
        SourceSettings(weight=-1)
    assert parse_source(GENERATED).settings == SourceSettings()


def test_the_log_is_one_record_a_line(parent: Path, tmp_path: Path):
    out = tmp_path / "learner.safetensors"
    made = ("train", "eosvos", "--parent", str(parent), "--out", str(out), "--clips", "1", *QUICK)
    assert vosbench(*made, "--set", "tasks=1", "--fresh") == 1  # set twice
    assert vosbench(*made) == 0
    lines = (tmp_path / "learner.training" / "log.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    assert [set(record) & {"query_loss", "monitor_loss"} for record in records] == [
        {"query_loss"},
        {"monitor_loss"},
    ]
    assert load(out).training["kept_iteration"] == 1
