"""`vosbench train`: the options of training, and what it says."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vosbench.command_line import (
    File,
    checkpoint_option,
    clips_option,
    device_option,
    draws_option,
    fresh_option,
    settings_option,
)
from vosbench.errors import UsageError
from vosbench.methods._networks import COMPACT
from vosbench.methods._osvos_command import osvos_command
from vosbench.methods._train_sources import (
    GENERATED,
    Source,
    monitoring_clips,
    open_sources,
    parse_source,
)
from vosbench.progress import Progress
from vosbench.settings import constructor_settings, find_setting

if TYPE_CHECKING:
    from vosbench.meta.meta_settings import Preset
    from vosbench.methods._training import LearnerRequest

# torch takes seconds to import, so only what trains does

Draw = Callable[[Path], None]
"""Draws the curves of the training run in a folder."""


def train_group(draw: Draw) -> click.Group:
    """The commands that train; `draw` is called with the folder of each training at its end."""

    @click.group()
    def train() -> None:
        """Make the checkpoints that methods start from."""

    train.add_command(_parent_command(draw))
    train.add_command(_learner_command(draw))
    train.add_command(osvos_command(draw))
    return train


def _parent_command(draw: Draw) -> click.Command:
    @click.command("parent")
    @click.option(
        "--parent", "before", type=File, metavar="FILE", help="Train another parent further."
    )
    @checkpoint_option
    @click.option("--steps", type=click.IntRange(1), default=9000, show_default=True)
    @clips_option
    @draws_option
    @device_option
    @fresh_option
    def parent(out: Path, steps: int, clips: int, device: str, **given: Any) -> None:
        """Train the network on generated clips: where `finetune-*` starts.

        Asked for again, it goes on where it was.
        """
        from vosbench.machine import check_device
        from vosbench.meta.distributed import process_count
        from vosbench.meta.supervised import SupervisedSettings
        from vosbench.methods._training import train_parent

        check_device(device)
        if process_count() > 1:
            raise UsageError("train parent runs in one process; start it without torchrun")
        settings, progress = SupervisedSettings(steps=steps), Progress(unit="steps")
        draw(
            train_parent(
                out, settings, progress=progress, first_clips=clips, device=device, **given
            )
        )
        progress.finish()

    return parent


def _learner_command(draw: Draw) -> click.Command:
    @click.command("eosvos")
    @click.option("--parent", type=File, metavar="FILE", help="Of `vosbench train parent`.")
    @click.option(
        "--learner",
        type=File,
        metavar="FILE",
        help="Begin from another learner instead, with its rates: another stage of training.",
    )
    @checkpoint_option
    @click.option(
        "--network", default=COMPACT, show_default=True, metavar="NAME", help="What is fine-tuned."
    )
    @click.option(
        "--preset",
        type=click.Choice(["compact", "paper"]),
        default="compact",
        show_default=True,
        help="Settings that belong together; --set changes single ones.",
    )
    @settings_option("meta-training")
    @click.option(
        "--iterations", type=click.IntRange(1), help="Outer steps.  [default: of the preset]"
    )
    @click.option(
        "--freeze",
        type=click.Choice(["rates", "start"]),
        multiple=True,
        help="What stays as it is; repeatable.",
    )
    @click.option(
        "--source",
        "sources",
        multiple=True,
        default=(GENERATED,),
        show_default=True,
        metavar="NAME[,KEY=VALUE…]",
        help="What to train on: generated, or a dataset with its root=DIR, weight=, hold-out= "
        "and the like; repeatable.",
    )
    @click.option(
        "--monitor",
        metavar="NAME[,KEY=VALUE…]",
        help="What the best checkpoint is chosen on.  [default: what is held out of the sources, "
        "else generated]",
    )
    @click.option(
        "--monitor-tasks",
        type=click.IntRange(0),
        default=24,
        show_default=True,
        help="How many of its tasks; 0 keeps the last checkpoint instead.",
    )
    @click.option("--monitor-every", type=click.IntRange(1), default=20, show_default=True)
    @click.option(
        "--monitor-steps",
        type=click.IntRange(0),
        default=10,
        show_default=True,
        help="Inner steps.",
    )
    @clips_option
    @draws_option
    @device_option
    @fresh_option
    def eosvos(out: Path, device: str, fresh: bool, **asked: Any) -> None:
        """Meta-train start and rates: where `eosvos-*` starts.

        Asked for again, it goes on where it was. `torchrun --no-python --nproc-per-node 2 vosbench
        train eosvos …` shares the tasks of every outer step among two processes.
        """
        from vosbench.machine import check_device
        from vosbench.meta.distributed import processes
        from vosbench.methods._training import train_learner

        check_device(device)
        with processes(device) as among:
            progress = Progress(quiet=not among.leads, unit="steps")
            request = _request(device=among.device, **asked)
            folder = train_learner(out, request, progress, fresh=fresh, among=among)
            if among.leads:
                draw(folder)
            progress.finish()

    return eosvos


def _request(
    *,
    parent: Path | None,
    learner: Path | None,
    network: str,
    preset: str,
    assignments: Sequence[str],
    iterations: int | None,
    freeze: Sequence[str],
    sources: Sequence[str],
    monitor: str | None,
    monitor_tasks: int,
    monitor_every: int,
    monitor_steps: int,
    clips: int,
    seed: int,
    device: str,
) -> "LearnerRequest":
    """What the options ask for, with the data opened."""
    from vosbench.meta.monitoring import MonitorSettings
    from vosbench.methods._training import LearnerRequest

    if network == COMPACT and parent is None and learner is None:
        raise UsageError(
            "the compact network needs a checkpoint to begin from: --parent FILE, made by "
            "`vosbench train parent`, or --learner FILE"
        )
    settings = _settings(preset, assignments, iterations, freeze, new=learner is None)
    opened = open_sources([parse_source(text) for text in sources], seed, clips)
    if monitor is not None:
        named = parse_source(monitor)
        if named == Source(GENERATED, named.settings):
            monitored, monitored_data = monitoring_clips(seed)
        else:
            chosen = open_sources([named], seed, clips)
            monitored, monitored_data = chosen.tasks, chosen.data
    elif opened.held_out is not None:
        monitored, monitored_data = opened.held_out, opened.held_out_data
    else:
        monitored, monitored_data = monitoring_clips(seed)
    return LearnerRequest(
        network=network,
        parent=parent,
        learner=learner,
        rates=settings.rates,
        settings=settings.training,
        monitoring=MonitorSettings(tasks=monitor_tasks, every=monitor_every, steps=monitor_steps),
        tasks=opened.tasks,
        data=opened.data,
        monitored=monitored,
        monitored_data=monitored_data,
        first_clips=clips,
        seed=seed,
        device=device,
    )


def _settings(
    preset: str,
    assignments: Sequence[str],
    iterations: int | None,
    freeze: Sequence[str],
    *,
    new: bool,
) -> "Preset":
    """The preset with what was set on top of it.

    Args:
        preset: by name.
        assignments: `KEY=VALUE` each.
        iterations: outer steps.
        freeze: of start and rates.
        new: whether the rates are new; those of a learner are as they are.

    Raises:
        UsageError: a setting does not exist, does not fit, or is given twice.
    """
    from dataclasses import replace

    from vosbench.meta.meta_settings import PRESETS, MetaSettings, Preset, RateSettings

    begun = PRESETS[preset]
    rate_settings, meta_settings = (
        {setting.name: setting for setting in constructor_settings(kind)}
        for kind in (RateSettings, MetaSettings)
    )
    values: dict[str, object] = {f"{frozen}_rate": 0.0 for frozen in freeze}
    if iterations is not None:
        values["iterations"] = iterations
    for assignment in assignments:
        key, equals, text = assignment.partition("=")
        if not equals:
            raise UsageError(f"--set takes key=value, not {assignment!r}")
        if key in values:
            raise UsageError(f"{key} is set twice; give it once")
        if key in rate_settings and not new:
            raise UsageError(
                f"--set {assignment}: the rates of the learner to begin from are as they are"
            )
        known = {**rate_settings, **meta_settings}
        setting = find_setting("meta-training", known.values(), key)
        values[key] = _weights(text) if key == "outer_weights" else setting.parse(text)
    return Preset(
        replace(begun.rates, **{k: v for k, v in values.items() if k in rate_settings}),  # type: ignore[arg-type]
        replace(begun.training, **{k: v for k, v in values.items() if k in meta_settings}),  # type: ignore[arg-type]
    )


def _weights(text: str) -> tuple[float, ...]:
    """`0.1,0.9` as numbers."""
    try:
        return tuple(float(weight) for weight in text.split(","))
    except ValueError:
        raise UsageError(
            f"setting outer_weights takes numbers separated by commas, not {text!r}"
        ) from None
