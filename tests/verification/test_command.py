"""`vosbench verify` as scripts see it: what it prints, its JSON, its exit codes."""

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from vosbench.cli import main
from vosbench.masks import read_mask, write_mask

Vosbench = Callable[..., int]


@pytest.fixture
def vosbench_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vosbench:
    """Runs one command, as typed, in an empty folder and returns its exit code."""
    monkeypatch.chdir(tmp_path)

    def call(line: str) -> int:
        with pytest.raises(SystemExit) as left:
            main(shlex.split(line))
        assert isinstance(left.value.code, int)
        return left.value.code

    return call


@pytest.fixture
def where(vosbench_: Vosbench, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Options that name the folders of a run of copy-first on two tiny sequences, made already."""
    for sequence in ("ball", "box"):
        for folder in ("images", "annotations"):
            (tmp_path / folder / sequence).mkdir(parents=True)
        for index in range(4):
            mask = np.zeros((20, 30), np.uint8)
            mask[5:12, 4 + index : 14 + index] = 1
            write_mask(tmp_path / f"annotations/{sequence}/{index:05}.png", mask)
            image = PIL.Image.fromarray(np.repeat(mask[:, :, None] * 200, 3, axis=2))
            image.save(tmp_path / f"images/{sequence}/{index:05}.png")
    options = "--images images --annotations annotations"
    assert vosbench_(f"run --method copy-first --dataset folders {options}") == 0
    capsys.readouterr()
    return options


RUN = "copy-first__folders__seed0"


def flip(path: Path) -> None:
    mask = read_mask(path).copy()
    mask[0, 0] = 1
    write_mask(path, mask)


def test_a_run_that_comes_out(vosbench_, where, capsys) -> None:
    for name in (f"runs/{RUN}", RUN):
        assert vosbench_(f"verify {name} {where}") == 0
        assert capsys.readouterr().out == (
            f"{RUN}: verified: 2 sequences, 2 objects, 4 frame scores, bit-equal\n"
        )


def test_a_mask_that_changed(vosbench_, where, tmp_path, capsys) -> None:
    flip(tmp_path / f"runs/{RUN}/masks/box/00001.png")
    assert vosbench_(f"verify {RUN} {where}") == 5
    headline, cause, digest, *values = capsys.readouterr().out.splitlines()
    assert headline == f"{RUN}: {1 + len(values)} stored values do not come out again"
    assert cause.startswith(f"  box, masks-changed: the masks in runs/{RUN}/masks/box are not")
    assert digest.startswith("    records/box.json, frame 00001, masks_sha256: ")
    assert "    scores.csv, object 1, frame 00001, J: " in "".join(values)
    assert all(" → " in value for value in values)


def test_programs_get_json(vosbench_, where, tmp_path, capsys) -> None:
    flip(tmp_path / f"runs/{RUN}/masks/box/00001.png")
    assert vosbench_(f"verify {RUN} {where} --format json --out found.json") == 5
    found = json.loads((tmp_path / "found.json").read_text())
    assert list(found) == ["verified", "drifts", "runs", "reports"]
    assert found["verified"] is False
    assert list(found["drifts"][0]) == [
        "run",
        "sequence",
        "object",
        "frame",
        "figure",
        "stored",
        "recomputed",
        "cause",
        "why",
        "file",
    ]
    (J,) = [d for d in found["drifts"] if (d["figure"], d["file"]) == ("J", "scores.csv")]
    assert (J["run"], J["sequence"], J["object"], J["frame"]) == (RUN, "box", 1, "00001")
    assert 0 < J["recomputed"] < J["stored"] < 1
    (run,) = found["runs"]
    assert [(one["sequence"], one["verified"]) for one in run["sequences"]] == [
        ("ball", True),
        ("box", False),
    ]


def test_a_long_list_is_cut_for_people(vosbench_, where, tmp_path, capsys) -> None:
    for name in ("ball", "box"):
        for frame in ("00001", "00002"):
            path = tmp_path / f"annotations/{name}/{frame}.png"
            write_mask(path, np.roll(read_mask(path), 3, axis=0))
    assert vosbench_(f"verify {RUN} {where}") == 5
    assert capsys.readouterr().out.count("more (--format json lists all)") == 2


def test_several_runs_and_a_report(vosbench_, where, tmp_path, capsys) -> None:
    annotations = tmp_path / "annotations"
    stored = f"--method stored --set masks={shlex.quote(str(annotations))} --set label=Truth"
    assert vosbench_(f"run {stored} --dataset folders {where}") == 0
    for table in ("per-sequence", "overall"):
        assert vosbench_(f"report --table {table} --format json --out {table}.json") == 0
    capsys.readouterr()
    runs = sorted(path.name for path in (tmp_path / "runs").iterdir())
    assert len(runs) == 2
    given = " ".join(map(shlex.quote, runs))
    assert vosbench_(f"verify {given} per-sequence.json overall.json {where}") == 0
    first, second, *reports = capsys.readouterr().out.splitlines()
    assert first.startswith(f"{runs[0]}: verified: 2 sequences")
    assert second.startswith(f"{runs[1]}: verified: 2 sequences")
    assert [line.partition(" cells")[0] for line in reports] == [
        "per-sequence.json: verified: 54",
        "overall.json: verified: 18",
    ]
    assert all("from stored timings, which masks cannot give" in line for line in reports)
    flip(tmp_path / f"runs/{RUN}/masks/box/00001.png")
    assert vosbench_(f"verify overall.json {where} --format json") == 5
    found = json.loads(capsys.readouterr().out)
    assert {drift["cause"] for drift in found["drifts"]} == {"masks-changed"}
    assert found["reports"][0]["runs"] == runs


def test_a_failed_sequence_ends_with_2(vosbench_, where, tmp_path, capsys) -> None:
    (tmp_path / "clumsy.py").write_text(
        '"""Fails."""\n\nfrom vosbench.method import Method\n\nVARIANTS = {"clumsy": {}}\n\n\n'
        "class Clumsy(Method):\n    def fit(self, image, mask):\n"
        '        raise RuntimeError("too dark")\n\n    def step(self, image):\n        pass\n'
    )
    line = "run --method clumsy --plugin clumsy.py --dataset folders"
    assert vosbench_(f"{line} {where}") == 2
    capsys.readouterr()
    assert vosbench_(f"verify clumsy__folders__seed0 {where}") == 2
    shown = capsys.readouterr().out
    assert "failed: sequence ball: RuntimeError: too dark" in shown


@pytest.mark.parametrize("variant", ["", "--dataset-seed 3 --count 2"])
def test_generated_sequences_need_no_options(vosbench_, capsys, tmp_path, variant) -> None:
    chosen = "synthetic-3-001" if variant else "synthetic-0-000"
    options = f"--dataset synthetic {variant} --sequences {chosen}"
    assert vosbench_(f"run --method copy-first {options}") == 0
    (name,) = [path.name for path in (tmp_path / "runs").iterdir()]
    capsys.readouterr()
    assert vosbench_(f"verify {name}") == 0
    assert "verified: 1 sequence," in capsys.readouterr().out


def test_what_cannot_be_verified_is_said_in_one_sentence(
    vosbench_, where, tmp_path, capsys
) -> None:
    (tmp_path / "x.json").write_text("[]")
    for line, code, said in (
        ("verify", 1, "Missing argument"),
        (f"verify nothing {where}", 1, "runs/nothing does not exist; name the folder of a run"),
        (f"verify runs {where}", 1, "runs is a folder of runs, not a run; name some of those in"),
        (f"verify images {where}", 5, "images is no run folder: it has no manifest.json"),
        (f"verify {RUN}", 1, "dataset folders needs --images"),
        (f"verify {RUN} --images images --annotations nowhere", 5, "nowhere is missing"),
        ("verify x.json", 5, "x.json is no report that can be verified; expected what"),
    ):
        assert vosbench_(line) == code, line
        told = capsys.readouterr()
        assert said in told.err
        assert told.out == ""


def test_a_report_may_hold_anything(vosbench_, where, tmp_path, capsys) -> None:
    assert vosbench_("report --table per-sequence --format json --out found.json") == 0
    rows = json.loads((tmp_path / "found.json").read_text())
    rows[0]["J"] = [1, float("nan")]
    rows[0]["label"] = "\ud800"  # no text that a file could hold
    (tmp_path / "found.json").write_text(json.dumps(rows))
    capsys.readouterr()
    for style in ("json", "text"):
        assert vosbench_(f"verify found.json {where} --format {style} --out said") == 5
        told = (tmp_path / "said").read_text()
        assert "[1, nan]" in told
    assert {line.partition(",")[0].strip() for line in told.splitlines()[2:]} == {"found.json"}


def test_a_file_that_cannot_be_read_has_no_values(vosbench_, where, tmp_path, capsys) -> None:
    (tmp_path / f"runs/{RUN}/scores/box.csv").write_text("x")
    assert vosbench_(f"verify {RUN} {where}") == 5
    headline, cause = capsys.readouterr().out.splitlines()
    assert headline == f"{RUN}: 1 stored value does not come out again"
    assert cause.startswith(f"  box, file-unreadable: runs/{RUN}/scores/box.csv has no column")
