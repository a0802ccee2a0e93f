"""Tables as LaTeX, compiled where there is one."""

import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.every_table import HOSTILE, hostile_runs, small
from vosbench.records import Run
from vosbench.reports import tables
from vosbench.reports.formats.latex_characters import escaped
from vosbench.reports.formats.render import render
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import Cell, Column, Row, Table

MakeRun = Callable[..., Run]

PDFLATEX = pytest.mark.skipif(
    shutil.which("pdflatex") is None, reason="no pdflatex on this machine"
)


def test_booktabs_and_bold(make_run: MakeRun) -> None:
    runs = hostile_runs(make_run)
    made = tables.build("per-sequence", runs, ReportOptions(published=("PReMVOS",)))
    text = render(made, "latex")
    for command in (r"\toprule", r"\midrule", r"\bottomrule", r"\cmidrule(lr){6-6}"):
        assert command in text
    assert r"blackswan (1) & 91.0 & \textbf{92.0} & \textbf{92.0} & 30.0 & 95.8 \\" in text
    assert r"a\_b\%\&" in text


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_special_is_left_bare(name: str) -> None:
    (row,) = [line for line in render((small(name),), "latex").splitlines() if "50.0" in line]
    first = row.split(" & ")[0]
    maths = re.sub(r"\$[^$]+\$", "", re.sub(r"\\[$]", "", first))
    bare = re.sub(r"\\([a-zA-Z]+\{\}|[{}&%#_]|[\"'`.=^~]\{)", "", maths)
    assert not re.search(r"[\\&%$#_^~\"<>|]", bare)
    assert not first.startswith(("[", "*"))


def test_a_table_longer_than_a_page_goes_on_under_its_number() -> None:
    columns = (Column("m", "sequence"), Column("J", "J", "percent", "up"))
    rows = tuple(Row((Cell(f"s{number}"), Cell(number / 200))) for number in range(100))
    mean = Row((Cell("mean"), Cell(0.25)), summary=True)
    text = render((Table("long", columns, (*rows, mean)),), "latex")
    assert text.count(r"\begin{table}") == text.count(r"\end{table}") == 3
    assert text.count(r"\addtocounter{table}{-1}") == text.count("continued") == 2
    assert text.count("sequence & J") == 3
    assert re.findall(r"^s(\d+) &", text, re.MULTILINE) == [str(number) for number in range(100)]
    assert text.index(r"s99 &") < text.index("\\midrule\nmean")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20))
def test_only_what_every_font_has_is_left(text: str) -> None:
    assert escaped(text).isascii()


def document(body: str) -> str:
    return (
        "\\documentclass{article}\n\\usepackage{booktabs}\n\\begin{document}\n"
        f"{body}\\end{{document}}\n"
    )


@PDFLATEX
def test_every_table_compiles(every_table: Mapping[str, tuple[Table, ...]], tmp_path: Path) -> None:
    made = [table for found in every_table.values() for table in found]
    latin = "".join(map(chr, (*range(0xA1, 0x180), *range(0x391, 0x3CA), 0x1F600)))
    body = render([*made, *(small(name) for name in (*HOSTILE, latin))], "latex")
    (tmp_path / "report.tex").write_text(document(body), encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "report.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert (tmp_path / "report.pdf").stat().st_size > 1000
    # what is longer than a page would be cut off at its foot
    assert "Float too large" not in done.stdout
