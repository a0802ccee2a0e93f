"""The curves of a training as a picture, from its log alone."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vosbench.atomic import write_bytes
from vosbench.errors import DataError
from vosbench.meta.training_log import Record, read_log
from vosbench.wording import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COUNTERS = {"iteration": "outer steps", "step": "steps"}
"""Keys that count records of a log, and what they count."""

_COLOUR, _MONITOR_COLOUR, _GREY = "#0072B2", "#D55E00", "#555555"


def save_curves(log: Path, out: Path) -> None:
    """Draw the records of `log` to `out`, a PNG: losses above, norms of gradients below.

    Raises:
        DataError: the log cannot be read, or holds no loss.
        CannotWriteError: the file system refuses.
    """
    from matplotlib.figure import Figure

    records = read_log(log)
    counter = next((key for key in COUNTERS if records and key in records[0]), None)
    loss_name = next((n for n in ("query_loss", "loss") if any(n in r for r in records)), None)
    if counter is None or loss_name is None:
        raise DataError(f"{log} holds no record of a loss, so there is no curve to draw")
    norms = _points(records, counter, "gradient_norm")
    figure = Figure(figsize=(7, 5.6 if norms else 3.4), layout="constrained")
    panels = figure.subplots(2 if norms else 1, 1, squeeze=False, sharex=True)[:, 0]
    _prepare(panels[0], loss_name.replace("_", " "))
    panels[0].plot(*_axes(_points(records, counter, loss_name)), color=_COLOUR, label="training")
    _draw_monitoring(panels[0], records, counter)
    panels[0].legend(frameon=False, fontsize=8)
    if norms:
        _prepare(panels[1], "norm of a task's gradient")
        panels[1].plot(*_axes(norms), color=_COLOUR)
        panels[1].set_yscale("log")
        skipped = sum(int(str(record.get("skipped_tasks", 0))) for record in records)
        if skipped:
            words = f"skipped for want of a finite gradient: {counted(skipped, 'task')}"
            panels[1].set_title(words, fontsize=8, color=_GREY)
    panels[-1].set_xlabel(COUNTERS[counter])
    image = io.BytesIO()
    figure.savefig(image, format="png", dpi=160)
    write_bytes(out, image.getvalue())


def _draw_monitoring(axes: "Axes", records: Sequence[Record], counter: str) -> None:
    """The loss on tasks that are not trained on, where there is one, and which one is kept."""
    points = _points(records, counter, "monitor_loss")
    if not points:
        return
    axes.plot(*_axes(points), color=_MONITOR_COLOUR, marker="o", markersize=3, label="monitoring")
    best = _points([record for record in records if record.get("best")], counter, "monitor_loss")
    if best:
        axes.plot(*best[-1], "o", color=_MONITOR_COLOUR, markersize=8, label="kept")


def _points(records: Sequence[Record], counter: str, name: str) -> list[tuple[float, float]]:
    """(step, value) of the records that have a value of that name."""
    return [
        (float(str(record[counter])), float(str(record[name])))
        for record in records
        if record.get(name) is not None and counter in record
    ]


def _axes(points: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [x for x, _ in points], [y for _, y in points]


def _prepare(axes: "Axes", label: str) -> None:
    axes.grid(visible=True, color="#E4E4E4", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_ylabel(label)
