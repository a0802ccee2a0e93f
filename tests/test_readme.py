"""What the README says can be typed: its commands, names, options and links are real."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from vosbench.ablation_command import open_ablation
from vosbench.cli import commands
from vosbench.registry import dataset_entries, method_entries, method_settings
from vosbench.reports import figures, tables
from vosbench.reports.published import by_sequence as published
from vosbench.settings import distribute

ROOT = Path(__file__).resolve().parents[1]

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
TABLE_OF_NAMES = re.compile(r"^\| name +\|.*\n\|[-:| ]+\|\n((?:\|.*\n)+)", re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def prose() -> str:
    """Everything outside fenced blocks."""
    return BLOCK.sub("", readme())


def section(title: str) -> str:
    """What stands outside fenced blocks under a heading of second rank."""
    _, found, rest = prose().partition(f"\n## {title}\n")
    assert found, f"the README has no section {title!r}"
    return rest.partition("\n## ")[0]


def first_column(text: str) -> list[str]:
    """First cells of the tables in a text whose first column is called `name`."""
    bodies = TABLE_OF_NAMES.findall(text)
    return [row.split("|")[1] for body in bodies for row in body.splitlines()]


def names_in(cell: str) -> list[str]:
    """Names in backticks; `a-1`, `-2` stands for `a-1` and `a-2`."""
    names: list[str] = []
    for name in INLINE.findall(cell):
        family = names[0].partition("-")[0] if names else ""
        names.append(f"{family}{name}" if name.startswith("-") else name)
    return names


def commands_in_blocks() -> Iterator[str]:
    for language, text in BLOCK.findall(readme()):
        if language in ("sh", "bash", "console"):
            for line in text.replace("\\\n", " ").splitlines():
                parts = (part.strip().removeprefix("$ ") for part in line.split("&&"))
                yield from (part for part in parts if part.startswith("vosbench "))


def commands_in_prose() -> Iterator[str]:
    yield from (text for text in INLINE.findall(prose()) if text.startswith("vosbench "))


def parsed(line: str) -> dict[str, object]:
    """Options of a command as the command line understands them; required ones may be absent."""
    name, *arguments = shlex.split(line, comments=True)
    assert name == "vosbench"
    command: click.Command = commands
    context = click.Context(commands, info_name="vosbench")
    while isinstance(command, click.Group):
        found = command.get_command(context, arguments[0])
        assert found is not None, f"there is no command {arguments[0]!r}"
        command, arguments = found, arguments[1:]
    try:
        return command.make_context(command.name, arguments, parent=context).params
    except click.MissingParameter:
        return {}


def all_options(command: click.Command) -> set[str]:
    both = (text for p in command.params for text in (*p.opts, *p.secondary_opts))
    own = {*both, "--help"}
    if not isinstance(command, click.Group):
        return own
    context = click.Context(command)
    inner = (command.get_command(context, name) for name in command.list_commands(context))
    return own.union(*(all_options(each) for each in inner if each is not None))


@pytest.mark.parametrize("line", [*commands_in_blocks(), *commands_in_prose()])
def test_every_command_can_be_typed(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # `--out` tries whether it can write
    options = parsed(line)
    if options.get("table") is not None:
        assert options["table"] in tables.names()
    if isinstance(options.get("figure"), str):  # a name for report, a file for ablate
        assert options["figure"] in figures.names()
    if "definition" in options:
        open_ablation(str(options["definition"]))
    datasets = tuple(entry.name for entry in dataset_entries())
    assert options.get("dataset") in (None, *datasets)
    for name in options.get("published") or ():  # type: ignore[attr-defined]
        published.resolve(name, datasets)
    if {"assignments", "methods"} <= options.keys():
        methods = options["methods"]
        assert isinstance(methods, tuple) and isinstance(options["assignments"], tuple)
        known = {name: method_settings(name) for name in methods}
        distribute(options["assignments"], known)


def test_commands_were_found() -> None:
    assert len(list(commands_in_blocks())) >= 3
    assert {line.split()[1] for line in commands_in_prose()} == set(commands.commands)


def test_every_option_exists() -> None:
    words = (word for text in INLINE.findall(prose()) for word in text.split())
    named = {word.partition("=")[0] for word in words if word.startswith("--")}
    assert named - all_options(commands) == set()
    assert len(named) > 5


@pytest.mark.parametrize(("mark", "words"), [("run", "vosbench run --method "), ("test", "pytest")])
def test_the_marked_commands_are_there_once(mark: str, words: str) -> None:
    (found,) = re.findall(rf"^<!-- command: {mark} -->\n```sh\n(.*?)^```$", readme(), re.M | re.S)
    (line,) = found.replace("\\\n", " ").splitlines()
    assert line.startswith("pip install ")
    assert words in line


def test_every_method_is_in_the_table_and_every_one_there_exists() -> None:
    listed = [name for cell in first_column(section("Methods")) for name in names_in(cell)]
    assert sorted(listed) == sorted(entry.name for entry in method_entries())


def test_every_dataset_is_named_and_every_one_in_a_table_exists() -> None:
    known = {entry.name for entry in dataset_entries()}
    text = section("Datasets")
    assert known <= set(INLINE.findall(text))
    assert {name for cell in first_column(text) for name in names_in(cell)} <= known


def test_every_relative_link_leads_somewhere() -> None:
    headings = re.findall(r"^#+ (.*)$", prose(), re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    links = [link for link in LINK.findall(readme()) if "://" not in link]
    assert links
    for link in links:
        path, _, anchor = link.partition("#")
        assert (ROOT / path).exists(), link
        assert path or anchor in anchors, link
