"""What the user may ask of a report."""

from dataclasses import dataclass, field

from vosbench.datasets.options import DatasetOptions
from vosbench.errors import UsageError
from vosbench.reports.compared.entries import METRICS
from vosbench.speed.conventions import conventions
from vosbench.streaming.options import StreamingRequest


@dataclass(frozen=True, kw_only=True)
class ReportOptions:
    """Options that reports take; each looks at those that concern it.

    Attributes:
        metric: `"J"`, `"F"` or `"J&F"`; what a table of one metric shows.
        published: methods whose published figures stand beside the runs.
        dataset: only runs on this one; None for all.
        methods: only runs of these methods, labels or run folders, in this order; empty for all.
        sequences: only these, in the dataset's order; None for all.
        runs_folder: where the runs were read from.
        places: where the dataset lies, for reports that look at frames, annotations or masks.
        against: method, label, title or published name that the others are compared with: tables
            show differences to it, failures what would win against it. None for none.
        across_levels: whether measured, re-scored and quoted figures compete with each other.
        sort: name of a column, with `:asc` or `:desc` behind it if wanted; None leaves the order.
        where: conditions on columns that rows must meet, such as `J<60` or `sequence=blackswan`.
        top: at most so many rows; None for all.
        frames: indices of frames to show, from 0; empty leaves them to the figure.
        cases: sequences that figure failure-cases shows, of those compared; None leaves them to it.
        pictures: whether the HTML report shows frames and looks for failures in them.
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
    sequences: tuple[str, ...] | None = None
    runs_folder: str = "runs"
    places: DatasetOptions = field(default_factory=DatasetOptions)
    against: str | None = None
    across_levels: bool = False
    sort: str | None = None
    where: tuple[str, ...] = ()
    top: int | None = None
    frames: tuple[int, ...] = ()
    cases: tuple[str, ...] | None = None
    pictures: bool = True
    streaming: StreamingRequest = field(default_factory=StreamingRequest)
    across_machines: bool = False
    reference: str | None = None
    conventions: tuple[str, ...] = ()
    full: bool = False

    def __post_init__(self) -> None:
        if self.metric not in METRICS:
            raise UsageError(f"no metric {self.metric!r}; the metrics are {', '.join(METRICS)}")
        conventions(self.conventions)
