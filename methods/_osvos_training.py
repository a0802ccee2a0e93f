"""Training of the parent network of OSVOS: all that is annotated in a frame against the rest.

On generated clips. All objects of a clip are one foreground, as in the parent training of OSVOS
(Caelles et al., CVPR 2017), and every stage answers alone besides the fusion. There the weight of
the single stages falls during training; here it stays.
"""

from collections.abc import Callable, Generator
from dataclasses import asdict
from functools import lru_cache
from itertools import count
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from vosbench.arrays import BinaryMask, Image
from vosbench.augment import TASK, augmented
from vosbench.errors import UsageError
from vosbench.meta.checkpoints import Checkpoint, save_checkpoint
from vosbench.meta.learner import Parameters
from vosbench.meta.streams import Clips, Stream
from vosbench.meta.supervised import Batch, SupervisedSettings, steps_done, train_supervised
from vosbench.meta.training_run import folder_beside, opened
from vosbench.methods._osvos_frames import as_batch, balanced_cross_entropy, network_input
from vosbench.methods._osvos_imagenet import FILE, download, imagenet_trunk
from vosbench.methods._osvos_network import SideOutputNetwork, checkpoint_name, layout_of
from vosbench.methods._training import GENERATED, circumstances, thinned, training_log
from vosbench.progress import Progress
from vosbench.synthetic import TRAINING, Clip, ClipSettings, generate

CLIPS = ClipSettings(height=240, width=432, frames=4, stride=8.0, twin=0.0, stranger=0.0)
"""Few frames far apart, and nothing that moves without being annotated: it would be background
here and foreground in the next clip."""

FIRST_CLIPS = 48
"""Clips that the first batch is drawn from."""

STEPS = 1000
"""Of the shipped checkpoint: ten minutes of one core."""


def train_osvos(
    out: Path,
    network: str,
    settings: SupervisedSettings,
    seed: int,
    progress: Progress,
    *,
    trunk: Parameters | None = None,
    first_clips: int = FIRST_CLIPS,
    fresh: bool = False,
) -> Path:
    """Train `network` on generated clips and write the parent to `out`.

    Args:
        out: checkpoint.
        network: a name of `LAYOUTS`.
        settings: see there.
        seed: of everything drawn.
        progress: is told of every step.
        trunk: parameters of the stages to begin from; drawn by default.
        first_clips: to draw from at the beginning.
        fresh: begin again, whatever is left of a training before.

    Returns:
        The folder of the run.
    """
    facts = {
        "stage": "supervised",
        **asdict(settings),
        "seed": seed,
        "first_clips": first_clips,
        "trunk": "drawn" if trunk is None else "ImageNet",
        "data": GENERATED,
    }
    name = checkpoint_name(network)
    with opened(folder_beside(out), {**facts, "network": name}, fresh=fresh) as run:
        parameters = train_supervised(
            untrained(network, seed, trunk).to(memory_format=torch.channels_last),
            foreground_batches(seed, first_clips=first_clips, first=steps_done(run)),
            _loss,
            settings,
            training_log(run, progress, "step"),
            run=run,
            progress=progress,
        )
        log = run.records()
        seconds = float(str(log[-1]["cpu_seconds"]))
        training = {**facts, "total_cpu_seconds": seconds, **circumstances("cpu")}
        save_checkpoint(out, Checkpoint(parameters, {}, "", name, training, thinned(log)))
        return run.folder


def chosen_trunk(network: str, imagenet: Path | None, fetch_to: Path | None) -> Parameters | None:
    """Where the stages of `network` begin: as ImageNet left them; None to draw them.

    Args:
        network: a name of `LAYOUTS`.
        imagenet: torchvision's file of VGG-16.
        fetch_to: folder to download it to instead.

    Raises:
        UsageError: the network needs the file and none is given, or the other way round.
        DataError: the file cannot be used or had.
    """
    layout_of(network)
    if network != "vgg16":
        if imagenet is not None or fetch_to is not None:
            raise UsageError(
                f"the network {network} begins from nothing: leave out --imagenet and --download"
            )
        return None
    if imagenet is not None and fetch_to is None:
        return imagenet_trunk(imagenet)
    if fetch_to is not None and imagenet is None:
        return imagenet_trunk(download(fetch_to))
    raise UsageError(
        "the network vgg16 begins where ImageNet left it: give --imagenet FILE, torchvision's "
        f"{FILE}, or --download: one of the two"
    )


def untrained(network: str, seed: int, trunk: Parameters | None) -> SideOutputNetwork:
    """The network that training begins with, its stages those of `trunk` if there is one."""
    torch.manual_seed(seed)
    parent = SideOutputNetwork(layout_of(network))
    if trunk is not None:
        parent.stages.load_state_dict(dict(trunk))
    return parent


def foreground_batches(
    seed: int,
    *,
    batch: int = 4,
    batches_per_clip: int = 2,
    first_clips: int = FIRST_CLIPS,
    held: int = 150,
    first: int = 0,
) -> Generator[Batch, Tensor, None]:
    """Endless (images `n×3×h×w`, foreground `bool n×1×h×w`), drawn from more and more clips.

    Batch `first` comes first: each depends on the seed and its own number alone. Colours,
    mirroring, turn and size are drawn anew each time that a frame is used.

    Args:
        seed: of everything drawn.
        batch: frames in each.
        batches_per_clip: a clip joins every so many.
        first_clips: to draw from at the beginning.
        held: to draw from at most, the newest ones; 1.7 MB each.
        first: number of the first batch.
    """
    clip = lru_cache(maxsize=held)(lambda number: _foreground_clip(seed, number))
    for number in count(first):
        generator = np.random.default_rng((Stream.BATCH, seed, number))
        made = first_clips + number // batches_per_clip
        frames = [_drawn_frame(clip, made, held, generator) for _ in range(batch)]
        images = torch.cat([network_input(image) for image, _ in frames])
        yield images, torch.cat([as_batch(mask) for _, mask in frames])


def _drawn_frame(
    clip: Callable[[int], Clip], made: int, held: int, generator: np.random.Generator
) -> tuple[Image, BinaryMask]:
    """Any frame of the newest `held` of the `made` clips, changed at random."""
    chosen = clip(int(generator.integers(max(0, made - held), made)))
    t = int(generator.integers(CLIPS.frames))
    return augmented(chosen.images[t], chosen.masks[t] > 0, TASK, generator)


def _foreground_clip(seed: int, number: int) -> Clip:
    return generate((*TRAINING, seed, number, Clips.FOREGROUND), CLIPS)


def _loss(logits: Tensor, foreground: Tensor) -> Tensor:
    return balanced_cross_entropy(logits, foreground, ~foreground)
