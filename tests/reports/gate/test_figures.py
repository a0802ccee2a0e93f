from typing import Any

import pytest

from vosbench.gate.findings import Finding
from vosbench.reports.gate.figures import change, figure


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (2**30, "bytes", "1.00 GiB"),
        (512, "bytes", "512 bytes"),
        (0, "bytes", "0 bytes"),
        (1.5, "seconds", "1.50 seconds"),
        (2e-7, "seconds", "0.20 µs"),
        (0.0, "seconds", "0.00 seconds"),
        (float("nan"), "fraction", "nan"),
        ("done", "", "done"),
    ],
)
def test_figures_come_in_the_unit_that_they_are_read_best_in(
    value: Any, unit: str, expected: str
) -> None:
    assert figure(value, unit) == expected


@pytest.mark.parametrize(
    ("then", "now", "unit", "expected"),
    [
        (0, 7, "", "+7"),
        (10, 10, "", "0"),
        (1, 15, "count", "+14 (+1,400 %)"),
        (200, 100, "", "-100 (-50 %)"),
        (2**20, 3 * 2**20, "bytes", "+2.00 MiB (+200 %)"),
        (0.5, float("nan"), "fraction", "–"),
        (0.8, 0.8 - 1e-6, "fraction", "-0.0001 points"),
        ("abc", "def", "", "–"),
        (None, 3, "", "–"),
    ],
)
def test_a_change_has_its_sign_and_its_share(then: Any, now: Any, unit: str, expected: str) -> None:
    found = Finding("counted", "x", "pass", "", baseline=then, measured=now, unit=unit)
    assert change(found) == expected
