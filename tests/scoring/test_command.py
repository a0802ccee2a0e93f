"""`vosbench score` under its protocols, as scripts see it."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scoring.clip_folders import blob, write_masks
from vosbench.cli import main

Score = Callable[..., int]
HEAD = "sequence,object,J_mean,J_recall,J_decay,F_mean,F_recall,F_decay"


@pytest.fixture
def score(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Score:
    """Scores masks and worse masks of two sequences, cows with one object and dogs with two."""
    monkeypatch.chdir(tmp_path)
    for name, masks in (("cows", [blob()] * 5), ("dogs", [blob() + blob(2, 8)] * 5)):
        write_masks(Path("truth") / name, masks)
        write_masks(Path("masks") / name, masks)
        write_masks(Path("worse") / name, [blob()] * 5)
    Path("unseen.txt").write_text("cows\n")

    def call(*arguments: str, masks: tuple[str, ...] = ("masks",)) -> int:
        with pytest.raises(SystemExit) as left:
            main(["score", *masks, "--annotations", "truth", *arguments])
        assert isinstance(left.value.code, int)
        return left.value.code

    return call


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_groups_have_rows_and_global_is_over_both(score: Score, capsys) -> None:
    arguments = ("--protocol", "lvos", "--unseen", "unseen.txt", "--format", "csv")
    assert score(*arguments, masks=("worse",)) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"{HEAD},V\n")
    found = {row["sequence"]: row for row in rows(text)}
    means = {name: float(found[name]["J_mean"]) for name in ("SEEN", "UNSEEN", "GLOBAL")}
    # dogs: object 1 is right and object 2 is lacking; cows is right
    assert means == {"SEEN": 0.5, "UNSEEN": 1.0, "GLOBAL": 0.75}
    assert found["GLOBAL"]["V"] == "0.0"


def test_without_groups_g_is_asked_for(score: Score, capsys) -> None:
    assert score("--protocol", "youtube-vos") == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "needs to know which are unseen (--unseen)" in shown
    assert score("--protocol", "youtube-vos", "--unseen", "unseen.txt") == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "GLOBAL is the mean over both groups. G, the mean of J and F over both" in shown


def test_several_folders_lead_their_rows(score: Score, capsys) -> None:
    assert score("--format", "csv", masks=("masks", "worse")) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"predictions,{HEAD}\n")
    assert [row["predictions"] for row in rows(text)] == ["masks"] * 4 + ["worse"] * 4
    figures = [row["J_mean"] for row in rows(text) if row["sequence"] == "GLOBAL"]
    assert figures == ["1.0", str(2 / 3)]


def test_all_protocols_are_two_tables(score: Score, capsys) -> None:
    assert score("--protocol", "all") == 0
    shown = capsys.readouterr().out
    assert "The same masks under every protocol" in shown
    assert "Why they differ from davis2017" in shown
    assert score("--protocol", "all", "--format", "json", masks=("masks", "worse")) == 0
    found = json.loads(capsys.readouterr().out)
    folders = {row["predictions"] for row in found if "predictions" in row}
    assert folders == {"masks", "worse"}


def test_processes_print_the_same(score: Score, capsys) -> None:
    assert score("--format", "csv") == 0
    alone = capsys.readouterr().out
    assert score("--format", "csv", "--workers", "2") == 0
    assert capsys.readouterr().out == alone


def test_overflowing_decay_is_empty_and_explained(score: Score, capsys) -> None:
    for side in ("truth", "masks"):
        write_masks(Path(side) / "long", [blob()] * 260)
    arguments = ("--sequences", "long", "--decay", "davis-uint8")
    assert score(*arguments, "--format", "csv") == 0
    assert rows(capsys.readouterr().out)[0]["J_decay"] == ""
    assert score(*arguments) == 0
    assert "overflow 8 bits" in " ".join(capsys.readouterr().out.split())
    assert score("--sequences", "long", "--format", "csv") == 0
    assert rows(capsys.readouterr().out)[0]["J_decay"] == "0.0"


@pytest.mark.parametrize("option", ["--unseen", "--meta"])
def test_files_that_a_protocol_does_not_ask_for_are_refused(
    score: Score, option: str, capsys
) -> None:
    assert score("--protocol", "sa-v", option, "unseen.txt") == 1
    said = capsys.readouterr().err
    assert f"does not ask for {option}, which is for youtube-vos and lvos; leave it out" in said


def test_extra_ids_are_an_error_where_asked_for(score: Score, capsys) -> None:
    write_masks(Path("other") / "cows", [blob() + blob(7, 8)] * 5)
    arguments = ("--sequences", "cows", "--protocol", "vos-benchmark")
    assert score(*arguments, masks=("other",)) == 0
    assert score(*arguments, "--extra-ids", "error", masks=("other",)) == 5
    said = capsys.readouterr().err
    assert "holds id 7, but protocol vos-benchmark scores the objects of the annotations" in said


def test_wrong_lists_end_with_data_errors(score: Score, capsys) -> None:
    assert score("--protocol", "lvos", "--meta", "unseen.txt") == 5
    assert "the list of objects unseen.txt is no JSON" in capsys.readouterr().err
    Path("unseen.txt").write_text("goat\n")
    assert score("--protocol", "lvos", "--unseen", "unseen.txt") == 5
    assert "every object scored is seen" in capsys.readouterr().err
    assert score("--protocol", "all", "--unseen", "unseen.txt") == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "lvos cannot be applied: by unseen.txt (goat) every object" in shown
