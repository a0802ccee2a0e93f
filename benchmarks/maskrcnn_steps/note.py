"""What was measured, as Markdown."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.maskrcnn_steps.implementations import STRAIGHTFORWARD
from vosbench.speed.spread import Spread

STEP_COLUMNS = (
    "inner step",
    "median ms",
    "IQR ms",
    "ratio",
    "CPU ms",
    "TFLOP",
    "floor ms",
    "gap",
    "peak MiB",
    "regions",
)
CLIP_COLUMNS = ("variant", "implementation", "frames", "passes", "fps", "ratio", "s to fit")

LEGEND = """\
straightforward: torchvision's forward pass, Lovász loss region by region, parameters moved tensor
by tensor, nothing kept from step to step. fast: vosbench's own, the same losses and gradients but
for rounding. They take turns in one process. ratio: of the medians, straightforward over this one.
CPU ms: of all threads. floor: operations of the layers, forward and backward (TFLOP), at the rate
of a product of large matrices in this run; gap: median over floor. peak: of the device, or of the
whole process where that is the CPU. regions: what the mask head sees of all images, in the mean.
fps: frames after the first over all seconds, fine-tuning and adaptation included."""


def markdown(found: Mapping[str, Any]) -> str:
    """The note on one run; `found` as `__main__` writes it to JSON."""
    machine, settings, commit = found["machine"], found["settings"], found["commit"]
    rates = ", ".join(f"{rate / 1e12:.3f} ({name})" for name, rate in found["matmul"].items())
    lines = [
        f"# Inner steps of {settings['network']}, {found['date']}",
        "",
        f"Frames of {settings['height']}×{settings['width']} seen with a short side of "
        f"{settings['short_side']} pixels, batch {settings['batch']}, parameters: "
        f"{settings['weights'] or 'random'}.",
        "",
        f"- Machine {machine['id']}: {machine.get('gpu') or machine['cpu']}, cores: "
        f"{machine['cores']}, threads: {machine['threads']}, torch {machine['torch']}",
        f"- TFLOP/s of a matrix product: {rates}",
        f"- Commit {commit.get('commit', 'unknown')[:12]}"
        + (", with changes" if commit.get("dirty") else ""),
        f"- Command: `{found['command']}`",
        "",
        *_table(STEP_COLUMNS, _steps(found["steps"], found["matmul"])),
        "",
    ]
    if found["clips"]:
        lines += [*_table(CLIP_COLUMNS, _clips(found["clips"])), ""]
    return "\n".join([*lines, LEGEND]) + "\n"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (columns, ["---"] * len(columns), *rows)]


def _steps(steps: Mapping[str, Any], rates: Mapping[str, float]) -> list[list[str]]:
    spreads = {name: Spread(tuple(one["seconds"])) for name, one in steps.items()}
    rows = []
    for name, one in steps.items():
        spread, floor = spreads[name], one["operations"] / rates[one["precision"]]
        memory = one["memory"]["allocated"] or one["memory"]["host"]
        rows.append(
            [
                name,
                f"{1000 * spread.median:.1f}",
                f"{1000 * (spread.interquartile_range or 0):.1f}",
                f"{spreads[STRAIGHTFORWARD].median / spread.median:.2f}",
                f"{1000 * Spread(tuple(one['cpu_seconds'])).median:.1f}",
                f"{one['operations'] / 1e12:.3f}",
                f"{1000 * floor:.1f}",
                f"{spread.median / floor:.2f}",
                "–" if memory is None else f"{memory / 2**20:.0f}",
                f"{sum(one['regions']) / len(one['regions']):.0f}",
            ]
        )
    return rows


def _clips(clips: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    passes: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for one in clips:
        passes.setdefault((one["variant"], one["implementation"]), []).append(one)
    fps = {
        key: Spread(tuple(one["frames"] / one["seconds"] for one in mine)).median
        for key, mine in passes.items()
    }
    return [
        [
            variant,
            name,
            str(mine[0]["frames"]),
            str(len(mine)),
            f"{fps[variant, name]:.3f}",
            f"{fps[variant, name] / fps[variant, STRAIGHTFORWARD]:.2f}",
            f"{Spread(tuple(one['first'] for one in mine)).median:.2f}",
        ]
        for (variant, name), mine in passes.items()
    ]
