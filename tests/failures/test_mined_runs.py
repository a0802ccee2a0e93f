"""Kept runs as they are mined: several at once, against another one, and what is refused."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.failures.made_failures import during, film, kept_run, label_map, zoo
from vosbench import kept_frames
from vosbench.arrays import Mask
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import DataError, UsageError
from vosbench.failures.events import DRIFT, LOST
from vosbench.failures.mining import MinedRun, mine, mined_runs
from vosbench.kept_frames import kept_sequences
from vosbench.masks import write_mask
from vosbench.records import Run
from vosbench.store import load_runs

HERE, PAIR = {1: (20, 20, 40, 40)}, {1: (20, 20, 40, 40), 2: (20, 100, 40, 40)}
ADRIFT = {1: (70, 100, 40, 40)}
TRUTHS = {"one": film(HERE), "two": film(PAIR)}
ZOO = zoo(TRUTHS)
PLACES = DatasetOptions()

WEAK: Mapping[str, Sequence[Mask]] = {
    "one": film(HERE, during(2, 5, {}) | during(8, 9, ADRIFT)),
    "two": film(PAIR, during(1, 4, {2: PAIR[2]})),
}
"""Loses 6 of 10 frames of one object, 4 of another and none of the third."""

STRONG: Mapping[str, Sequence[Mask]] = {
    "one": film(HERE, during(5, 5, {}) | during(8, 10, ADRIFT)),
    "two": film(PAIR, during(4, 4, {1: PAIR[1]})),
}
"""Loses 4 of 10 frames of the first, none of the second and 1 of the third."""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of three runs; the last has the first sequence only."""
    folder = tmp_path_factory.mktemp("runs")
    for label, answers in (("weak", WEAK), ("strong", STRONG)):
        kept_run(folder, ZOO, label, answers)
    kept_run(folder, zoo({"one": TRUTHS["one"]}), "short", {"one": film({})})
    return folder


@pytest.fixture(autouse=True)
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The zoo opens as the dataset of a run; nothing is registered under its name."""
    monkeypatch.setattr(kept_frames, "dataset_of", lambda manifest, places: ZOO)
    yield


def named(runs: Path, *labels: str) -> list[Run]:
    found = {run.manifest.label: run for run in load_runs(runs)}
    return [found[label] for label in labels]


def mined(runs: Path, *labels: str, against: str = "", **more: object) -> tuple[MinedRun, ...]:
    other = named(runs, against)[0] if against else None
    return mined_runs(
        named(runs, *labels), folder=runs, places=PLACES, against=other, workers=1, **more
    )


def facts(found: MinedRun) -> list[tuple[object, ...]]:
    return [
        (e.kind, e.sequence, e.object_id, e.first, e.last, e.worst, round(30 * e.price, 9))
        for e in found.events
    ]


def test_prices_are_shares_of_the_mean_over_all_objects_of_the_run(runs: Path) -> None:
    weak, short = mined(runs, "weak", "short")
    assert (weak.sequences, weak.objects) == (("one", "two"), 3)
    assert weak.J_and_F == pytest.approx(1 - 10 / 30)
    assert facts(weak) == [
        (LOST, "one", 1, 2, 5, 2, 4),
        (LOST, "two", 1, 1, 4, 1, 4),
        (DRIFT, "one", 1, 8, 9, 8, 2),
    ]
    assert (short.sequences, short.objects) == (("one",), 1)
    assert [event.price for event in short.events] == [pytest.approx(1)]


def test_one_sequence_is_mined_as_it_is_among_all(runs: Path) -> None:
    kept = kept_sequences(named(runs, "weak"), folder=runs, places=PLACES)
    (weak,) = mined(runs, "weak")
    alone = [event for each in kept.values() for found in each.values()
             for event in mine(found, objects=3)]  # fmt: skip
    assert sorted(alone, key=repr) == sorted(weak.events, key=repr)


def test_sequences_that_were_asked_for_make_up_the_whole(runs: Path) -> None:
    (weak,) = mined(runs, "weak", only=["one"])
    assert (weak.sequences, weak.objects) == (("one",), 1)
    assert [event.price for event in weak.events] == [pytest.approx(0.4), pytest.approx(0.2)]


def test_several_processes_find_the_same(runs: Path) -> None:
    one, two = (
        mined_runs(named(runs, "weak", "strong"), folder=runs, places=PLACES, workers=workers)
        for workers in (1, 2)
    )
    assert one == two


class TestAgainst:
    def test_an_event_is_worth_what_the_other_has_more(self, runs: Path) -> None:
        (weak,) = mined(runs, "weak", against="strong")
        assert facts(weak) == [
            (LOST, "two", 1, 1, 4, 1, 4),
            (LOST, "one", 1, 2, 5, 2, 3),  # in frame 5 the other has lost it too
            (DRIFT, "one", 1, 8, 9, 8, 0),
        ]

    def test_prices_and_the_rest_lead_to_the_mean_of_the_other(self, runs: Path) -> None:
        (weak,) = mined(runs, "weak", against="strong")
        (strong,) = mined(runs, "strong")
        prices = sum(event.price for event in weak.events)
        assert weak.goal == pytest.approx(strong.J_and_F)
        assert weak.J_and_F + prices + weak.rest == pytest.approx(weak.goal, abs=1e-12)
        # frame 10 of the first and frame 4 of the third object, where the other is worse
        assert weak.slight == pytest.approx(-2 / 30)

    def test_where_the_other_is_worse_nothing_is_to_be_won(self, runs: Path) -> None:
        (strong,) = mined(runs, "strong", against="weak")
        assert facts(strong) == [
            (DRIFT, "one", 1, 8, 10, 10, 1),
            (LOST, "two", 2, 4, 4, 4, 1),
            (LOST, "one", 1, 5, 5, 5, 0),
        ]

    def test_only_sequences_that_both_have_are_looked_at(self, runs: Path) -> None:
        (weak,) = mined(runs, "weak", against="short")
        assert (weak.sequences, weak.objects) == (("one",), 1)
        assert weak.goal == pytest.approx(0)
        assert all(event.price <= 0 for event in weak.events)

    def test_another_protocol_is_another_matter(self, runs: Path) -> None:
        weak, strong = named(runs, "weak", "strong")
        other = replace(strong, manifest=replace(strong.manifest, protocol="davis2016"))
        with pytest.raises(UsageError, match=r"under protocol davis2017 and .* davis2016"):
            mined_runs([weak], folder=runs, places=PLACES, against=other)


def test_masks_that_were_changed_after_scoring_are_refused(tmp_path: Path) -> None:
    made = kept_run(tmp_path, ZOO, "weak", WEAK)
    write_mask(tmp_path / made.manifest.run / "masks" / "one" / "00003.png", label_map(HERE))
    with pytest.raises(DataError, match="are not those that the run made and scored") as raised:
        mined_runs([made], folder=tmp_path, places=PLACES)
    assert "\n" not in str(raised.value)


def test_a_run_without_scores_loses_nothing_that_is_known(runs: Path) -> None:
    weak = named(runs, "weak")[0]
    (found,) = mined_runs([replace(weak, records=())], folder=runs, places=PLACES)
    assert (found.objects, found.events, found.loss) == (0, (), 0)


def test_scores_of_frames_that_are_not_there_are_refused(tmp_path: Path) -> None:
    made = kept_run(tmp_path, ZOO, "weak", WEAK)
    place = tmp_path / made.manifest.run / "scores" / "one.csv"
    place.write_text(place.read_text().replace("00003", "00099"))
    with pytest.raises(DataError, match=r"one.csv has scores of a frame 00099, which one lacks"):
        mined_runs([made], folder=tmp_path, places=PLACES, workers=1)
