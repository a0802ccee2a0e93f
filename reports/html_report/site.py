"""Where each page of a report is, and the address of what a number is about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from vosbench.reports.formats.html_table import Link
from vosbench.reports.html_report.file_names import file_names
from vosbench.reports.table import Subject

UP = "../"
"""From a page of a sequence or a run to the folder of the report."""


@dataclass(frozen=True)
class Site:
    """Pages of a report.

    Attributes:
        sequences: name → file of its page, without extension.
        runs: name of the run folder → the same.
    """

    sequences: Mapping[str, str]
    runs: Mapping[str, str]

    def sequence(
        self, name: str, *, run: str = "", object_id: int | None = None, frame: int | None = None
    ) -> str:
        """Address of a sequence, from the folder of the report; of a run, object and frame of it.

        >>> site_of(["cows"], ["a"]).sequence("cows", run="a", frame=3)
        'sequences/cows.html#run=a&frame=3'
        """
        facts = {
            "run": self.runs.get(run, ""),
            "object": "" if object_id is None else str(object_id),
            "frame": "" if frame is None else str(frame),
        }
        place = urlencode({key: value for key, value in facts.items() if value})
        return f"sequences/{self.sequences[name]}.html" + (f"#{place}" if place else "")

    def run(self, name: str) -> str:
        """Address of the page of a run, from the folder of the report."""
        return f"runs/{self.runs[name]}.html"

    def link(self, up: str = "") -> Link:
        """What leads from a number to what it is about; None where there is no page.

        Args:
            up: way from the page with the number to the folder of the report.
        """

        def address(subject: Subject) -> str | None:
            if subject.sequence in self.sequences:
                place = self.sequence(
                    subject.sequence,
                    run=subject.run,
                    object_id=subject.object_id,
                    frame=subject.frame,
                )
                return up + place
            if subject.run in self.runs and not subject.sequence:
                return up + self.run(subject.run)
            return None

        return address


def site_of(sequences: Iterable[str], runs: Iterable[str]) -> Site:
    """The site of these sequences and runs."""
    return Site(file_names(sequences), file_names(runs))
