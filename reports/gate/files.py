"""Files that a verdict is written to."""

from pathlib import Path

from vosbench.atomic import write_text, writing
from vosbench.gate.findings import Verdict
from vosbench.reports.gate.junit import render_junit
from vosbench.reports.gate.markdown import render_markdown
from vosbench.reports.gate.plain_data import render_json


def write_files(
    verdict: Verdict, *, summary: Path | None, junit: Path | None, json: Path | None
) -> None:
    """Write a verdict to those of the files that are asked for, and the folders above them.

    Args:
        summary: Markdown; added to, as other steps of a job write to the same file.
        junit: JUnit XML.
        json: all that is known.

    Raises:
        CannotWriteError: the file system refuses.
    """
    for path, render in ((junit, render_junit), (json, render_json)):
        if path is not None:
            with writing(path):
                path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, render(verdict))
    if summary is not None:
        with writing(summary):
            summary.parent.mkdir(parents=True, exist_ok=True)
            with summary.open("a", encoding="utf-8") as file:
                file.write(render_markdown(verdict))
