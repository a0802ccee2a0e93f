"""`vosbench diff` as scripts meet it."""

import json
from pathlib import Path

import pytest

from tests.difference.changed_runs import paint
from vosbench.cli import main


class TestCommand:
    def call(self, *arguments: object) -> int:
        with pytest.raises(SystemExit) as left:
            main(["diff", *map(str, arguments)])
        assert isinstance(left.value.code, int)
        return left.value.code

    def test_exit_codes(
        self, made: Path, copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.call(made, copy) == 0
        assert self.call(made, copy.name, "--runs", copy.parent) == 0
        paint(copy / "masks/cat/00003.png", 5, 1)
        assert self.call(made, copy) == 3
        capsys.readouterr()
        assert self.call(made, "nowhere", "--runs", tmp_path) == 1
        assert "does not exist; name the folder of a run" in capsys.readouterr().err
        assert self.call(made, made / "scores.csv") == 1
        assert "scores.csv is a file; name the folder of a run" in capsys.readouterr().err
        assert self.call(made, made / "masks") == 5
        told = capsys.readouterr()
        assert "masks is no run folder: it has no manifest.json" in told.err
        assert told.out == ""

    def test_json(self, made: Path, copy: Path, tmp_path: Path) -> None:
        paint(copy / "masks/cat/00003.png", 5, 3)
        out = tmp_path / "found.json"
        assert self.call(made, copy, "--format", "json", "--out", out) == 3
        found = json.loads(out.read_text())
        change = {"first": 0, "second": 5, "pixels": 3}
        assert found["equal"] is False
        assert found["first"] == {
            "sequence": "cat",
            "frame": "00003",
            "object": 5,
            "object_pixels": 3,
            "pixels": 3,
            "changes": [change],
            "remark": None,
        }
        assert [one["frames_differing"] for one in found["sequences"]] == [0, 1, 0]
        assert found["sequences"][1]["changes"] == [change]
        assert list(found) == [
            "equal",
            "runs",
            "protocols",
            "first",
            "sequences",
            "only_first",
            "only_second",
            "manifest",
            "suspects",
        ]
