"""How many digits of a figure are shown: three, or fewer where its spread drowns them."""

import math


def with_digits(value: float, spread: float | None = None) -> str:
    """A figure with three digits that matter, and none that its spread makes meaningless.

    Args:
        spread: of the samples behind it, in the same unit; None where it is not known.

    >>> with_digits(12.345), with_digits(12.345, 0.4), with_digits(543.2, 30.0)
    ('12.3', '12.3', '540')
    >>> with_digits(0.05), with_digits(0.000012), with_digits(1.0, 0.5)
    ('0.050', '1.2e-05', '1.0')
    """
    if 0 < abs(value) < 1e-3:
        return f"{value:.2g}"
    return _at(value, _decimals(value, spread))


def spread_with_digits(value: float, spread: float) -> str:
    """The spread behind a figure, to the decimal that the figure is written to.

    >>> spread_with_digits(12.345, 0.4), spread_with_digits(543.2, 30.0)
    ('0.4', '30')
    """
    if 0 < abs(value) < 1e-3:
        return f"{spread:.1g}"
    return _at(spread, _decimals(value, spread))


def rate(value: float) -> str:
    """Three digits that matter, without an exponent where it can be helped.

    >>> rate(369165.2), rate(123.4), rate(12.345), rate(1.2345), rate(0.012345)
    ('369000', '123', '12.3', '1.23', '0.012')
    """
    return _at(value, _three(value)) if value >= 0.1 or value == 0 else f"{value:.2g}"


def _decimals(value: float, spread: float | None) -> int:
    """Decimals of a figure; negative where not even its last whole digits matter."""
    usual = _three(value)
    if not spread or not math.isfinite(spread):
        return usual
    exponent = math.floor(math.log10(spread))
    # a spread that begins with 1 is told to two digits, or 1.4 and 0.6 would read alike
    leading = spread / 10**exponent
    return min(usual, -exponent + (leading < 2))


def _three(value: float) -> int:
    """Decimals that leave three digits in sight; two digits for figures below 0.1.

    Negative from a thousand on.
    """
    size = abs(value)
    if size >= 99.95:
        return min(0, 2 - math.floor(math.log10(size)))
    if size >= 9.995:
        return 1
    if size >= 0.1 or size == 0:
        return 2
    return 1 - math.floor(math.log10(size))


def _at(value: float, decimals: int) -> str:
    return f"{round(value, decimals):.{max(decimals, 0)}f}"
