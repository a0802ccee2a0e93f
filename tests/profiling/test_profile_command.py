"""`vosbench profile`, as typed."""

import csv
import gzip
import json
from pathlib import Path

import pytest

from vosbench.cli import main
from vosbench.profiling.counts import Counts
from vosbench.record_json import from_json

PLUGIN = '''
from vosbench.method import Method

class Method1(Method):
    """A plug-in for tests."""

    def fit(self, image, mask):
        self._mask = mask

    def step(self, image):
        return 1 / 0

VARIANTS = {"breaks": {}}
'''


def vosbench(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["profile", *arguments])
    return int(left.value.code or 0)


def test_the_embedded_sample(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "made" / "here"
    asked = ["--method", "eosvos-10", "--frames", "4", "--top", "2", "--shapes"]
    assert vosbench(*asked, "--set", "steps=3", "--out", str(out)) == 0
    said = capsys.readouterr().out
    assert "times as long" in said
    assert f"The whole profile: {out}" in said
    assert said.count(" others)") == 3  # of init, infer and post

    counts = from_json((out / "counts.json").read_text(), Counts)
    assert (counts.method, counts.frames, counts.settings["steps"]) == ("eosvos-10", 3, 3)
    assert counts.phases["init"].backward_passes == 3 * counts.objects
    assert counts.phases["infer"].entered == 3

    rows = list(csv.DictReader((out / "profile.csv").read_text().splitlines()))
    operators = [row for row in rows if row["kind"] == "operator"]
    calls = sum(int(row["calls"]) for row in operators if row["phase"] == "init")
    assert calls == sum(counts.phases["init"].operators.values())
    assert any("×" in row["shapes"] for row in operators)
    assert "aten::mul" in (out / "profile.md").read_text()
    assert json.loads(gzip.decompress((out / "trace.json.gz").read_bytes()))["traceEvents"]


def test_without_torch_a_trace_of_before_does_not_stay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "trace.json.gz").write_bytes(b"of another method")
    assert vosbench("--method", "copy-first", "--python", "--out", str(tmp_path)) == 0
    assert "copy-first calls no operator of torch" in " ".join(capsys.readouterr().out.split())
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "counts.json",
        "profile.csv",
        "profile.md",
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--method", "eosvos-1"], 1, "no method 'eosvos-1' (did you mean eosvos-10?)"),
        (["--method", "copy-first", "--sequence", "cows"], 1, "has no sequence 'cows'"),
        (["--method", "stored", "--set", "masks=."], 1, "there is nothing to profile"),
        (["--method", "copy-first", "--frames", "1"], 1, "1 is not in the range x>=2"),
        (["--method", "copy-first", "--top", "0"], 1, "0 is not in the range x>=1"),
        (["--method", "copy-first", "--device", "mps"], 1, "finds no MPS device here"),
        (["--method", "breaks", "--plugin", "PLUGIN"], 2, "breaks failed on sample-1-crouch: Zero"),
        (["--method", "copy-first", "--out", "PLUGIN"], 5, "cannot write"),
    ],
)
def test_what_cannot_be_profiled_is_said_in_one_sentence(
    arguments: list[str],
    code: int,
    sentence: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    import torch

    if "mps" in arguments and torch.backends.mps.is_available():
        pytest.skip("there is an MPS device here")
    plugin = tmp_path / "breaking.py"
    plugin.write_text(PLUGIN)
    typed = [str(plugin) if word == "PLUGIN" else word for word in arguments]
    if "--out" not in typed:
        typed += ["--out", str(tmp_path / "out")]
    assert vosbench(*typed) == code
    said = capsys.readouterr().err
    assert sentence in said
    assert "Traceback" not in said
