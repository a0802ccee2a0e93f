"""What the user may ask of a report."""

from dataclasses import dataclass, field

from vosbench.errors import UsageError
from vosbench.reports.entries import METRICS
from vosbench.speed.conventions import conventions
from vosbench.streaming.options import StreamingRequest


@dataclass(frozen=True, kw_only=True)
class ReportOptions:
    """Options that every table takes.

    Attributes:
        metric: `"J"`, `"F"` or `"J&F"`; what a table of one metric shows.
        published: methods whose published figures stand beside the runs.
        dataset: only runs on this one; None for all.
        methods: only runs of these methods, labels or run folders, in this order; empty for all.
        runs_folder: where the runs were read from, for messages.
        streaming: what is asked about live video.
        across_machines: whether speeds of different machines are compared.
        reference: method that speeds are also given as a multiple of; None for none. Table timing.
        conventions: rules of counting fps to show side by side; empty for the protocol's own
            figures. Table timing.
        full: whether every figure of table timing is shown.

    Raises:
        UsageError: `metric` is none of the three, or there is no such convention.
    """

    metric: str = "J"
    published: tuple[str, ...] = ()
    dataset: str | None = None
    methods: tuple[str, ...] = ()
    runs_folder: str = "runs"
    streaming: StreamingRequest = field(default_factory=StreamingRequest)
    across_machines: bool = False
    reference: str | None = None
    conventions: tuple[str, ...] = ()
    full: bool = False

    def __post_init__(self) -> None:
        if self.metric not in METRICS:
            raise UsageError(f"no metric {self.metric!r}; the metrics are {', '.join(METRICS)}")
        conventions(self.conventions)
