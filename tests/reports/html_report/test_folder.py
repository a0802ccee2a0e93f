"""The folder of a report: what it replaces, what it leaves, and who may write to it."""

from pathlib import Path

import pytest

from vosbench.errors import UsageError
from vosbench.reports.html_report.folder import MARKER, replacing


def put(out: Path, name: str) -> None:
    """A report of one file."""
    with replacing(out) as folder:
        (folder / name).write_text(name)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_report_is_replaced_whole(tmp_path: Path) -> None:
    put(tmp_path / "report", "stale.html")
    put(tmp_path / "report", "index.html")
    assert names(tmp_path / "report") == {"index.html", MARKER}
    assert names(tmp_path) == {"report"}


def test_nothing_else_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_text("dear")
    with pytest.raises(UsageError, match="something else than a report"):
        put(tmp_path, "index.html")
    with pytest.raises(UsageError, match="is a file"):
        put(tmp_path / "photo.jpg", "index.html")
    assert (tmp_path / "photo.jpg").read_text() == "dear" and names(tmp_path) == {"photo.jpg"}


@pytest.mark.parametrize("out", ["/", "..", ".", "new/.."])
def test_the_folder_that_one_is_in_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str
) -> None:
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path / "in")
    with pytest.raises(UsageError, match="the folder that you are in"):
        put(Path(out), "index.html")
    assert not names(tmp_path / "in")


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    put(tmp_path / "new", "index.html")
    assert "index.html" in names(tmp_path / "new")


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "disk" / "report")
    put(tmp_path / "link", "stale.html")
    put(tmp_path / "link", "index.html")
    assert (tmp_path / "link").is_symlink()
    assert names(tmp_path / "disk" / "report") == {"index.html", MARKER}


def test_two_reports_are_not_written_to_one_folder(tmp_path: Path) -> None:
    with replacing(tmp_path / "report") as folder:
        (folder / "first.html").touch()
        with pytest.raises(UsageError, match="another report is being written"):
            put(tmp_path / "report", "second.html")
    assert names(tmp_path / "report") == {"first.html", MARKER}
    assert names(tmp_path) == {"report"}


@pytest.mark.parametrize("ended", ["before", "between the moves"])
def test_what_is_interrupted_leaves_the_old_report(tmp_path: Path, ended: str) -> None:
    out = tmp_path / "report"
    put(out, "old.html")
    if ended == "between the moves":
        out.rename(tmp_path / ".report.old")
        (tmp_path / ".report.part").mkdir()
    with pytest.raises(KeyboardInterrupt), replacing(out) as folder:
        (folder / "new.html").touch()
        raise KeyboardInterrupt
    assert names(out) == {"old.html", MARKER}
    assert names(tmp_path) == {"report"}
