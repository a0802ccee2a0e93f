"""The plug-in in CONTRIBUTING.md works as printed."""

import json
import re
import shlex
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from vosbench.cli import main
from vosbench.masks import write_mask

TEXT = (Path(__file__).resolve().parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")


def block(marker: str) -> str:
    """The fenced block after an HTML comment."""
    found = re.search(rf"<!-- {re.escape(marker)} -->\n```\w+\n(.*?)```\n", TEXT, re.DOTALL)
    assert found, f"CONTRIBUTING.md has no block marked {marker!r}"
    return found[1]


@pytest.fixture
def video(tmp_path: Path) -> list[str]:
    """Options that name one sequence: a red square moves over a green ground."""
    for folder in ("images", "annotations"):
        (tmp_path / folder / "square").mkdir(parents=True)
    for index in range(5):
        mask = np.zeros((30, 40), np.uint8)
        mask[8:20, 5 + 4 * index : 17 + 4 * index] = 1
        image = np.zeros((30, 40, 3), np.uint8)
        image[..., 0], image[..., 1] = 220 * mask, 180 * (1 - mask)
        write_mask(tmp_path / f"annotations/square/{index}.png", mask)
        PIL.Image.fromarray(image).save(tmp_path / f"images/square/{index}.png")
    return ["--dataset", "folders", "--images", "images", "--annotations", "annotations"]


def test_the_printed_plug_in_runs(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    video: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("nearest_colour.py").write_text(block("file: nearest_colour.py"), encoding="utf-8")
    program, *arguments = shlex.split(block("command: plug-in"))
    assert program == "vosbench"
    with pytest.raises(SystemExit) as left:
        main([*arguments, *video])
    assert left.value.code == 0
    capsys.readouterr()
    with pytest.raises(SystemExit):
        main(["report", "--table", "per-sequence", "--format", "json"])
    J = {row["method"]: row["J"] for row in json.loads(capsys.readouterr().out)}
    # red is red wherever it goes: colour finds what copying loses
    assert J["nearest-colour"] > 0.95 > 0.5 > J["copy-first"]


def test_the_printed_plug_in_is_short() -> None:
    lines = block("file: nearest_colour.py").splitlines()
    code = [line for line in lines if line and not line.startswith(("import", "from", '"""'))]
    assert len(code) <= 20


def test_the_printed_plug_in_is_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "nearest_colour.py"
    file.write_text(block("file: nearest_colour.py"), encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["methods", "--plugin", str(file)])
    assert "Nearest colour: every pixel" in capsys.readouterr().out
