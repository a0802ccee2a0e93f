"""One set of masks under every protocol, as tables."""

from pathlib import Path

from vosbench.evaluate import Summary
from vosbench.records import Statistic
from vosbench.reports.formats.render import render
from vosbench.reports.protocols_compared import build
from vosbench.scoring.consensus import Consensus, Verdict
from vosbench.scoring.consensus_steps import Step


def summary(J: float, F: float, spread: float | None = None) -> Summary:
    return Summary(2, 6, Statistic(J, 1.0, 0.0), Statistic(F, 1.0, 0.0), spread)


FOUND = Consensus(
    folder=Path("masks"),
    verdicts=(
        Verdict("davis2016", reason="the first annotation is empty"),
        Verdict("davis2017", summary(0.5, 0.75)),
        Verdict("lvos", summary(0.25, 0.5, 0.125)),
    ),
    reference="davis2017",
    steps=(Step("lvos", "frames", -0.25, "1 object averaged otherwise (cows 2)"),),
    notes=(),
)


def test_every_protocol_has_a_row_and_every_step() -> None:
    assert render(build(FOUND), "csv") == (
        "predictions,protocol,J&F,J,F,V,objects,frames,reason,rule,change,why\n"
        ",davis2016,,,,,,,the first annotation is empty,,,\n"
        ",davis2017,0.625,0.5,0.75,,2,6,,,,\n"
        ",lvos,0.375,0.25,0.5,0.125,2,6,,,,\n"
        ",lvos,,,,,,,,frames,-0.25,1 object averaged otherwise (cows 2)\n"
    )


def test_readers_get_differences_and_reasons() -> None:
    shown = render(build(FOUND, of="masks"), "text")
    rows = {line.split()[0]: line.split()[1:] for line in shown.splitlines() if line}
    assert rows["davis2017"] == ["62.5", "50.0", "75.0", "–", "2", "6", "–"]
    assert "The same masks under every protocol: masks" in shown
    assert "Why they differ from davis2017: masks" in shown
    assert "davis2016 cannot be applied: the first annotation is empty" in shown
    assert "1 object averaged otherwise (cows 2)." in shown
    assert "-25.0" in shown.replace("−", "-")


def test_where_nothing_differs_there_is_one_table() -> None:
    alone = Consensus(Path("masks"), FOUND.verdicts[:2], "davis2017", (), ())
    assert len(build(alone)) == 1


def test_where_no_protocol_can_be_applied_all_reasons_are_told() -> None:
    nothing = Consensus(Path("masks"), FOUND.verdicts[:1], "", (), ())
    assert "the first annotation is empty" in render(build(nothing), "text")
