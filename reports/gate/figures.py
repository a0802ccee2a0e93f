"""Figures of findings in words: then, now, and the change between them."""

import math

from vosbench.gate.findings import Finding
from vosbench.reports.formats.digits import with_digits
from vosbench.reports.table import NOTHING, written
from vosbench.wording import shortened

Figure = float | int | str | None

_LARGER = {"bytes": ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))}
_SMALLER = {"seconds": ((1e-3, "ms"), (1e-6, "µs"))}


def figure(value: Figure, unit: str) -> str:
    """A figure with its unit.

    >>> figure(0.8194, "fraction"), figure(1_500_000, "bytes"), figure(0.0214, "seconds")
    ('81.94 %', '1.43 MiB', '21.4 ms')
    >>> figure(12345, "count"), figure("0123456789abcdef" * 4, ""), figure(None, "")
    ('12,345', '0123456789ab', '–')
    """
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return shortened(value)
    if not math.isfinite(value):
        return str(value)
    if unit == "fraction":
        return f"{written(value, 'points')} %"
    if unit == "percent":
        return f"{written(value, 'percent')} %"
    scale, name = _scale(abs(value), "" if unit == "count" else unit)
    return f"{_number(value / scale if scale != 1 else value)} {name}".rstrip()


def change(finding: Finding) -> str:
    """What is between the figures of a finding; a dash where they are no numbers.

    >>> change(Finding("counted", "inner steps", "regression", "", baseline=10, measured=15))
    '+5 (+50 %)'
    >>> change(Finding("quality", "J&F", "pass", "", baseline=0.8, measured=0.795, unit="fraction"))
    '-0.50 points'
    """
    then, now = finding.baseline, finding.measured
    if not isinstance(then, int | float) or not isinstance(now, int | float):
        return NOTHING
    by = now - then
    if not math.isfinite(by):
        return NOTHING
    if by == 0:
        return "0"
    if finding.unit == "fraction":
        points = 100 * by
        return f"{points:+.2f} points" if abs(points) >= 0.005 else f"{points:+.1g} points"
    sign = "+" if by > 0 else "-"
    share = f" ({_share(100 * by / abs(then))} %)" if then else ""
    return f"{sign}{figure(abs(by), finding.unit)}{share}"


def _share(percent: float) -> str:
    """Three digits that matter, and never fewer than there are before the point."""
    return f"{percent:+.3g}" if abs(percent) < 999.5 else f"{percent:+,.0f}"


def _scale(size: float, unit: str) -> tuple[float, str]:
    """The unit that a figure is best read in, and how much of the given one it is."""
    for scale, name in _LARGER.get(unit, ()):
        if size >= scale:
            return scale, name
    for scale, name in ((1.0, unit), *_SMALLER.get(unit, ())):
        if size >= scale or size == 0:
            return scale, name
    return _SMALLER[unit][-1] if unit in _SMALLER else (1.0, unit)


def _number(value: float) -> str:
    """Whole numbers whole, others with three digits that matter."""
    return f"{value:,}" if isinstance(value, int) else with_digits(value)
