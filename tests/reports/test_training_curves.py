"""The picture of a training: from its log alone, whichever kind of training it is of."""

import json
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from vosbench.errors import DataError
from vosbench.reports.training_curves import save_curves


def drawn(tmp_path: Path, records: list[dict[str, object]]) -> tuple[int, int]:
    """Size of the picture of these records; there is something on it."""
    log, out = tmp_path / "log.jsonl", tmp_path / "curves.png"
    log.write_text("".join(json.dumps(record) + "\n" for record in records))
    save_curves(log, out)
    with PIL.Image.open(out) as picture:
        assert np.asarray(picture.convert("L")).std() > 5
        return picture.size


def test_a_meta_training_has_norms_below_its_losses(tmp_path: Path):
    parent = [{"step": n, "loss": 1 / n, "cpu_seconds": n} for n in range(1, 5)]
    meta: list[dict[str, object]] = []
    for n in range(1, 5):
        meta.append({"iteration": n, "query_loss": 1 / n, "gradient_norm": n, "skipped_tasks": 1})
        meta.append({"iteration": n, "monitor_loss": 2 / n, "best": n < 3})
    assert drawn(tmp_path, meta)[1] > drawn(tmp_path, [*parent])[1]


def test_records_without_a_value_are_gaps(tmp_path: Path):
    records: list[dict[str, object]] = [
        {"iteration": 1, "query_loss": None, "gradient_norm": None, "skipped_tasks": 4},
        {"iteration": 2, "query_loss": 0.5, "gradient_norm": 1.0, "skipped_tasks": 0},
        {"iteration": 2, "monitor_loss": None, "best": False},
    ]
    drawn(tmp_path, records)


@pytest.mark.parametrize("content", ["", '{"step": 1}\n', "{", None])
def test_a_log_without_a_loss_is_refused(tmp_path: Path, content: str | None):
    log = tmp_path / "log.jsonl"
    if content is not None:
        log.write_text(content)
    with pytest.raises(DataError, match=r"log\.jsonl"):
        save_curves(log, tmp_path / "curves.png")
