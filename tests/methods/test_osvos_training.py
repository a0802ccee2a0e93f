"""Parent training of OSVOS: what it sees, where it begins, and a run from its checkpoint."""

import json
from itertools import islice
from pathlib import Path

import pytest
import torch

from vosbench.cli import main
from vosbench.errors import DataError, UsageError
from vosbench.meta.checkpoints import load_checkpoint
from vosbench.methods._osvos_network import LAYOUTS, SideOutputNetwork, layout_of
from vosbench.methods._osvos_training import (
    FIRST_CLIPS,
    STEPS,
    chosen_trunk,
    foreground_batches,
    untrained,
)
from vosbench.methods._train_command import train_group


def vosbench(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    return int(end.value.code or 0)


def test_batches_are_frames_with_all_their_objects():
    batches = foreground_batches(5, batch=3, first_clips=2)
    images, foreground = next(batches)
    assert images.shape == (3, 3, 240, 432) and images.dtype == torch.float32
    assert foreground.shape == (3, 1, 240, 432) and foreground.dtype == torch.bool
    assert foreground.flatten(1).any(dim=1).all() and not foreground.all()


def test_a_batch_is_a_function_of_its_number():
    (third,) = islice(foreground_batches(5, batch=2, first_clips=1), 2, 3)
    again = next(foreground_batches(5, batch=2, first_clips=1, first=2))
    assert all(torch.equal(a, b) for a, b in zip(third, again, strict=True))


def test_other_seeds_draw_other_frames():
    one, other = (next(foreground_batches(s, batch=1, first_clips=1))[0] for s in (5, 6))
    assert not torch.equal(one, other)


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "parent.safetensors"
    made = ("--network", "narrow", "--steps", "2", "--clips", "1", "--seed", "7")
    assert vosbench("train", "osvos", "--out", str(path), *made) == 0
    return path


def test_a_checkpoint_says_how_it_was_made(parent: Path):
    like = dict(SideOutputNetwork(layout_of("narrow")).named_parameters())
    checkpoint = load_checkpoint(parent, network="osvos-narrow", like=like)
    training = checkpoint.training
    assert training["steps"] == 2 and training["seed"] == 7 and training["trunk"] == "drawn"
    assert "generator version" in str(training["data"])
    assert float(str(training["total_cpu_seconds"])) > 0
    before = untrained("narrow", 7, None)
    moved = {
        n for n, p in before.named_parameters() if not torch.equal(p, checkpoint.parameters[n])
    }
    assert moved == set(like)


def test_a_run_uses_the_checkpoint_it_is_given(parent: Path, tmp_path: Path):
    ran = vosbench(
        *("run", "--method", "osvos-50", "--set", f"weights={parent}", "--set", "steps=1"),
        *("--set", "short_side=32", "--sequences", "sample-1-crouch", "--runs", str(tmp_path)),
    )
    assert ran == 0
    (manifest,) = tmp_path.glob("*/manifest.json")
    provenance = json.loads(manifest.read_text())["provenance"]
    assert provenance["weights"] == parent.name and provenance["network"] == "osvos-narrow"


def test_stages_begin_where_imagenet_left_them():
    trunk = {
        n: torch.full_like(p, 0.5) for n, p in untrained("vgg16", 0, None).stages.named_parameters()
    }
    begun = untrained("vgg16", 0, trunk)
    assert all((p == 0.5).all() for p in begun.stages.parameters())
    assert not all((p == 0.5).all() for p in begun.sides.parameters())


@pytest.mark.parametrize(
    ("network", "imagenet", "complaint"),
    [
        ("narrow", Path("vgg16.pth"), "narrow begins from nothing: leave out --imagenet"),
        ("vgg16", None, "give --imagenet FILE"),
        ("vgg", None, "there is no network 'vgg' of OSVOS"),
    ],
)
def test_a_trunk_is_for_the_network_that_takes_one(
    network: str, imagenet: Path | None, complaint: str
):
    with pytest.raises(UsageError, match=complaint):
        chosen_trunk(network, imagenet, None)


def test_both_a_file_and_a_download_are_refused(tmp_path: Path):
    with pytest.raises(UsageError, match=r"--imagenet FILE.*or --download: one of the two"):
        chosen_trunk("vgg16", tmp_path / "vgg16.pth", tmp_path)


def test_what_was_fetched_is_not_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(torch.hub, "download_url_to_file", lambda *a, **k: pytest.fail("fetched"))
    (tmp_path / "vgg16-397923af.pth").write_bytes(b"no tensors")
    with pytest.raises(DataError, match="vgg16-397923af"):
        chosen_trunk("vgg16", None, tmp_path)


def test_what_cannot_be_fetched_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr(torch.hub, "download_url_to_file", refuse)
    with pytest.raises(DataError, match=r"vgg16-397923af.pth cannot be fetched: no route to host"):
        chosen_trunk("vgg16", None, tmp_path / "weights")


def test_defaults_of_the_command_line_are_those_of_the_code():
    # The command line states them itself, because reading them would import torch.
    parameters = train_group(print).commands["osvos"].params
    options = {parameter.name: parameter for parameter in parameters}
    assert options["steps"].default == STEPS
    assert options["clips"].default == FIRST_CLIPS
    assert tuple(options["network"].type.choices) == tuple(LAYOUTS)
