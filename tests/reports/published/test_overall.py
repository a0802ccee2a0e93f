import pytest

from vosbench.errors import UsageError
from vosbench.reports.compared.entries import FIGURES
from vosbench.reports.published import overall as published_overall
from vosbench.reports.published.files import rows
from vosbench.reports.published.overall import narrowed, versions
from vosbench.reports.published.versions import Version


def titled(title: str, dataset: str = "davis2017", variant: str = "") -> Version:
    return next(each for each in versions(dataset, variant) if each.title == title)


def test_sources_that_agree_within_rounding_are_one_version() -> None:
    # 0.7392 / 0.8175 on the site, 73.9 / 81.7 in the STM paper, 70 s and 0.01 fps by e-OSVOS
    (premvos,) = versions("davis2017", methods=["PReMVOS"])
    assert premvos.title == "PReMVOS"
    assert premvos.value("J_mean") == 0.7392
    assert premvos.value("fps") == pytest.approx(1 / 70)
    for source in ("DAVIS site", "STM paper", "e-OSVOS notebook", "e-OSVOS supplement"):
        assert source in premvos.said


@pytest.mark.parametrize(
    ("dataset", "method", "figure", "values"),
    [
        ("davis2017", "OnAVOS", "J_mean", [0.6164, 0.645]),
        ("davis2017", "CINM", "F_mean", [0.7398, 0.742]),
        ("davis2017", "STM", "fps", [1 / 0.16, 3.1]),
        ("davis2017", "e-OSVOS-100-OnA", "fps", [0.29, 0.5]),
        ("davis2016", "OSVOS-S", "F_mean", [0.875, 0.864]),
    ],
)
def test_sources_that_disagree_are_versions_of_their_own(
    dataset: str, method: str, figure: str, values: list[float]
) -> None:
    found = versions(dataset, methods=[method])
    assert [each.value(figure) for each in found] == pytest.approx(values)
    assert len({each.title for each in found}) == len(found)
    assert all(each.title.startswith(f"{method} [") for each in found)


def test_figures_without_one_in_common_are_not_put_together() -> None:
    # J 67.3 of an aggregator and J&F 74.1 of papers would imply an F of 80.9 that nobody printed
    first, second = versions("davis2017", methods=["DyeNet"])
    assert set(first.figures) == {"J&F"}
    assert set(second.figures) == {"J_mean"}


def test_no_source_is_lost_and_none_is_in_two_versions() -> None:
    metrics = {*FIGURES, "fps"}
    for dataset in published_overall.datasets():
        for variant in published_overall.variants(dataset):
            printed = {
                (row["method"], row["source"])
                for row in rows("overall")
                if (row["dataset"], row["variant"]) == (dataset, variant)
                and row["metric"] in metrics
            }
            found = versions(dataset, variant)
            shown = [(each.method, source) for each in found for source in each.sources]
            assert sorted(shown) == sorted(printed)
            assert len({each.title for each in found}) == len(found)


def test_a_mean_that_nobody_printed_is_marked_as_derived() -> None:
    mean = titled("OnAVOS [STM paper]").figures["J&F"]
    assert mean.derived
    assert mean.value == pytest.approx((0.645 + 0.712) / 2)
    assert not titled("PReMVOS").figures["J&F"].derived


def test_a_speed_that_is_a_bound_says_so() -> None:
    speed = titled("PReMVOS", "davis2016").figures["fps"]
    assert speed.bound == "below"
    assert speed.value == pytest.approx(1 / 30)
    assert speed.hardware == "not stated"


def test_variants_are_apart() -> None:
    assert published_overall.variants("davis2017") == ("", "test-dev", "test-challenge")
    on_test_dev = titled("e-OSVOS (variant not named)", variant="test-dev")
    assert on_test_dev.value("J&F") == pytest.approx(0.648)
    assert on_test_dev.sequences == 30


def test_figures_over_some_sequences_are_those_of_their_objects() -> None:
    some = narrowed(titled("PReMVOS"), "davis2017", ["bike-packing", "nowhere"])
    assert some is not None
    assert some.value("J_mean") == pytest.approx((0.7747 + 0.7669) / 2)
    assert (some.sequences, some.objects) == (1, 2)
    assert some.value("fps") == pytest.approx(1 / 70)
    assert some.said == "DAVIS site (raw_eval/2017/premvos_davis.json)"
    assert narrowed(titled("OnAVOS [STM paper]"), "davis2017", ["bike-packing"]) is None
    assert narrowed(titled("AOT-L"), "davis2017", ["bike-packing"]) is None


def test_names_are_found_in_any_case_and_the_closest_is_suggested() -> None:
    assert published_overall.resolve("aot-l", "davis2017") == "AOT-L"
    with pytest.raises(UsageError, match=r"'e-osvos-100-on' .*did you mean e-OSVOS-100-OnA\?"):
        published_overall.resolve("e-osvos-100-on", "davis2017")
