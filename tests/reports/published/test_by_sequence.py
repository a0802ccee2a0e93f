import csv
import math
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from vosbench.errors import UsageError
from vosbench.records import Run
from vosbench.reports import tables
from vosbench.reports.compared.entries import Entry
from vosbench.reports.options import ReportOptions
from vosbench.reports.published import by_sequence as published

MakeRun = Callable[..., Run]


def load(method: str, dataset: str) -> Entry:
    entry = published.load(method, dataset)
    assert entry is not None
    return entry


def overall(method: str, dataset: str, figure: str) -> float:
    entry = load(method, dataset)
    mean = entry.mean(figure, entry.outcomes)
    assert mean is not None
    return mean


@pytest.mark.parametrize(
    ("method", "J", "F"),
    [  # overall figures of the DAVIS site, as the paper pages and the site print them
        ("PReMVOS", 0.7392, 0.8175),
        ("OnAVOS", 0.6164, 0.6913),
        ("OSVOS", 0.5665, 0.6390),
    ],
)
def test_means_over_objects_are_the_overall_figures_of_davis_2017(
    method: str, J: float, F: float
) -> None:
    assert overall(method, "davis2017", "J_mean") == pytest.approx(J, abs=6e-5)
    assert overall(method, "davis2017", "F_mean") == pytest.approx(F, abs=6e-5)


def test_means_are_the_overall_figures_of_davis_2016() -> None:
    figures = {"J_mean": 0.849, "J_recall": 0.961, "J_decay": 0.088}  # global_eval_val_2016.js
    for figure, value in figures.items():
        assert overall("PReMVOS", "davis2016", figure) == pytest.approx(value, abs=6e-4)


@pytest.mark.parametrize(
    ("dataset", "methods", "sequences", "objects"),
    [("davis2016", 59, 20, 20), ("davis2017", 18, 30, 61)],
)
def test_every_method_covers_the_whole_validation_set(
    dataset: str, methods: int, sequences: int, objects: int
) -> None:
    names = published.names(dataset)
    assert len(names) == methods
    for name in names:
        entry = load(name, dataset)
        assert len(entry.outcomes) == sequences
        assert entry.scored(entry.outcomes) == objects


def test_every_figure_is_finite_and_every_row_names_its_source_and_method() -> None:
    folder = files("vosbench.reports").joinpath("data")
    with folder.joinpath("methods.csv").open(encoding="utf-8") as file:
        methods = {row["method"] for row in csv.DictReader(file)}
    readme = folder.joinpath("README.md").read_text(encoding="utf-8")
    for dataset in published.DATASETS:
        with folder.joinpath(f"{dataset}.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                figures = [float(row[key]) for key in row if key[:2] in ("J_", "F_") and row[key]]
                assert figures
                assert all(math.isfinite(figure) and -1 <= figure <= 1 for figure in figures)
                assert row["method"] in methods
                assert f"`{row['source'].partition(':')[0]}:`" in readme


def test_figures_of_two_sources_meet_in_one_object() -> None:
    rgmp = load("RGMP", "davis2017")
    assert set(rgmp.outcomes["bike-packing"].objects[0]) == {
        f"{metric}_{name}" for metric in "JF" for name in ("mean", "recall", "decay")
    }
    assert "rgmp-authors:" in rgmp.source
    assert "davis-site:" in rgmp.source


def test_names_are_found_in_any_case() -> None:
    assert published.resolve("premvos", ("davis2016",)) == "PReMVOS"


def test_an_unknown_name_suggests_the_closest() -> None:
    with pytest.raises(UsageError, match=r"'PReMVO'.*did you mean PReMVOS\?"):
        published.resolve("PReMVO", ("davis2017",))


def test_a_dataset_without_published_figures_says_which_have_some() -> None:
    with pytest.raises(UsageError, match="davis2016 and davis2017"):
        published.resolve("PReMVOS", ("synthetic",))


def test_a_method_of_the_other_dataset_is_sent_there() -> None:
    with pytest.raises(UsageError, match="RVOS has no published figures for davis2016, only for"):
        published.resolve("RVOS", ("davis2016",))


def test_a_method_with_overall_figures_only_is_sent_to_their_table() -> None:
    with pytest.raises(UsageError, match=r"only over the whole of davis2017; .*--table published"):
        published.resolve("e-osvos-100-ona", ("davis2017",))


def test_objects_carry_their_ids() -> None:
    assert load("PReMVOS", "davis2017").outcomes["bike-packing"].ids == (1, 2)
    assert load("PReMVOS", "davis2016").outcomes["blackswan"].ids == (1,)


def test_quoted_single_object_figures_are_those_of_the_official_masks(shared_data: Path) -> None:
    """The OSVOS masks on DAVIS 2017, scored by the official evaluator, gave the site's figures."""
    osvos = load("OSVOS", "davis2017")
    compared = 0
    with (shared_data / "reference" / "davis2017-evaluation.csv").open() as file:
        for row in csv.DictReader(file):
            objects = osvos.outcomes[row["sequence"]].objects if row["case"] == "single" else ()
            if len(objects) == 1:
                assert objects[0]["J_mean"] == pytest.approx(float(row["J_mean"]), abs=5.1e-5)
                compared += 1
    assert compared >= 5


def test_quoted_means_are_over_the_sequences_that_both_have_and_say_so(make_run: MakeRun) -> None:
    run = make_run("mine", {"blackswan": [0.5], "kite-surf": [0.7], "nowhere": [0.1]})
    options = ReportOptions(published=("premvos", "OSVOS"))
    quoted = load("PReMVOS", "davis2016")
    expected = quoted.mean("J_mean", ("blackswan", "kite-surf"))
    for name in ("overall", "per-sequence", "per-object"):
        (table,) = tables.build(name, (run,), options)
        assert any(
            "PReMVOS" in text and text.endswith("; over 2 of its 20 sequences.")
            for text in table.footnotes
        )
        rows = [row for row in table.tidy if row["method"] == "PReMVOS"]
        assert {row["trust"] for row in rows} == {"quoted"}
        means = [row["J"] for row in rows if row.get("sequence") in (None, "MEAN")]
        assert name == "per-object" or means == [expected]


def test_quoted_objects_meet_own_ones_by_their_ids(make_run: MakeRun) -> None:
    run = make_run("mine", {"bike-packing": [0.5, 0.7]}, dataset="davis2017")
    options = ReportOptions(published=("PReMVOS",))
    (table,) = tables.build("per-object", (run,), options)
    # J of objects 1 and 2 on the DAVIS site
    assert [
        (row["object"], row["J"])
        for row in table.tidy
        if row["method"] == "PReMVOS" and row["object"] is not None
    ] == [(1, 0.7747), (2, 0.7669)]


def test_figures_of_another_resolution_are_not_quoted(make_run: MakeRun) -> None:
    run = make_run("mine", {"blackswan": [0.5]}, dataset_variant="1080p")
    with pytest.raises(UsageError, match="at 480p"):
        tables.build("overall", (run,), ReportOptions(published=("PReMVOS",)))


def test_table_timing_says_where_published_speeds_are(make_run: MakeRun) -> None:
    run = make_run("mine", {"blackswan": [0.5]})
    (table,) = tables.build("timing", (run,), ReportOptions(published=("PReMVOS",)))
    assert any("PReMVOS (quoted): never timed here; table published" in t for t in table.footnotes)
