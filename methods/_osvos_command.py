"""`vosbench train osvos`: the options of its training."""

from collections.abc import Callable
from pathlib import Path

import click

from vosbench.command_line import (
    File,
    checkpoint_option,
    clips_option,
    draws_option,
    fresh_option,
)

# torch takes seconds to import, so only what trains does


def osvos_command(draw: Callable[[Path], None]) -> click.Command:
    """The command; `draw` is called with the folder of the training at its end."""

    @click.command("osvos")
    @checkpoint_option
    @click.option(
        "--network",
        type=click.Choice(["narrow", "vgg16"]),
        default="narrow",
        show_default=True,
        help="Which trunk.",
    )
    @click.option(
        "--imagenet",
        type=File,
        metavar="FILE",
        help="Where vgg16 begins: torchvision's vgg16-397923af.pth.",
    )
    @click.option(
        "--download", is_flag=True, help="Fetch that file (528 MB) into the folder of --out."
    )
    @click.option("--steps", type=click.IntRange(1), default=1000, show_default=True)
    @clips_option
    @draws_option
    @fresh_option
    def osvos(
        out: Path,
        network: str,
        imagenet: Path | None,
        download: bool,
        steps: int,
        clips: int,
        seed: int,
        fresh: bool,
    ) -> None:
        """Train a network for whole frames on generated clips: where `osvos-*` starts.

        Asked for again, it goes on where it was.
        """
        from vosbench.meta.supervised import SupervisedSettings
        from vosbench.methods._osvos_training import chosen_trunk, train_osvos
        from vosbench.progress import Progress

        trunk = chosen_trunk(network, imagenet, out.parent if download else None)
        settings = SupervisedSettings(steps=steps)
        progress = Progress(unit="steps")
        folder = train_osvos(
            out, network, settings, seed, progress, trunk=trunk, first_clips=clips, fresh=fresh
        )
        draw(folder)
        progress.finish()

    return osvos
