"""What figures share: measured texts, lines, keys, and names that are written as they are."""

import io
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import matplotlib.text
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from vosbench.records import Run
from vosbench.reports import figures
from vosbench.reports.options import ReportOptions
from vosbench.reports.plots.curve_looks import look, save
from vosbench.reports.plots.figure_looks import (
    MARGIN,
    NOTE,
    TEXT,
    WIDTH,
    Key,
    cut,
    drawable,
    flowed,
    sheet,
    text_width,
    wrapped,
)

STRANGE = "my $method$ trained_on ^everything \\n 山 \N{PILE OF POO}"
words = st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1, max_size=12)


@given(st.lists(words, max_size=30), st.floats(0.5, 5))
def test_lines_keep_to_their_width_and_lose_no_word(made: list[str], width: float) -> None:
    lines = wrapped(" ".join(made), width, NOTE)
    assert [word for line in lines for word in line.split()] == made
    assert all(text_width(line, NOTE) <= width or len(line.split()) == 1 for line in lines)


@given(words, st.floats(0.3, 2))
def test_a_cut_name_keeps_both_ends(name: str, width: float) -> None:
    found = cut(name, width, TEXT)
    assert found == name or ("…" in found and len(found) <= len(name))
    if found != name and len(found) > 2:
        start, end = found.split("…")
        assert name.startswith(start) and name.endswith(end)
        assert text_width(found, TEXT) <= width or len(found) == 3


@given(st.lists(st.floats(0.1, 3), max_size=12), st.floats(3, 5))
def test_what_flows_stays_on_its_lines(widths: list[float], room: float) -> None:
    places = flowed(widths, room, 0.2)
    for (line, start), width in zip(places, widths, strict=True):
        assert start + width <= room + 1e-9
        assert line <= len(widths)
    for (line, start), (other, begins) in combinations(places, 2):
        assert other > line or (other == line and begins > start)


@pytest.mark.parametrize("text", ["motocross-jump", "WWWWWWWW", "J&F (%) on lllll", "−1.0"])
def test_measured_texts_are_no_narrower_than_drawn_ones(text: str) -> None:
    made = Figure(figsize=(WIDTH, 1), dpi=160)
    drawn = made.text(0, 0, text, size=TEXT)
    made.savefig(io.BytesIO(), format="png", dpi=160)
    assert drawn.get_window_extent(dpi=160).width / 160 <= text_width(text, TEXT) + 0.005
    assert text_width(text, TEXT) < 1.1 * drawn.get_window_extent(dpi=160).width / 160


def test_keys_and_sheets_hold_their_texts() -> None:
    signs = {f"a method with a name {'x' * (5 * n)}": {"color": look(n)[0]} for n in range(9)}
    key = Key(signs)
    on = sheet("a title that is long " * 6, height=key.height + 1, notes=["A note."] * 30)
    key.draw(on)
    on.figure.savefig(io.BytesIO(), format="png")
    found = [text for text in on.figure.findobj(matplotlib.text.Text) if text.get_text()]
    assert len(found) > 12
    for text in found:
        extent = text.get_window_extent()
        assert extent.x0 >= 0 and extent.x1 <= on.figure.bbox.x1 - 72 * MARGIN / 2
        assert extent.y0 >= -1 and extent.y1 <= on.figure.bbox.y1 + 1


@pytest.mark.parametrize("name", ["dot-plot", "box-plots", "anytime"])
def test_names_from_outside_are_written_as_they_are(
    name: str, make_run: Callable[..., Run], tmp_path: Path
) -> None:
    runs = tuple(
        make_run(
            f"m{place}",
            {f"{STRANGE}{n}": [n / 9] for n in range(7)},
            label=f"{STRANGE}{place}",
            settings={"steps": place},
        )
        for place in range(2)
    )
    for kind in ("png", "svg", "pdf"):
        figures.draw(name, runs, ReportOptions(), tmp_path / f"a.{kind}")
    rows = (tmp_path / "a.csv").read_text(encoding="utf-8")
    assert "山" in rows
    assert drawable(STRANGE).count("\N{REPLACEMENT CHARACTER}") == 2
    assert drawable("$^_\\") == "$^_\\"


def test_a_figure_that_is_taller_than_pictures_may_be_has_fewer_pixels(tmp_path: Path) -> None:
    path, _ = save(tmp_path / "tall.png", Figure(figsize=(0.05, 500)), [])
    with PIL.Image.open(path) as image:
        assert 50_000 < image.height < 2**16
