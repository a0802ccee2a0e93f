"""Faults that were planted are caught and named; what nobody can judge is never a pass."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.gate.small_clips import NAMES, Place, write_clip, write_method
from vosbench.metrics import frames, tolerance


def test_unchanged_code_passes(gated: Place, right: Path) -> None:
    told = gated.gate(plugin=right)
    assert told.code == 0, told.out
    assert told.out.startswith("pass: mover held to")
    assert "all 7 sequences are those of the baseline" in told.out
    assert "the same to the last digit" in told.out


def test_a_metric_off_by_one_pixel_of_tolerance(
    gated: Place, right: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    true_radius = tolerance.tolerance_radius
    monkeypatch.setattr(frames, "tolerance_radius", lambda *given: true_radius(*given) + 1)
    told = gated.gate(plugin=right)
    assert told.code == 3
    assert told.out.startswith("regression")
    assert (
        "the metric changed: masks are the same, but F of 7 objects in all 7 sequences" in told.out
    )
    assert "golden J" not in told.out and "but J" not in told.out
    assert "the masks of all 7 sequences are those of the baseline" in told.out


def test_masks_that_changed_are_named_with_a_way_to_see_them(gated: Place, tmp_path: Path) -> None:
    told = gated.gate(
        plugin=write_method(tmp_path / "changed", off=2, body="image = None; self._wrong = 2")
    )
    assert told.code == 3
    for name in NAMES:
        assert f"the masks of {name} are other ones than those of the baseline" in told.out
    assert "vosbench diff then/RUN now/RUN" in told.out


def test_a_drop_on_all_sequences(gated: Place, tmp_path: Path) -> None:
    told = gated.gate(plugin=write_method(tmp_path / "worse", off=3), only="quality")
    assert told.code == 3
    assert re.search(
        r"regression: quality: J&F over 7 objects in 7 sequences dropped by .* interval", told.out
    )
    assert "more than the 0.5 points that are allowed" in told.out


def test_a_drop_on_one_sequence(gated: Place, tmp_path: Path) -> None:
    wide = 10 + NAMES.index("fox")
    told = gated.gate(plugin=write_method(tmp_path / "fox", off=8, only=wide), only="quality")
    assert told.code == 3
    assert "J&F of fox dropped by" in told.out
    assert "J&F of cat dropped" not in told.out


def test_a_sequence_dropped_from_the_list(gated: Place, right: Path) -> None:
    shutil.rmtree(gated.folder / "clips/Annotations/dog")
    told = gated.gate(plugin=right)
    assert told.code == 3
    assert "regression: comparable: the run has no result for dog" in told.out
    assert "the masks of all 6 sequences are those of the baseline" in told.out


def test_a_sequence_that_fails(gated: Place, tmp_path: Path) -> None:
    body = "if (self._mask > 0).any(axis=0).sum() == 11: raise RuntimeError('out of luck')"
    told = gated.gate(plugin=write_method(tmp_path / "failing", off=2, body=body))
    assert told.code == 3
    assert "regression: comparable: cat fails now: RuntimeError: out of luck" in told.out


def test_a_method_that_cannot_be_built(gated: Place, tmp_path: Path) -> None:
    file = write_method(tmp_path / "broken")
    file.write_text(file.read_text().replace("self._lift = lift", "self._lift = lft"))
    told = gated.gate(plugin=file)
    assert told.code == 3
    assert "method mover cannot be built" in told.out


def test_a_run_in_which_nothing_ran(gated: Place, right: Path) -> None:
    for name in NAMES:
        for part in ("Annotations", "JPEGImages"):
            (gated.folder / f"clips/{part}/{name}").rename(gated.folder / f"clips/{part}/{name}-2")
    told = gated.gate(plugin=right)
    assert told.code == 4
    assert told.out.startswith("inconclusive")
    assert "nothing ran: there is no result for any of the 7 sequences" in told.out


class TestStaleBaselines:
    """Each is inconclusive, names both values, and says how to mend it."""

    def stale(self, gated: Place, plugin: Path, *arguments: object) -> str:
        told = gated.gate(*arguments, plugin=plugin)
        assert told.code == 4, told.out
        assert told.out.startswith("inconclusive")
        assert "stale baseline: " in told.out
        assert "make the baseline anew" in told.out
        assert "vosbench baseline" in told.out
        return told.out

    @pytest.mark.parametrize(
        ("facts", "named"),
        [
            ({"protocol": "davis2016"}, "protocol was davis2016 and is davis2017"),
            (
                {"weights_sha256": "ab" * 32, "settings": {"weights": "a.bin"}},
                "weights was abababababab and is unset",
            ),
        ],
    )
    def test_of_another_fact(
        self, gated: Place, right: Path, facts: dict[str, object], named: str
    ) -> None:
        gated.file.write_text(json.dumps(json.loads(gated.file.read_text()) | facts))
        assert named in self.stale(gated, right)

    def test_of_another_setting(self, gated: Place, right: Path) -> None:
        out = self.stale(gated, right, "--set", "lift=3")
        assert "setting lift was 0 and is 3" in out
        assert "exact" not in out.replace("--only exact,quality", "")

    def test_of_other_frames(self, gated: Place, right: Path) -> None:
        shutil.rmtree(gated.folder / "clips/Annotations/hen")
        shutil.rmtree(gated.folder / "clips/JPEGImages/hen")
        write_clip(gated.folder / "clips", "hen", frames=7)
        out = self.stale(gated, right)
        assert "frames or annotations of hen are not those of then" in out
        assert "the masks of all 6 sequences are those of the baseline" in out

    def test_of_another_format(self, gated: Place, right: Path) -> None:
        facts = json.loads(gated.file.read_text())
        gated.file.write_text(json.dumps({"format": 0, "settings": facts["settings"]}))
        told = gated.gate(plugin=right)
        assert told.code == 4
        assert "is a baseline of format 0, and this vosbench reads 1" in told.out


def test_another_default_in_the_code_is_a_regression(gated: Place, tmp_path: Path) -> None:
    told = gated.gate(plugin=write_method(tmp_path / "lifted", off=2, lift=1))
    assert told.code == 3
    assert "setting lift was 0 and is 1, which nobody set: the code has another default" in told.out
    assert "the masks of bear are other ones" in told.out
