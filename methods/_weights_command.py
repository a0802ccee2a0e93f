"""`vosbench weights`: checkpoints for Mask R-CNN out of weights that others made."""

from pathlib import Path

import click

from vosbench.command_line import File, checkpoint_option
from vosbench.errors import UsageError
from vosbench.methods._networks import COMPACT

# torch takes seconds to import, so only what is run does


@click.group()
def weights() -> None:
    """Make checkpoints out of weights that others made."""


@weights.command()
@click.argument("file", type=File, required=False)
@checkpoint_option
@click.option(
    "--network",
    default="maskrcnn-r50",
    show_default=True,
    metavar="NAME",
    help="What the checkpoint is for.",
)
@click.option(
    "--download",
    is_flag=True,
    help="Fetch the weights of Mask R-CNN on COCO (178 MB) into the folder of --out.",
)
def pretrained(file: Path | None, out: Path, network: str, download: bool) -> None:
    """Take over what fits of FILE, weights that torchvision publishes.

    FILE is maskrcnn_resnet50_fpn_coco-bf2d0c1e.pth or a backbone trained on ImageNet. The result is
    a parent: `finetune` begins from it, and so does `vosbench train eosvos`.
    """
    if (file is None) is not download:
        raise UsageError("give a FILE or --download: one of the two")
    if network == COMPACT:
        raise UsageError("network compact begins from `vosbench train parent`")
    from vosbench.meta.checkpoints import save_checkpoint
    from vosbench.methods import _maskrcnn_pretrained
    from vosbench.methods._maskrcnn_design import design_called
    from vosbench.methods._networks import open_network

    design = design_called(network)
    initial = open_network(network).parameters()
    source = file or _maskrcnn_pretrained.download(design, out.parent)
    checkpoint, random = _maskrcnn_pretrained.pretrained_checkpoint(source, design, initial)
    save_checkpoint(out, checkpoint)
    click.echo(f"{len(initial) - len(random)} of {len(initial)} tensors taken over")
    if random:
        click.echo(f"random: {', '.join(random)}")


@weights.command()
@click.argument("file", type=File)
@checkpoint_option
def official(file: Path, out: Path) -> None:
    """Take over FILE, a checkpoint of the authors of e-OSVOS: where `eosvos` begins."""
    from vosbench.meta.checkpoints import save_checkpoint
    from vosbench.methods._maskrcnn_official import NETWORK, official_checkpoint
    from vosbench.methods._networks import open_network

    save_checkpoint(out, official_checkpoint(file, open_network(NETWORK).shapes()))
