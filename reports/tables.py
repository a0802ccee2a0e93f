"""Tables by name, for the command line."""

from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports import ablation, overall, per_sequence, streaming, timing
from vosbench.reports.options import ReportOptions as ReportOptions
from vosbench.reports.table import Table
from vosbench.wording import suggestion

_BUILDERS = {
    "per-sequence": per_sequence.build,
    "overall": overall.build,
    "timing": timing.build,
    "streaming": streaming.build,
    "ablation": ablation.build,
}


def names() -> tuple[str, ...]:
    """Names of all tables, the usual one first.

    >>> names()
    ('per-sequence', 'overall', 'timing', 'streaming', 'ablation')
    """
    return tuple(_BUILDERS)


def build(name: str, runs: tuple[Run, ...], options: ReportOptions) -> tuple[Table, ...]:
    """Table `name` of `runs`, one for each dataset and protocol among them.

    Raises:
        UsageError: no such table, no runs, or an option names something that is not there.
    """
    if name not in _BUILDERS:
        raise UsageError(
            f"no table {name!r}{suggestion(name, _BUILDERS)}; the tables are {', '.join(names())}"
        )
    return _BUILDERS[name](runs, options)
