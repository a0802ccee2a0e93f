"""Faults that counts catch, planted in a method and held to a baseline by the command."""

import json
from pathlib import Path

import pytest

from tests.gate.busy_machine import busy
from tests.gate.small_clips import Place, write_clip
from tests.gate.tuner_files import write_tuner


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a clip and a method; nothing may be written to it."""
    folder = tmp_path_factory.mktemp("counted")
    write_clip(folder / "clips", "bear")
    write_tuner(folder)
    return folder


@pytest.fixture
def tuned(made: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Place:
    """The clip, and a baseline of what the method counts on it."""
    (tmp_path / "clips").symlink_to(made / "clips")
    place = Place(tmp_path, capsys)
    kept = made / "baseline.json"
    if not kept.exists():
        asked = ("--only", "counted")
        told = place.baseline(*asked, method="tuner", plugin=made / "tuner.py")
        assert told.code == 0, told.err
        kept.write_bytes(place.file.read_bytes())
    place.file.write_bytes(kept.read_bytes())
    return place


def test_unchanged_code_passes_on_a_busy_machine(tuned: Place, made: Path) -> None:
    with busy(2):
        told = tuned.gate(plugin=made / "tuner.py", only="counted")
    assert told.code == 0, told.out
    assert told.out.startswith("pass")


def test_five_extra_inner_steps(tuned: Place, tmp_path: Path) -> None:
    told = tuned.gate(plugin=write_tuner(tmp_path / "more", steps=15), only="counted")
    assert told.code == 3
    assert "5 more backward passes (10 then, 15 now, +50.0%) in init" in told.out
    assert "5 more forward passes (10 then, 15 now, +50.0%)" in told.out
    assert "operators that grew most: aten::" in told.out
    assert "in infer" not in told.out.partition("pass")[0]


def test_fewer_inner_steps_pass_with_a_remark(tuned: Place, tmp_path: Path) -> None:
    told = tuned.gate(plugin=write_tuner(tmp_path / "less", steps=8), only="counted")
    assert told.code == 0, told.out
    assert "init does less than for the baseline, which is no fault" in told.out
    assert "backward passes 10 then, 8 now" in told.out
    assert "make the baseline anew" in told.out


@pytest.mark.parametrize(
    ("leak", "holder"),
    [
        ("self._kept.append(np.zeros(1 << 20, np.uint8))", "objects of Python and arrays of numpy"),
        ("self._kept.append(torch.zeros(1 << 18))", "tensors of torch in host memory"),
    ],
)
def test_a_leak_of_a_mebibyte_a_frame(tuned: Place, tmp_path: Path, leak: str, holder: str) -> None:
    file = write_tuner(tmp_path / "leaky", body=leak)
    told = tuned.gate(plugin=file, only="counted")
    assert told.code == 3
    assert "1.00 MiB stay behind every frame, over 20 frames of bear" in told.out
    assert f"1.00 MiB of it in {holder}" in told.out
    if "numpy" in holder:
        lines = file.read_text().splitlines()
        (line,) = [at for at, text in enumerate(lines, 1) if leak in text]
        assert f"leaky/tuner.py:{line} (1.00 MiB)" in told.out


def test_an_operator_more_a_frame(tuned: Place, tmp_path: Path) -> None:
    told = tuned.gate(plugin=write_tuner(tmp_path / "sine", body="logits.sin()"), only="counted")
    assert told.code == 3
    assert "5 more operator calls" in told.out
    assert "operators that grew most: aten::sin +5" in told.out


def test_counts_of_another_torch_are_inconclusive(tuned: Place, made: Path) -> None:
    facts = json.loads(tuned.file.read_text())
    facts["counts"]["torch"] = "1.0.0"
    tuned.file.write_text(json.dumps(facts))
    told = tuned.gate(plugin=made / "tuner.py", only="counted")
    assert told.code == 4
    assert told.out.startswith("inconclusive")
    assert "the baseline has counts of another torch: torch 1.0.0 then, " in told.out
    assert "make the baseline anew" in told.out


def test_a_baseline_without_counts_is_inconclusive(tuned: Place, made: Path) -> None:
    facts = json.loads(tuned.file.read_text())
    tuned.file.write_text(json.dumps(facts | {"counts": None}))
    told = tuned.gate(plugin=made / "tuner.py", only="counted")
    assert told.code == 4
    assert "the baseline has no counts" in told.out


def test_no_file_is_left(tuned: Place, made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = tuned.folder / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    before = sorted(tuned.folder.rglob("*"))
    tuned.gate(plugin=made / "tuner.py", only="counted")
    assert sorted(tuned.folder.rglob("*")) == before
