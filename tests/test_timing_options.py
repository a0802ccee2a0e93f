"""Options about speed go with the table that they are about."""

from typing import Any

import pytest

from vosbench.errors import UsageError
from vosbench.reports.options import ReportOptions
from vosbench.timing_options import timing_request

NOTHING: dict[str, Any] = {
    "conventions": None,
    "reference": None,
    "full": False,
    "across_machines": False,
}


def test_what_is_asked_for_becomes_options_of_a_report() -> None:
    asked = timing_request("timing", **{**NOTHING, "conventions": ("aot",)})
    assert ReportOptions(**asked).conventions == ("aot",)
    asked = timing_request("timing", **{**NOTHING, "reference": "a", "full": True})
    assert (ReportOptions(**asked).reference, ReportOptions(**asked).full) == ("a", True)


def test_any_table_may_be_asked_to_compare_across_machines() -> None:
    asked = timing_request("overall", **{**NOTHING, "across_machines": True})
    assert ReportOptions(**asked).across_machines


@pytest.mark.parametrize(
    ("option", "value"), [("conventions", ("aot",)), ("reference", "a"), ("full", True)]
)
def test_other_tables_have_no_such_option(option: str, value: object) -> None:
    with pytest.raises(UsageError, match="ask for it with --table timing"):
        timing_request("overall", **{**NOTHING, option: value})


def test_conventions_stand_alone() -> None:
    with pytest.raises(UsageError, match="leave --reference out, or --convention"):
        timing_request("timing", **{**NOTHING, "conventions": ("aot",), "reference": "a"})
