"""`vosbench doctor` as users see it, and the JSON that programs read."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.doctor.clips_on_disk import change, colour, relabel
from vosbench.cli import main

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main(["doctor", *map(str, arguments)])
    assert isinstance(left.value.code, int)
    return left.value.code


def test_nothing_found_is_one_line(
    truth: Path, masks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(masks, "--annotations", truth) == 0
    said = capsys.readouterr()
    assert said.out == "Nothing found in 2 sequences, 12 frames, 3 objects under davis2017.\n"
    assert said.err == ""


def test_findings_are_blocks_in_100_columns(
    truth: Path, masks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    colour(masks / "dogs")
    (masks / "cows" / "00000.png").unlink()
    assert run(masks, "--annotations", truth) == 5
    said = capsys.readouterr().out
    assert said == (
        "error    colour-masks  dogs\n"
        "         All 6 masks of dogs are in colour (RGB, RGBA or grey with alpha), not label maps;"
        " every\n"
        "         colour is that of an id in DAVIS' palette, or a grey value that is one.\n"
        "         → --fix NEW_FOLDER turns colours back into ids, in a copy.\n"
        "\n"
        "warning  missing-frames  cows\n"
        "         Frame 00000 of cows has no mask, but none of them is scored.\n"
        "         → Nothing has to be done; some evaluators want a mask of every frame.\n"
        "\n"
        "1 error, 1 warning in 2 sequences, 12 frames, 3 objects under davis2017; --fix NEW_FOLDER "
        "mends 1.\n"
    )
    assert max(map(len, said.splitlines())) <= 100


def test_warnings_alone_are_no_failure(truth: Path, masks: Path) -> None:
    (masks / "cows" / "00000.png").unlink()
    assert run(masks, "--annotations", truth) == 0


def test_json_holds_what_the_text_says(
    truth: Path, masks: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(masks / "dogs", relabel(_1=2, _2=1))
    out = tmp_path / "sub" / "findings.json"
    arguments = (masks, "--annotations", truth, "--format", "json")
    assert run(*arguments, "--out", out) == 5
    assert capsys.readouterr().out == ""
    record = json.loads(out.read_text())
    (finding,) = record.pop("findings")
    assert record == {
        "examined": {
            "predictions": str(masks),
            "annotations": str(truth),
            "protocol": "davis2017",
            "sequences": 2,
            "frames": 12,
            "objects": 3,
        },
        "errors": 1,
        "warnings": 0,
        "fixable": 1,
        "copy": None,
        "mended": [],
    }
    assert finding.pop("sentence").startswith("the masks of dogs fit the annotations better")
    assert finding == {
        "code": "swapped-ids",
        "severity": "error",
        "subject": "masks",
        "sequence": "dogs",
        "sequences": [],
        "frames": [f"{index:05d}" for index in range(6)],
        "frame_count": 6,
        "objects": [1, 2],
        "mend": "--fix NEW_FOLDER renumbers them, in a copy",
        "fixable": True,
    }
    (masks / "cows" / "00000.png").unlink()
    assert run(*arguments, "--fix", tmp_path / "new") == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["errors"], record["copy"]) == (0, str(tmp_path / "new"))
    assert [finding["code"] for finding in record["mended"]] == ["swapped-ids"]


def test_the_protocol_decides(truth: Path, masks: Path) -> None:
    change(masks / "dogs", relabel(_2=9))
    change(masks / "dogs", relabel(_9=255), only=("00003",))
    arguments = (masks, "--annotations", truth, "--sequences", "dogs")
    assert run(*arguments) == 5
    assert run(*arguments, "--protocol", "davis2016") == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "say what to examine: --annotations DIR, after a folder of predicted masks or alone,"),
        (("masks",), "say what to examine: --annotations DIR"),
        (("masks", "--root", "DAVIS"), "--root needs --dataset NAME"),
        (("--annotations", "A", "--fix", "new"), "--fix mends predicted masks"),
        (
            ("--dataset", "davis2018", "--root", "DAVIS"),
            "no dataset 'davis2018' (did you mean",
        ),
        (("--dataset", "davis2017"), "dataset davis2017 needs --root"),
        (("masks", "--dataset", "sample"), "the folder of annotations of dataset sample is not"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(
    arguments: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 1
    said = capsys.readouterr()
    assert said.err.startswith(f"Error: {sentence}")
    assert (said.out, said.err.count("\n")) == ("", 1)


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        ("dog", "has no sequence 'dog' (did you mean dogs?)"),
        ("dogs,dogs", "sequence dogs is named 2 times; name it once"),
    ],
)
def test_sequences_are_checked(
    truth: Path, masks: Path, names: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(masks, "--annotations", truth, "--sequences", names) == 1
    assert sentence in capsys.readouterr().err


def test_names_of_files_do_not_reach_the_terminal(
    truth: Path, masks: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (masks / "\x1b[31mred").mkdir()
    assert run(masks, "--annotations", truth) == 0
    assert "\x1b" not in capsys.readouterr().out
    assert run(masks, "--annotations", truth, "--format", "json") == 0
    assert "\x1b" not in capsys.readouterr().out


def test_it_needs_no_torch(truth: Path, masks: Path) -> None:
    code = (
        "import sys; from vosbench.cli import commands\n"
        f"commands.main(['doctor', {str(masks)!r}, '--annotations', {str(truth)!r}],"
        " standalone_mode=False)\n"
        "assert not {'torch', 'pandas', 'matplotlib'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)
