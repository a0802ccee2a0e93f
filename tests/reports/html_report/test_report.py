"""The folder of a report: its pages, their links, what is escaped, how it is replaced."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest
from click.testing import CliRunner

from tests.reports.html_report.conftest import FRAMES, SIZE, STRANGE
from vosbench.cli import commands
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import DataError, UsageError
from vosbench.masks import write_mask
from vosbench.records import Run
from vosbench.reports.html_report import write_report
from vosbench.reports.options import ReportOptions
from vosbench.store import load_runs

VOID_TAGS = {"meta", "link", "img", "input", "source", "br", "path", "rect", "line", "polyline"}


class Page(HTMLParser):
    """A page taken apart; complains of tags that are not closed in order."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.path = path
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self._open: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))
        self.close()
        assert self._open == [], path

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID_TAGS:
            self._open.append(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in ("href", "src", "srcset") and value:
                self.addresses.append(value)
            if name == "id":
                self.ids.append(str(value))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID_TAGS:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, f"{self.path}: </{tag}>"

    def handle_data(self, data: str) -> None:
        self.text += data


def pages(report: Path) -> dict[str, Page]:
    return {p.relative_to(report).as_posix(): Page(p) for p in sorted(report.rglob("*.html"))}


def content(folder: Path) -> dict[str, bytes]:
    """Every file; of films only that they are there: their encoder promises no equal bytes."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): b"" if path.suffix == ".mp4" else path.read_bytes()
        for path in files
    }


def test_there_is_a_page_for_each_sequence_and_run(report: Path, runs: tuple[Run, ...]) -> None:
    found = pages(report)
    assert "index.html" in found
    assert len([name for name in found if name.startswith("sequences/")]) == len(FRAMES)
    assert len([name for name in found if name.startswith("runs/")]) == len(runs)


def test_every_link_leads_to_a_file_or_a_place_on_the_page(report: Path) -> None:
    root = report.resolve()
    for page in pages(report).values():
        for address in page.addresses:
            parts = urlsplit(address)
            if address == "data:,":
                continue
            assert not parts.scheme and not parts.netloc, address
            target = (page.path.parent / unquote(parts.path)).resolve() if parts.path else page.path
            assert target.is_file() and target.resolve().is_relative_to(root), address
            if not parts.path and not parts.fragment.startswith("frame="):
                assert parts.fragment in page.ids, address


def test_numbers_lead_to_their_sequence_with_run_and_frame(report: Path) -> None:
    found = pages(report)
    index = found["index.html"].addresses
    assert any(
        re.fullmatch(r"sequences/[^#]+\.html#run=[^&]+&object=\d+&frame=\d+", each)
        for each in index
    )
    assert any(re.fullmatch(r"sequences/bear\.html#run=[^&]+", each) for each in index)
    shaky = next(page for page in found.values() if "shaky" in page.path.name)
    assert any(each.startswith("../sequences/cat.html#run=") for each in shaky.addresses)


def test_pages_may_load_nothing_but_files_and_have_no_scripts_of_their_own(report: Path) -> None:
    for page in pages(report).values():
        text = page.path.read_text(encoding="utf-8")
        (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
        policy = unescape(policy)
        assert policy.startswith("default-src 'none'")
        assert "http" not in policy and "script-src 'self' file:;" in policy and "*" not in policy
        assert not [name for name in page.attributes if name.startswith("on")]
        styles = re.findall(r' style="([^"]*)"', text)  # room for marks behind figures
        assert all(re.fullmatch(r"width: [\d.]+em", style) for style in styles)
        inner = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", text)
        assert all('type="application/json"' in tag for tag in inner)


def test_names_are_shown_as_they_are_and_are_no_markup(report: Path) -> None:
    found = pages(report)
    index = found["index.html"]
    assert "<b>shaky</b>" in index.text and STRANGE in index.text
    raw = index.path.read_text(encoding="utf-8")
    assert "<b>shaky" not in raw and "a b#&'" not in raw
    (strange,) = [page for name, page in found.items() if name.startswith("sequences/a-b")]
    assert STRANGE in strange.text and re.fullmatch(r"[A-Za-z0-9._~-]+", strange.path.stem)


def test_what_failed_is_told_with_its_reason(report: Path) -> None:
    broken = next(page for page in pages(report).values() if "broken" in page.path.name)
    assert "out of luck" in broken.text and "1 failed" in pages(report)["index.html"].text


def test_a_run_tells_what_it_was_made_with(report: Path, runs: tuple[Run, ...]) -> None:
    text = next(page for name, page in pages(report).items() if "steady" in name).text
    manifest = next(run.manifest for run in runs if run.manifest.label == "steady")
    assert manifest.created in text and manifest.versions["vosbench"] in text
    assert "reach" in text and manifest.key_parts["source_sha256"] in text


def test_scripts_find_the_frames_that_the_page_speaks_of(report: Path) -> None:
    text = (report / "sequences" / "cat.html").read_text(encoding="utf-8")
    (source,) = re.findall(r'<script type="application/json" id="sequence">(.*?)</script>', text)
    facts = json.loads(source)
    assert facts["objects"] == ["all", "1", "2"] and len(facts["frames"]) == FRAMES["cat"]
    for index in range(len(facts["frames"])):
        assert (report / "sequences" / f"{facts['pictures']}{index:05d}.jpg").is_file()
    for maps in (facts["truth"], *(run["maps"] for run in facts["runs"])):
        script = (report / "sequences" / maps["address"]).read_text(encoding="utf-8")
        assert script.startswith(f'vosbench.take("{maps["name"]}", ["')
    assert len(facts["palette"]) == 3
    assert facts["runs"][0]["values"]["all"]["J"][0] is None  # given, not scored


def test_equal_data_give_equal_bytes(
    report: Path, write: Callable[[Path], Path], tmp_path: Path
) -> None:
    assert content(write(tmp_path / "again").parent) == content(report)


def test_against_a_method_events_of_a_sequence_have_gains(
    runs: tuple[Run, ...], options: ReportOptions, report: Path, tmp_path: Path
) -> None:
    assert "would be won if these frames were perfect" in sequence_page(report).text
    asked = replace(options, against="steady", sequences=("bear",))
    write_report(runs, asked, tmp_path / "out", workers=1, clips=0)
    text = sequence_page(tmp_path / "out").text
    assert "as good as those of steady" in text and "Price" not in text


def sequence_page(report: Path) -> Page:
    return Page(report / "sequences" / "bear.html")


def test_processes_make_the_same(
    report: Path, runs: tuple[Run, ...], options: ReportOptions, tmp_path: Path
) -> None:
    write_report(runs, options, tmp_path / "two", workers=2, clips=1)
    assert content(tmp_path / "two") == content(report)


def test_a_dataset_that_is_not_given_is_asked_for(
    runs: tuple[Run, ...], options: ReportOptions, tmp_path: Path
) -> None:
    away = replace(options, places=DatasetOptions())
    with pytest.raises(UsageError, match=r"--root.*--no-frames"):
        write_report(runs, away, tmp_path / "out", workers=1, clips=0)
    assert not list(tmp_path.iterdir())
    write_report(runs, replace(away, pictures=False), tmp_path / "out", workers=1, clips=0)
    page = Page(tmp_path / "out" / "sequences" / "bear.html")
    assert "polyline" in page.path.read_text() and not (tmp_path / "out" / "frames").exists()


def test_masks_that_are_not_those_scored_are_not_shown(
    options: ReportOptions, tmp_path: Path
) -> None:
    shutil.copytree(options.runs_folder, tmp_path / "runs")
    mask = next((tmp_path / "runs").glob("*/masks/bear/00003.png"))
    write_mask(mask, np.zeros(SIZE, np.uint8))
    changed = replace(options, runs_folder=str(tmp_path / "runs"))
    with pytest.raises(DataError, match="not those that the run made"):
        write_report(load_runs(tmp_path / "runs"), changed, tmp_path / "out", workers=1, clips=0)


def test_one_report_shows_one_dataset(
    runs: tuple[Run, ...], options: ReportOptions, tmp_path: Path
) -> None:
    other = replace(runs[0], manifest=replace(runs[0].manifest, dataset="elsewhere", run="other"))
    with pytest.raises(UsageError, match="choose --dataset"):
        write_report((*runs, other), options, tmp_path / "out", workers=1, clips=0)


def test_the_command_makes_a_report(options: ReportOptions, tmp_path: Path) -> None:
    out = tmp_path / "out"
    arguments = ["report", "--html", str(out), "--runs", options.runs_folder]
    done = CliRunner().invoke(commands, [*arguments, "--no-frames"])
    assert done.exit_code == 0, done.output
    assert (out / "index.html").is_file() and not (out / "frames").exists()


def test_leaving_out_frames_is_a_matter_of_the_html_report(options: ReportOptions) -> None:
    arguments = ["report", "--table", "overall", "--no-frames", "--runs", options.runs_folder]
    with pytest.raises(UsageError, match="--no-frames is about --html"):
        CliRunner().invoke(commands, arguments, catch_exceptions=False)
