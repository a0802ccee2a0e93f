"""Inner steps of Mask R-CNN: vosbench's beside straightforward ones, in one run.

    python -m benchmarks.maskrcnn_steps                          # on the GPU, as in the paper
    python -m benchmarks.maskrcnn_steps --short-side 160 --steps 3 --no-clips --threads 1

Parameters are random unless --weights names a checkpoint: times depend on them by the number of
regions that show the object alone, which is told; trained ones find more. A dated file with all
samples, and a note, are left in benchmarks/results.
"""

import json
import platform
import shlex
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import torch

from benchmarks.maskrcnn_steps.implementations import Implementation, implementations
from benchmarks.maskrcnn_steps.measuring import inner_steps, matmul_rate, whole_clip
from benchmarks.maskrcnn_steps.note import markdown
from vosbench.device_clock import device_clock
from vosbench.machine import fingerprint
from vosbench.methods._propagation_settings import PropagationSettings
from vosbench.provenance import git_state, versions
from vosbench.synthetic import Clip, ClipSettings, generate

RESULTS = Path(__file__).parents[1] / "results"

VARIANTS: dict[str, dict[str, int]] = {
    "10": {"steps": 10},
    "50": {"steps": 50},
    "50-OnA": {"steps": 50, "adapt": True},
}


@click.command()
@click.option("--device", help="[default: cuda where there is one]")
@click.option("--network", default="maskrcnn-r50", show_default=True)
@click.option("--weights", type=click.Path(dir_okay=False, path_type=Path), help="Checkpoint.")
@click.option("--short-side", type=click.IntRange(32), default=800, show_default=True)
@click.option("--height", type=click.IntRange(32), default=480, show_default=True)
@click.option("--width", type=click.IntRange(32), default=854, show_default=True)
@click.option("--frames", type=click.IntRange(2), default=21, show_default=True)
@click.option("--batch", type=click.IntRange(1), default=3, show_default=True)
@click.option("--steps", type=click.IntRange(1), default=20, show_default=True)
@click.option("--passes", type=click.IntRange(1), default=3, show_default=True)
@click.option(
    "--variant", "variants", type=click.Choice(list(VARIANTS)), multiple=True, help="Repeatable."
)
@click.option("--clips/--no-clips", default=True, help="Whole clips besides inner steps.")
@click.option("--bfloat16", is_flag=True, help="The fast one in this precision as well.")
@click.option("--tf32/--no-tf32", default=True, help="On CUDA, for both and for the probe.")
@click.option("--channels-last", is_flag=True, help="Order of the fast one's convolutions.")
@click.option("--threads", type=click.IntRange(1), help="Of the CPU.")
@click.option("--output", type=click.Path(path_type=Path), default=RESULTS, show_default=True)
def command(
    *,
    device: str | None,
    network: str,
    weights: Path | None,
    short_side: int,
    threads: int | None,
    tf32: bool,
    bfloat16: bool,
    channels_last: bool,
    clips: bool,
    variants: tuple[str, ...],
    output: Path,
    **rest: Any,
) -> None:
    """Time inner steps and whole clips of both implementations, in turn."""
    device = device or ("cuda" if torch.cuda.is_available() else "cpu")
    wait = device_clock(device).wait
    if device.startswith("cuda"):
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
    if threads:
        torch.set_num_threads(threads)
    size = {name: rest[name] for name in ("height", "width", "frames")}
    clip = generate(0, ClipSettings(**size, objects=(1, 1), leaving=0.0))
    compared = implementations(
        network,
        weights=weights,
        short_side=short_side,
        device=device,
        channels_last=channels_last,
        bfloat16=bfloat16,
    )
    rates = {
        one.precision: matmul_rate(device, getattr(torch, one.precision), wait) for one in compared
    }
    settings = PropagationSettings(batch=rest["batch"])
    steps = inner_steps(compared, clip, settings, rest["steps"], device, wait)
    chosen = (variants or tuple(VARIANTS)) if clips else ()
    found = {
        "date": datetime.now(UTC).date().isoformat(),
        "command": shlex.join(["python", "-m", "benchmarks.maskrcnn_steps", *sys.argv[1:]]),
        "commit": dict(git_state()),
        "machine": fingerprint(device),
        "versions": versions(),
        "settings": rest
        | {"network": network, "short_side": short_side, "device": device, "tf32": tf32}
        | {
            "weights": weights and weights.name,
            "channels_last": channels_last,
            "platform": platform.platform(terse=True),
        },
        "matmul": rates,
        "steps": {
            one.name: {"precision": one.precision} | asdict(steps[one.name]) for one in compared
        },
        "clips": _clips(compared, clip, chosen, rest["batch"], rest["passes"], wait),
    }
    note = markdown(found)
    output.mkdir(parents=True, exist_ok=True)
    stem = f"{found['date']}-{network}-{device.replace(':', '')}-{short_side}"
    (output / f"{stem}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    (output / f"{stem}.md").write_text(note, encoding="utf-8")
    click.echo(note, nl=False)


def _clips(
    compared: list[Implementation],
    clip: Clip,
    variants: tuple[str, ...],
    batch: int,
    passes: int,
    wait: Callable[[], None],
) -> list[dict[str, Any]]:
    """Every pass of every variant, the implementations in turn."""
    found = []
    for variant in variants:
        settings = PropagationSettings(batch=batch, **VARIANTS[variant])  # type: ignore[arg-type]
        for number in range(passes):
            for one in compared:
                done = asdict(whole_clip(one, clip, settings, wait))
                found.append({"variant": variant, "implementation": one.name} | done)
                _say(f"{variant}, pass {number + 1}, {one.name}: {done['seconds']:.1f} s")
    return found


def _say(text: str) -> None:
    click.echo(text, err=True)


if __name__ == "__main__":
    command()
