"""Sheets of pictures: everything is in the sheet, on nothing else, and small in files."""

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from vosbench.arrays import Image
from vosbench.method import Detection
from vosbench.reports.pictures import sheet_plan
from vosbench.reports.pictures.overlays import object_colour
from vosbench.reports.pictures.picture_sheet import save_sheet, sheet
from vosbench.reports.pictures.sheet_plan import (
    Block,
    Key,
    Panel,
    Plan,
    Strip,
    fitting,
    width_of,
    wrapped,
)


@pytest.fixture(autouse=True)
def coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sheets of few pixels, which are drawn soon."""
    monkeypatch.setattr(sheet_plan, "_PIXELS", 100_000)


COLOUR = (12, 130, 240)


def flat(width: int) -> Image:
    return np.full((width // 2, width, 3), COLOUR, np.uint8)


def panel(**more: object) -> Panel:
    return Panel(flat, (100, 200), **more)  # type: ignore[arg-type]


def block(rows: int, columns: int, label: str = "method") -> Block:
    strips = tuple(
        Strip(f"{label} {row}", tuple(panel(corner="J 91  F 88") for _ in range(columns)))
        for row in range(rows)
    )
    return Block("sequence", tuple(f"frame {10 * each}" for each in range(columns)), strips)


def words(figure: Figure) -> Iterator[tuple[Text, Bbox]]:
    """Every text of a figure and where it is, in pixels."""
    figure.draw_without_rendering()
    for text in figure.findobj(Text):
        if text.get_text():
            yield text, text.get_window_extent()  # type: ignore[union-attr]


LONG = "eosvos-100-OnA (steps=20)"


@pytest.mark.parametrize(("rows", "columns", "blocks"), [(1, 2, 1), (2, 4, 2), (5, 5, 2)])
def test_no_words_leave_the_sheet_or_stand_on_others(rows: int, columns: int, blocks: int) -> None:
    made = sheet(
        [block(rows, columns, LONG)] * blocks,
        "What is shown, " * 20,
        [Key((0, 0, 0), "black"), Key(COLOUR, "blue")],
    )
    whole, places = made.bbox, [box for _, box in words(made)]
    for place in places:
        assert place.x0 >= whole.x0 - 1 and place.x1 <= whole.x1 + 1
        assert place.y0 >= whole.y0 - 1 and place.y1 <= whole.y1 + 1
    for number, one in enumerate(places):
        for other in places[number + 1 :]:
            across = min(one.x1, other.x1) - max(one.x0, other.x0)
            down = min(one.y1, other.y1) - max(one.y0, other.y0)
            assert across <= 0 or down <= 2  # boxes of letters are higher than what is drawn


@pytest.mark.parametrize("count", [2, 12, 100])
def test_however_many_pictures_there_are_they_have_few_pixels(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    strips = [Strip("m", (panel(), panel()))] * (count // 2)
    plan = Plan([Block("", ("", ""), tuple(strips))], "", ())
    assert count * plan.column**2 / 2 < 2_400_000 or plan.dpi == 100
    assert 100 <= plan.dpi <= 300


def test_pictures_keep_their_shape_and_share_columns() -> None:
    made = sheet([block(2, 3)], "caption")
    boxes = [axes.get_window_extent() for axes in made.axes]
    assert len(boxes) == 6
    assert {round(box.width / box.height, 1) for box in boxes} == {2.0}
    assert len({round(box.x0, 3) for box in boxes}) == 3
    assert len({round(box.y0, 3) for box in boxes}) == 2


def test_a_picture_is_painted_pixel_by_pixel(tmp_path: Path) -> None:
    def stripes(width: int) -> Image:
        picture = flat(width)
        picture[:, ::2] = 0
        return picture

    made = sheet([Block("", ("",), (Strip("m", (Panel(stripes, (100, 200)),)),))], "")
    path, _ = save_sheet(tmp_path / "sheet.png", made, [])
    pixels = np.array(PIL.Image.open(path))
    (axes,) = made.axes
    box = axes.get_window_extent()
    row = pixels[pixels.shape[0] - round((box.y0 + box.y1) / 2), round(box.x0) : round(box.x1)]
    np.testing.assert_array_equal(row[::2], np.zeros_like(row[::2]))
    np.testing.assert_array_equal(row[1::2], np.broadcast_to(COLOUR, row[1::2].shape))


def test_boxes_are_clipped_and_have_their_scores(tmp_path: Path) -> None:
    seen = Detection(2, (-20.0, 20.0, 80.0, 90.0), 0.876)
    made = sheet([Block("", ("",), (Strip("m", (panel(boxes=(seen,)),)),))], "")
    assert "0.88" in [text.get_text() for text, _ in words(made)]
    (axes,) = made.axes
    drawn = [patch.get_bbox() for patch in axes.patches]  # type: ignore[attr-defined]
    assert drawn[0].extents.tolist() == [0, 20, 80, 90]
    for box in drawn:
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= 200 and box.y1 <= 100
    path, _ = save_sheet(tmp_path / "sheet.png", made, [])
    colours = np.array(PIL.Image.open(path)).reshape(-1, 3)
    assert (colours == object_colour(2)).all(axis=1).any()


def test_colours_of_the_legend_are_the_colours(tmp_path: Path) -> None:
    made = sheet([block(1, 1)], "caption", [Key((200, 10, 90), "a kind")])
    path, _ = save_sheet(tmp_path / "sheet.png", made, [])
    colours = np.array(PIL.Image.open(path)).reshape(-1, 3)
    assert (colours == (200, 10, 90)).all(axis=1).sum() > 20


def photograph(width: int) -> Image:
    """A picture that compresses as badly as most: colours that change from pixel to pixel."""
    rows, columns = np.mgrid[: width // 2, :width]
    grain = np.random.default_rng(0).integers(0, 40, (width // 2, width, 3))
    colours = np.stack([rows % 199, columns % 211, (rows + columns) % 190], axis=2)
    return (colours + grain).astype(np.uint8)


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_files_open_again_and_are_equal(kind: str, tmp_path: Path) -> None:
    shown = Block("", ("",) * 5, (Strip("m", (Panel(flat, (100, 200)),) * 5),) * 2)
    contents = []
    for name in ("a", "b"):
        path, data = save_sheet(tmp_path / f"{name}.{kind}", sheet([shown], "x"), [{"J": 0.5}])
        contents.append(path.read_bytes())
        assert data.read_text() == "J\n0.5\n"
    assert contents[0] == contents[1]
    if kind == "png":
        PIL.Image.open(io.BytesIO(contents[0])).verify()
    elif kind == "svg":
        assert contents[0].count(b"<image") == 10 and contents[0].rstrip().endswith(b"</svg>")
    else:
        assert contents[0].startswith(b"%PDF") and contents[0].count(b"/Subtype /Image") >= 1


def test_photographs_are_half_as_large_as_usual(tmp_path: Path) -> None:
    made = sheet([Block("", ("", ""), (Strip("m", (Panel(photograph, (100, 200)),) * 2),))], "x")
    path, _ = save_sheet(tmp_path / "sheet.png", made, [])
    usual = tmp_path / "usual.png"
    PIL.Image.open(path).save(usual)
    assert path.stat().st_size < 0.7 * usual.stat().st_size


def test_words_of_others_are_no_formulas() -> None:
    made = sheet([Block("$x", ("a$b$c",), (Strip("$\\frac$", (panel(below=("$1",)),)),))], "$2 $3")
    texts = {text.get_text() for text, _ in words(made)}
    assert {"$x", "a$b$c", "$\\frac$", "$1", "$2 $3"} <= texts


def test_lines_are_broken_between_words_and_cut_where_they_must() -> None:
    assert wrapped(LONG, 60.0, 6.5) == ("eosvos-100-OnA", "(steps=20)")
    assert wrapped("kite-surf\nframe 3", 600.0, 6.5) == ("kite-surf", "frame 3")
    assert wrapped("", 60.0, 6.5) == ("",)
    assert fitting("short", 60.0, 6.5) == "short"
    cut = fitting("a name far too long for its column", 60.0, 6.5)
    assert cut.startswith("a name") and "…" in cut and cut.endswith("column")
    assert width_of(cut, 6.5) <= 60


def test_names_that_no_font_has_or_that_are_too_long_are_drawn_all_the_same() -> None:
    names = Block("\N{CJK UNIFIED IDEOGRAPH-5C71}" * 9, ("z" * 99,), (Strip("m\nn", (panel(),)),))
    long = Block("z" * 200, ("",), (Strip("\N{CJK UNIFIED IDEOGRAPH-5C71}", (panel(),)),))
    made = sheet([names, long], "a caption \N{CJK UNIFIED IDEOGRAPH-5C71}")
    for text, where in words(made):
        assert made.bbox.x0 <= where.x0 and where.x1 <= made.bbox.x1, text.get_text()
    assert "m\nn" in {text.get_text() for text, _ in words(made)}
