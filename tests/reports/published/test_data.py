"""The published figures that ship with vosbench agree with each other and are what they say."""

import csv
import math
from collections import Counter
from importlib.resources import files

import pytest

from vosbench.reports.compared.entries import FIGURES
from vosbench.reports.published import by_sequence as published
from vosbench.reports.published import overall as published_overall
from vosbench.reports.published.files import publication, rows, source_name

OVERALL = rows("overall")


def of_site(method: str, dataset: str, figure: str) -> float | None:
    """What the DAVIS site says over the whole of val."""
    found = [
        float(row["value"])
        for row in OVERALL
        if row["source"].startswith("davis-site:")
        and (row["method"], row["dataset"], row["variant"]) == (method, dataset, "")
        and row["metric"] == figure
    ]
    return found[0] if found else None


def mean(method: str, dataset: str, figure: str) -> float:
    entry = published.load(method, dataset)
    assert entry is not None
    value = entry.mean(figure, entry.outcomes)
    assert value is not None
    return value


@pytest.mark.parametrize("method", published.names("davis2017"))
def test_means_over_objects_of_davis_2017_are_the_overall_figures(method: str) -> None:
    for figure in ("J_mean", "F_mean"):
        site = of_site(method, "davis2017", figure)
        assert site == pytest.approx(mean(method, "davis2017", figure), abs=5.5e-5)


def test_means_over_sequences_of_davis_2016_are_the_overall_figures() -> None:
    compared = 0
    for method in published.names("davis2016"):
        for figure in set(FIGURES) - {"J&F"}:
            site = of_site(method, "davis2016", figure)
            # frames rounded to 0.500 fall on the threshold of recall
            room = 3.1e-3 if "recall" in figure else 5.5e-4
            assert site == pytest.approx(mean(method, "davis2016", figure), abs=room), method
            compared += 1
    assert compared == 59 * 6


def test_a_mean_over_sequences_would_be_another_figure() -> None:
    entry = published.load("PReMVOS", "davis2017")
    assert entry is not None
    means = [outcome.mean("J_mean") for outcome in entry.outcomes.values()]
    assert math.fsum(value or 0.0 for value in means) / 30 == pytest.approx(0.7894, abs=5e-5)
    assert mean("PReMVOS", "davis2017", "J_mean") == pytest.approx(0.7392, abs=5e-5)


def test_what_the_official_evaluation_expects_of_itself_agrees_with_the_site() -> None:
    expected = [
        row
        for row in OVERALL
        if row["source"].startswith("davis2017-evaluation:") and not row["variant"]
    ]
    assert len(expected) == 18  # three methods, mean, recall and decay of J and F
    for row in expected:
        site = of_site(row["method"], "davis2017", row["metric"])
        assert site == pytest.approx(float(row["value"]), abs=1e-3)


def test_every_overall_figure_is_in_range_and_of_a_known_method_and_source() -> None:
    for row in OVERALL:
        value, speed = float(row["value"]), row["metric"] == "fps"
        assert row["unit"] == ("fps" if speed else "fraction")
        # stability of 2016 (T) is the worse the higher, and above 1 for methods that flicker
        assert 0 < value < 1000 if speed else -1 <= value <= 2
        assert publication(row["method"]).setting in ("semi-supervised", "unsupervised")
        assert source_name(row["source"])
        assert row["bound"] in ("", "below")
        assert bool(row["hardware"]) == speed


def test_every_converted_figure_is_what_its_source_prints() -> None:
    converted = Counter(row["original_unit"] for row in OVERALL)
    assert converted["percent"] > 400
    assert converted["s"] > 30
    for row in OVERALL:
        value, original = float(row["value"]), row["original"].lstrip(">")
        if row["original_unit"] == "percent":
            assert value == pytest.approx(float(original) / 100, abs=1e-12)
        elif row["original_unit"] == "s":
            assert value == pytest.approx(1 / float(original), rel=1e-12)
            assert bool(row["bound"]) == row["original"].startswith(">")
        else:
            assert not original


def test_no_source_says_two_things_about_one_figure() -> None:
    keys = ("method", "dataset", "variant", "metric", "source")
    twice = [key for key, n in Counter(tuple(r[k] for k in keys) for r in OVERALL).items() if n > 1]
    assert not twice


def test_the_mean_of_both_metrics_is_the_one_printed_but_for_a_misprint() -> None:
    printed: dict[tuple[str, ...], dict[str, float]] = {}
    for row in OVERALL:
        key = tuple(row[name] for name in ("method", "dataset", "variant", "source"))
        printed.setdefault(key, {})[row["metric"]] = float(row["value"])
    compared, differing = 0, []
    for key, found in printed.items():
        if {"J_mean", "F_mean", "J&F"} <= found.keys():
            half = (found["J_mean"] + found["F_mean"]) / 2
            differing += [key] if abs(found["J&F"] - half) > 5.6e-4 else []
            compared += 1
    assert compared > 60
    # a misprint of that paper, which has J 52.4 where the authors have 53.4
    misprint = ("OnAVOS (challenge 2017)", "davis2017", "test-dev", "premvos-challenge:table 1")
    assert differing == [misprint]


def test_extents_are_those_of_the_figures_by_sequence() -> None:
    for dataset in published.DATASETS:
        entry = published.load("PReMVOS", dataset)
        assert entry is not None
        extent = (len(entry.outcomes), entry.scored(entry.outcomes))
        assert published_overall.EXTENTS[dataset, ""] == extent


def test_the_readme_counts_the_rows_and_names_every_file() -> None:
    folder = files("vosbench.reports").joinpath("data")
    readme = folder.joinpath("README.md").read_text(encoding="utf-8")
    names = [file.name for file in folder.iterdir() if file.name.endswith(".csv")]
    assert len(names) == 5
    for name in names:
        with folder.joinpath(name).open(encoding="utf-8") as file:
            count = len(list(csv.DictReader(file)))
        assert f"| `{name}` | {count} |" in readme


def test_figures_of_e_osvos_are_those_of_its_authors() -> None:
    """Its repository (J), the figure of its notebook (speeds), its supplement (0.29 fps)."""
    found = {version.title: version for version in published_overall.versions("davis2017")}
    for name, J, fps in (
        ("e-OSVOS-10", 0.692, 5.3),
        ("e-OSVOS-50", 0.707, 1.64),
        ("e-OSVOS-50-OnA", 0.730, 0.35),
        ("e-OSVOS-100-OnA [e-OSVOS repository]", 0.744, 0.29),
    ):
        assert found[name].value("J_mean") == pytest.approx(J)
        assert found[name].value("fps") == pytest.approx(fps)
    assert found["e-OSVOS-100-OnA [e-OSVOS repository]"].value("J&F") == pytest.approx(0.772)
    assert found["e-OSVOS-100-OnA (ablation)"].value("J&F") == pytest.approx(0.748)
