"""Sequences of two runs side by side."""

import dataclasses
import json
import shutil
from pathlib import Path

from tests.difference.changed_runs import another
from tests.tiny_runs import BEAR, DOG, ZOO, Broken, dataset, explode, sequence
from vosbench.difference.runs import run_difference
from vosbench.difference.text import difference_text


class TestSequences:
    def test_those_of_one_run_only(self, made: Path, tmp_path: Path) -> None:
        other = another(tmp_path, dataset(BEAR, DOG, sequence("fox")))
        found = run_difference(made, other)
        assert [one.sequence for one in found.sequences] == ["bear", "dog"]
        assert (found.only_first, found.only_second) == (
            {"cat": "not asked for"},
            {"fox": "not asked for"},
        )
        assert not found.differing
        assert not found.equal
        text = difference_text(found)
        assert "The masks of all 2 sequences that both have are equal.\n" in text
        assert "  cat: only in A (B: not asked for)\n  fox: only in B (A: not asked for)\n" in text

    def test_one_that_failed_says_so(self, made: Path, tmp_path: Path) -> None:
        other = another(tmp_path, build=lambda: Broken(explode))
        (reason,) = run_difference(made, other).only_first.values()
        assert reason.startswith("failed: ")
        assert "out of luck" in reason

    def test_masks_that_are_gone_are_not_said_to_have_failed(self, made: Path, copy: Path) -> None:
        shutil.rmtree(copy / "masks/dog")
        assert run_difference(made, copy).only_first == {"dog": "its masks are gone"}

    def test_runs_of_one_name_are_told_apart(self, made: Path, copy: Path) -> None:
        lines = difference_text(run_difference(made, copy)).splitlines()
        assert lines[:2] == [f"A: {made}", f"B: {copy}"]

    def test_scores_that_differ_stand_beside_the_masks(self, made: Path, tmp_path: Path) -> None:
        other = another(tmp_path, seed=3)
        found = run_difference(made, other)
        bear = found.sequences[0]
        record = json.loads((made / "records/bear.json").read_text())
        assert bear.scores["J"][0] == record["scores"][0]["J"]["mean"]
        assert bear.scores["J"][0] != bear.scores["J"][1]

    def test_equal_masks_under_another_protocol(self, made: Path, tmp_path: Path) -> None:
        other = another(tmp_path, dataclasses.replace(ZOO, protocol="davis2016"))
        found = run_difference(made, other)
        assert found.equal
        text = difference_text(found)
        assert "  cat: equal masks, scored otherwise: J " in text
        assert "(under davis2017 → davis2016, which do not compare)" in text
