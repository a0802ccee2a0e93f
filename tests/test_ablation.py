"""Definitions of ablations: what they say, and what they may not say."""

from pathlib import Path

import pytest

from tests.tiny_ablations import DEFINITION, definition
from vosbench.ablation import Ablation, read_ablation, with_steps
from vosbench.errors import DataError, UsageError, VosbenchError


def read(folder: Path, text: str = DEFINITION) -> Ablation:
    return read_ablation(definition(folder, text))


def rows(*tables: str, top: str = "") -> str:
    """A definition with these rows."""
    named = (
        table if "label" in table else f'label = "{number}"\n{table}'
        for number, table in enumerate(tables)
    )
    return top + "\n" + "\n".join(f'[[row]]\nmethod = "grow-5"\n{table}\n' for table in named)


def test_rows_weights_and_columns_are_as_written(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert found.title == "Growth"
    assert [row.label for row in found.rows] == ["slow", "quick"]
    assert [row.weights for row in found.rows] == ["parent", "child"]
    assert found.rows[0].settings == {"rate": "0.05"}
    assert found.rows[0].steps == (5,)
    assert found.rows[0].boxes == ("predicted",)
    assert found.weights["parent"].train == ("parent", "--steps", "3")
    assert found.weights["parent"].minutes == 2
    assert found.weights["child"].needs == ("parent",)


def test_without_a_word_the_columns_are_those_of_the_paper(tmp_path: Path) -> None:
    assert read(tmp_path, rows("")).rows[0].steps == (0, 1, 5, 10, 50, 100)


def test_settings_are_text_as_set_takes_it(tmp_path: Path) -> None:
    text = rows('settings = { adapt = true, rate = 1e-3, steps_ = 3, name = "a b" }')
    assert read(tmp_path, text).rows[0].settings == {
        "adapt": "true",
        "rate": "0.001",
        "steps_": "3",
        "name": "a b",
    }


def test_gains_are_over_the_row_above_unless_a_reference_is_named(tmp_path: Path) -> None:
    text = rows("", "", 'reference = "0"', 'reference = ""')
    assert [row.reference for row in read(tmp_path, text).rows] == ["", "0", "0", ""]


def test_one_reference_may_hold_for_all(tmp_path: Path) -> None:
    text = rows("", "", "", top='reference = "1"')
    assert [row.reference for row in read(tmp_path, text).rows] == ["1", "", "1"]


def test_rows_may_have_columns_and_blocks_of_their_own(tmp_path: Path) -> None:
    text = rows(
        "",
        'steps = [50]\nboxes = ["predicted"]',
        top='boxes = ["predicted", "annotation"]\nsteps = [1, 2]',
    )
    first, second = read(tmp_path, text).rows
    assert (first.steps, first.boxes) == ((1, 2), ("predicted", "annotation"))
    assert (second.steps, second.boxes) == ((50,), ("predicted",))


def test_columns_can_be_replaced(tmp_path: Path) -> None:
    found = with_steps(read(tmp_path), [3, 1, 3])
    assert [row.steps for row in found.rows] == [(3, 1), (3, 1)]


def test_weights_may_be_a_file(tmp_path: Path) -> None:
    text = rows('weights = "mine"', top='[weights.mine]\nfile = "mine.safetensors"')
    assert read(tmp_path, text).weights["mine"].file == Path("mine.safetensors")


def test_the_validation_data_are_generated_unless_it_is_said(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert (found.validation, found.validation_options.seed) == ("synthetic", 0)
    text = rows("", top="[validation]\nseed = 7\ncount = 3")
    options = read(tmp_path, text).validation_options
    assert (options.seed, options.count) == (7, 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (rows("setings = {}"), r"row '0': unknown key 'setings' \(did you mean settings\?\)"),
        ("stepps = [1]\n" + rows(""), r"growth.toml: unknown key 'stepps' \(did you mean steps"),
        ("", r"has no rows; add some as \[\[row\]\]"),
        ("[[row]]\nmethod = 'a'", "label is missing, expected a text"),
        ("[[row]]\nlabel = 'a'", "'a': method is missing, expected a text"),
        (rows("label = 'a'", "label = 'a'"), "two rows labelled 'a'"),
        (rows("reference = 'O'"), "no row is labelled 'O'"),
        (rows("weights = 'parnt'"), "row '0': there are no weights 'parnt'"),
        (rows("steps = []"), r"steps is \[\], expected different values"),
        (rows("steps = [1, 1]"), "expected different values"),
        (rows("steps = [-1]"), "steps is -1, expected 0 or more"),
        (rows("steps = [true]"), "expected a list of whole numbers"),
        (rows("steps = 5"), "steps is 5, expected a list of whole numbers"),
        (rows("boxes = ['anotation']"), r"did you mean annotation\?"),
        (rows("settings = { rate = [1] }"), r"rate is \[1\], expected a text or a number"),
        (rows("settings = { steps = 5 }"), "steps is no part of settings here; see steps"),
        (rows("choose = { rate = 1 }"), "rate is 1, expected a list of values"),
        (rows("choose = { rate = [] }"), "expected different values"),
        (rows("", top="[weights.a]"), "needs one of train, .* and file"),
        (
            rows("", top="[weights.a]\ntrain = ['x', '--out=y']"),
            "train has --out, which is filled in",
        ),
        (rows("", top="[weights.a]\ntrain = ['x', '{a}']"), "'a' descend from themselves"),
        (rows("", top="[weights.a]\ntrain = ['x', '--parent={b}']"), "no weights 'b'"),
        (rows("", top="[weights.a]\nfile = 'x'\nminutes = nan"), "minutes is nan"),
        (rows("", top="[validation]\nfolder = 'x'"), "validation: unknown key 'folder'"),
        ("steps = [", "is no TOML"),
    ],
)
def test_what_means_nothing_is_refused_with_its_place(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(VosbenchError, match=message) as raised:
        read(tmp_path, text)
    assert isinstance(raised.value, UsageError | DataError)
    assert "growth.toml" in str(raised.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        read_ablation(tmp_path / "none.toml")
