"""docs/doctor.md knows every code and every key."""

import ast
import re
from pathlib import Path
from typing import get_args

from vosbench.doctor.finding import FOLDER, Finding, finding_json
from vosbench.doctor.mask_reading import Fault

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "doctor.md").read_text(encoding="utf-8")


def codes_in_the_source() -> set[str]:
    """Texts in kebab-case that are given as code of a finding, and the faults of files."""
    codes = set(get_args(Fault))
    shape = re.compile(r"[a-z]+(-[a-z0-9]+)+|void|transposed")
    for file in (ROOT / "vosbench" / "doctor").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                codes |= {node.value} if shape.fullmatch(node.value) else set()
    return codes - {"utf-8", "utf-8-sig", "youtube-vos", "first-annotation", "own-start"}


def test_every_code_is_documented_and_no_other() -> None:
    rows = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    documented = {code for row in rows for code in re.findall(r"`([^`]+)`", row)}
    keys = {"examined", "errors", "warnings", "fixable", "findings", "copy", "mended"}
    assert documented - keys - set(sample()) == codes_in_the_source()


def test_every_key_is_documented() -> None:
    for key in sample():
        assert f"`{key}`" in PAGE


def sample() -> dict[str, object]:
    return finding_json(
        Finding(
            code="void",
            severity="warning",
            sequence=FOLDER,
            subject="masks",
            sentence="",
            mend="",
        )
    )
