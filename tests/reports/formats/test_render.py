"""What all formats have in common."""

import click
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.reports.every_table import small
from vosbench.command_line import format_option
from vosbench.errors import UsageError
from vosbench.reports.formats.render import FORMATS, render
from vosbench.reports.table import Table


def test_an_unknown_format_is_named() -> None:
    with pytest.raises(UsageError, match=r"'markdwn'.*the formats are text, md"):
        render((), "markdwn")


def test_the_command_line_knows_every_format() -> None:
    (option,) = format_option(click.Command("any")).params
    assert isinstance(option.type, click.Choice)
    assert tuple(option.type.choices) == FORMATS


@pytest.mark.parametrize("style", FORMATS)
def test_every_format_ends_with_one_line_break(style: str, made: tuple[Table, ...]) -> None:
    text = render(made, style)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert "nan" not in text.lower().split()


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12),
    st.none() | st.floats(0, 1),
    st.sampled_from(FORMATS),
)
@example("red \x1b[31m", 0.5, "text")
def test_any_name_and_value_can_be_rendered(name: str, value: float | None, style: str) -> None:
    text = render((small(name, value),), style)
    assert text.endswith("\n")
    if style not in ("csv", "json", "json-table"):  # those keep a name as it is
        assert text.replace("\n", "").isprintable()
