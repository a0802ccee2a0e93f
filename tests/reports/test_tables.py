import pytest

from vosbench.errors import UsageError
from vosbench.reports import tables
from vosbench.reports.tables import ReportOptions


def test_an_unknown_table_suggests_the_closest() -> None:
    with pytest.raises(UsageError, match=r"did you mean per-sequence\?.*per-sequence, .*overall"):
        tables.build("per-seqence", (), ReportOptions())


@pytest.mark.parametrize("name", [name for name in tables.names() if name != "published"])
def test_every_table_needs_runs(name: str) -> None:
    with pytest.raises(UsageError, match="no runs in runs"):
        tables.build(name, (), ReportOptions())
