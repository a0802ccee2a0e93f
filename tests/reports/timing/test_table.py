"""Table `timing`: figures by hand, warnings, comparability, every format."""

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.conftest import MACHINE
from tests.reports.timed_runs import GIB, OTHER_MACHINE, timed_run
from vosbench.records import Run
from vosbench.reports.formats.render import FORMATS, render
from vosbench.reports.options import ReportOptions
from vosbench.reports.table import Cell, Table, Value
from vosbench.reports.timing.table import build
from vosbench.timing_records import THROUGHPUT, Memory, TimedPass, Timing


def table(*runs: Run, **options: Any) -> Table:
    (only,) = build(runs, ReportOptions(**options))
    return only


def column(made: Table, key: str) -> list[Cell]:
    index = [one.key for one in made.columns].index(key)
    return [row.cells[index] for row in made.rows]


def value(made: Table, key: str) -> Value:
    (only,) = column(made, key)
    return only.value


def said(made: Table) -> str:
    return "\n".join((*made.footnotes, *made.notes))


def with_passes(change: Any) -> Any:
    """A change of a timing that changes each of its passes."""
    return lambda name, timing: replace(timing, passes=tuple(map(change, timing.passes)))


# Two sequences of ten frames, with one and with two objects: init 2 + 4, adapt 1 + 1, infer 1 + 2,
# post 0.5 + 1 and io 0.1 + 0.1 seconds; see `timed_pass`.
BY_HAND = {
    "fps_amortised": 20 / 12.5,
    "fps_steady": 20 / 4.5,
    "fps_end_to_end": 20 / 12.7,
    "fps_median_of_sequences": (10 / 4.5 + 10 / 8) / 2,
    "fps_single_object": 10 / 4.5,
    "fps_eosvos": (11 + 2 * 11) / 12.5,
    "fps_eosvos_frames": 22 / 12.5,
    "seconds_per_object_frame": 12.5 / 30,
    "first_mask_seconds": (2.15 + 4.3) / 2,
    "seconds_load": 5.0,
    "seconds_init": 6.0,
    "seconds_adapt": 2.0,
    "seconds_infer": 3.0,
    "seconds_post": 1.5,
    "seconds_io": 0.2,
    "p50_plain_seconds": 0.15,
    "p90_plain_seconds": 0.3,
    "p99_plain_seconds": 0.3,
    "max_plain_seconds": 0.3,
    "p50_adapting_seconds": 1.15,
    "p90_adapting_seconds": 1.3,
    "seconds_per_object_of_steps": 0.15,
    "seconds_per_object_of_init": 2.0,
    "peak_host_bytes": 2 * GIB,
    "peak_host_init_bytes": 2 * GIB,
    "peak_host_infer_bytes": GIB // 2,
    "J&F": 0.6,
    "passes": "1",
}


@pytest.mark.parametrize("key", BY_HAND)
def test_figures_of_one_pass(key: str) -> None:
    made = table(timed_run("a", [1.0]), full=True)
    expected = BY_HAND[key]
    assert value(made, key) == (expected if isinstance(expected, str) else pytest.approx(expected))


def test_figures_that_nobody_has_take_no_column() -> None:
    keys = {one.key for one in table(timed_run("a", [1.0]), full=True).columns}
    assert not keys & {"peak_device_bytes", "joules_per_frame", "device_seconds"}


def test_only_what_reads_well_is_shown_unless_all_is_asked_for() -> None:
    keys = [one.key for one in table(timed_run("a", [1.0])).columns]
    assert keys == [
        "method",
        "fps_amortised",
        "fps_steady",
        "fps_end_to_end",
        "seconds_per_object_frame",
        "first_mask_seconds",
        "p50_plain_seconds",
        "p90_plain_seconds",
        "p50_adapting_seconds",
        "p90_adapting_seconds",
        "peak_host_bytes",
        "J&F",
        "passes",
    ]


def test_a_method_that_never_adapts_has_no_columns_of_adapting_steps() -> None:
    plain = with_passes(lambda made: replace(made, adapting=()))
    keys = {one.key for one in table(timed_run("a", [1.0], change=plain)).columns}
    assert "p50_plain_seconds" in keys
    assert "p50_adapting_seconds" not in keys


def test_devices_energy_and_events() -> None:
    device = with_passes(
        lambda made: replace(
            made,
            memory={"infer": Memory(host=GIB, allocated=GIB, reserved=2 * GIB, device=3 * GIB)},
            joules=30.0,
            device_seconds={"init": 1.0, "infer": 2.0, "io": 9.0},
        )
    )
    made = table(timed_run("a", [1.0], change=device), full=True)
    assert value(made, "peak_device_bytes") == 3 * GIB
    assert value(made, "peak_reserved_infer_bytes") == 2 * GIB
    assert value(made, "joules_per_frame") == 3.0  # 60 J over 20 frames
    assert value(made, "watt_hours_per_1000_frames") == pytest.approx(3000 / 3600)
    assert value(made, "device_seconds") == 6.0
    assert "peak of device memory in bear, peak of host memory in bear" in said(made)
    assert " W" not in said(made).replace(" Wh", "")  # the idle power is not known
    idle = table(timed_run("a", [1.0], change=device, machine={**MACHINE, "idle_watts": 41.5}))
    assert "idle power" not in said(idle)  # nor are joules shown
    idle = table(
        timed_run("a", [1.0], change=device, machine={**MACHINE, "idle_watts": 41.5}), full=True
    )
    assert "idle power 41.5 W" in said(idle)
    assert idle.tidy[0]["machine_idle_watts"] == 41.5


def test_the_median_of_passes_with_their_spread() -> None:
    (cell,) = column(table(timed_run("a", [1.0, 1.25, 0.8])), "fps_amortised")
    rates = [1.28, 1.6, 2.0]  # quartiles 1.44 and 1.8
    assert cell.value == pytest.approx(rates[1])
    assert cell.spread == pytest.approx(0.36)


def test_spread_is_warned_of_where_the_headline_stands() -> None:
    made = table(
        timed_run("steady", [1.0, 1.01, 1.02]),
        timed_run("noisy", [1.0, 1.15, 1.3]),
        timed_run("unstable", [1.0, 2.0, 3.0]),
    )
    notes = [
        [made.notes[number - 1] for number in cell.notes] for cell in column(made, "fps_amortised")
    ]
    assert notes[0] == []
    assert notes[1] == ["noisy: the interquartile range of the passes is 13 % of their median"]
    assert notes[2] == ["unstable: the interquartile range of the passes is 67 % of their median"]


def test_company_throttling_gaps_and_masks_that_differ_are_warned_of() -> None:
    run = timed_run(
        "a",
        [1.0, 1.0],
        facts=[{"contended": 0.04}, {"contended": 0.5, "throttled": True}],
        change=lambda name, timing: replace(timing, planned=3, steady_masks=name != "dogs"),
    )
    made = table(run)
    assert made.notes == (
        "passes gave different masks on dogs; those of the first are scored",
        "contended: others took up to 50 % of the machine, in 2 of 4 passes over sequences",
        "throttled: the device held its clocks back in 2 of 4 passes over sequences",
        "2 of 3 planned passes were made",
    )
    assert value(made, "passes") == "2 of 3"


def test_a_failed_pass_is_the_slowest_and_is_named() -> None:
    failing = [{}, {}, {"failed": "killed"}]
    made = table(timed_run("a", [1.0, 1.0, 1.0], facts=failing))
    (cell,) = column(made, "fps_amortised")
    assert cell.value == pytest.approx(1.6)
    assert "2 passes failed and count as the slowest (on bear: killed)" in made.notes
    mostly = table(timed_run("a", [1.0, 1.0, 1.0], facts=[*failing[1:], failing[2]]))
    assert value(mostly, "fps_amortised") == 0
    assert "first_mask_seconds" not in {one.key for one in mostly.columns}  # it takes for ever


def test_what_the_passes_do_not_tell_apart_is_best_together() -> None:
    made = table(
        timed_run("first", [1.0, 1.1, 1.2]),
        timed_run("near", [1.05, 1.12, 1.15]),
        timed_run("far", [1.5, 1.5, 1.5]),
    )
    assert [cell.best for cell in column(made, "fps_amortised")] == [True, True, False]
    assert [cell.best for cell in column(made, "p50_plain_seconds")] == [True, True, False]


@pytest.mark.parametrize(
    ("facts", "change", "unlike"),
    [
        ({"machine": OTHER_MACHINE}, None, "machine"),
        ({"machine": {**MACHINE, "threads": 2}}, None, "number of threads"),
        ({"machine": {**MACHINE, "torch": "2.6"}}, None, "version of torch"),
        ({"machine": {**MACHINE, "flags": {"tf32": "both"}}}, None, "flags of torch"),
        ({}, lambda name, timing: replace(timing, mode=THROUGHPUT), "mode"),
    ],
)
def test_speeds_of_unlike_circumstances_are_not_compared_unless_asked(
    facts: dict[str, Any], change: Any, unlike: str
) -> None:
    stated = {"threads": 1, "torch": "2.7", "flags": {"tf32": "none"}}
    here = timed_run("here", [1.0], machine={**MACHINE, **stated})
    more = {} if change is None else {"change": change}
    facts = {"machine": {**here.manifest.machine}, **facts}
    runs = (here, timed_run("there", [2.0], **facts, **more))
    apart = table(*runs)
    assert not any(cell.best for cell in column(apart, "fps_amortised"))
    assert f"Speeds differ in {unlike}" in said(apart)
    assert "do not compare" in said(apart)
    asked = table(*runs, across_machines=True)
    assert [cell.best for cell in column(asked, "fps_amortised")] == [True, False]
    assert "compared all the same" in said(asked)


def test_sequences_timed_with_different_threads_are_not_called_by_the_last_number() -> None:
    def continued(name: str, timing: Timing) -> Timing:
        return replace(timing, circumstances={"threads": 1 if name == "bear" else 2})

    machine = {**MACHINE, "threads": 2}
    made = table(timed_run("a", [1.0], machine=machine, change=continued), timed_run("b", [2.0]))
    assert "Speeds differ in number of threads" in said(made)
    assert not any(cell.best for cell in column(made, "fps_amortised"))
    assert "several numbers of threads" in said(made)
    assert "2 threads" not in said(made)


def test_throughput_has_no_latencies_and_offline_is_marked() -> None:
    def whole(name: str, timing: Timing) -> Timing:
        passes = tuple(
            replace(made, latencies=(), adapting=(), first_mask=None) for made in timing.passes
        )
        return replace(timing, mode=THROUGHPUT, passes=passes)

    made = table(timed_run("a", [1.0], change=whole, offline=True), full=True)
    keys = {one.key for one in made.columns}
    assert "fps_amortised" in keys
    assert not keys & {"p50_plain_seconds", "first_mask_seconds", "seconds_per_object_of_steps"}
    assert "mode throughput, which has no latencies of frames, offline" in said(made)


PROBE = {"matmul": 0.0123, "decode": 0.5}


def test_footnotes_say_protocol_passes_machine_and_precision() -> None:
    machine = {**MACHINE, "torch": "2.7", "probe": PROBE, "flags": {"matmul_precision": "highest"}}
    weights = {"network": "compact", "objects": "one by one"}
    made = table(
        timed_run(
            "a", [1.0, 1.0], machine=machine, settings={"precision": "bf16"}, provenance=weights
        ),
        timed_run("b", [1.0, 1.0], machine={**machine, "probe": {**PROBE, "matmul": 0.0126}}),
        timed_run("c", [1.0], machine=machine, facts=[{"session": "tuesday", "warm": False}]),
    )
    for text in (
        "Protocol VBT-1 (docs/timing.md). A frame is one to segment",
        "All rows: mode streaming, Test CPU, 2 cores, device cpu, torch 2.7, "
        "matmul precision highest, machine aaaa, peak of host memory in dogs.",
        "a: precision bf16, objects one by one, network compact, weights not stated.",
        "b: whether objects are taken jointly is not stated, no network.",
        "c: 1 pass, whose spread is not known, without warm-up, "
        "whether objects are taken jointly is not stated, no network.",
        "a and b: passes interleaved in one session.",
    ):
        assert any(each.startswith(text) for each in made.footnotes), text
    assert "Reference probe" not in said(made)  # one machine, and nothing asked for
    assert "cold start" not in said(made).lower()


def test_more_is_said_where_more_was_asked_for() -> None:
    runs = (
        timed_run("a", [1.0, 1.0], machine={**MACHINE, "probe": PROBE}),
        timed_run("b", [1.0], machine={**MACHINE, "probe": {**PROBE, "matmul": 0.0126}}),
        timed_run("c", [1.0], facts=[{"session": "tuesday"}]),
    )
    probe = "Reference probe on machine aaaa: matmul 12.3 ms, decode 500 ms."
    alone = "c: passes in no session with the others."
    full, against = table(*runs, full=True), table(*runs, reference="a")
    assert probe in full.footnotes
    assert probe in against.footnotes
    assert alone in full.footnotes
    assert alone in against.footnotes
    assert alone not in table(*runs).footnotes
    assert (
        "Cold start, in no figure (loading and the first contact with a shape, in a warm-up that "
        "may make fewer inner steps): a 7.00 s, b 7.00 s, c 7.00 s."
    ) in full.footnotes
    assert "Cold start" not in said(against)


def test_whether_objects_are_taken_jointly_matters_only_where_there_are_several() -> None:
    assert "jointly" not in said(table(timed_run("a", [1.0], sequences=(("bear", 1),))))
    assert "jointly" in said(table(timed_run("a", [1.0])))


def test_other_methods_in_the_process_are_told_of() -> None:
    made = table(timed_run("a", [1.0], facts=[{"beside": 2}]))
    assert "peak of host memory in dogs, 2 other methods loaded beside it" in said(made)


@pytest.mark.parametrize("beside", [0, 1])
def test_memory_that_others_share_has_no_best(beside: int) -> None:
    less = {"memory": {"init": Memory(host=1 << 29)}, "beside": beside}
    made = table(timed_run("a", [1.0], facts=[less]), timed_run("b", [1.0]), full=True)
    for key in ("peak_host_bytes", "peak_host_init_bytes"):
        assert [cell.best for cell in column(made, key)] == [not beside, False]


@pytest.mark.parametrize(
    ("sessions", "expected"),
    [
        ({"a": "mt", "b": "mt"}, ["a and b: passes interleaved in 2 sessions."]),
        (
            {"a": "mt", "b": "mm", "c": "ww"},
            [
                "a and b: some of the passes in a session with others.",
                "c: passes in no session with the others.",
            ],
        ),
        ({"a": "mt"}, []),
    ],
)
def test_sessions_that_runs_have_in_common_are_told(
    sessions: dict[str, str], expected: list[str]
) -> None:
    made = table(
        *(
            timed_run(name, [1.0, 1.0], facts=[{"session": each} for each in letters])
            for name, letters in sessions.items()
        ),
        full=True,
    )
    assert [note for note in made.footnotes if "session" in note] == expected


def test_what_was_never_timed_has_no_row() -> None:
    stored = timed_run("stored", [1.0], imported=True)
    untimed = replace(stored, records=tuple(replace(r, timing=None) for r in stored.records))
    made = table(timed_run("a", [1.0]), untimed)
    assert [row.cells[0].value for row in made.rows] == ["a"]
    empty = table(untimed)
    assert empty.rows == ()
    assert empty.footnotes == ("Nothing here was timed by vosbench.",)


class TestTidy:
    def rows(self, *runs: Run, **options: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(render([table(*runs, **options)], "json"))
        return found

    def test_nothing_is_rounded_and_every_pass_is_kept(self) -> None:
        rows = self.rows(timed_run("a", [1.0, 1.25, 0.8]))
        assert [row["level"] for row in rows] == ["run", *["pass"] * 3, *["sequence"] * 6]
        whole, *passes = rows[:4]
        assert [row["fps_amortised"] for row in passes] == pytest.approx([1.6, 1.28, 2.0])
        assert whole["fps_amortised_interquartile_range"] == pytest.approx(0.36)
        assert whole["fps_amortised_relative_spread"] == pytest.approx(0.36 / 1.6)
        assert (whole["passes"], whole["passes_planned"]) == (3, 3)
        assert (whole["machine_cpu"], whole["peak_host_sequence"]) == ("Test CPU", "dogs")
        last = rows[-1]
        assert (last["sequence"], last["pass"], last["objects"]) == ("dogs", 2, 2)
        assert last["seconds_init"] == 2.0 * 2 * 0.8
        assert (last["session"], last["place"], last["steps"], last["adapting_steps"]) == (
            "monday",
            2,
            10,
            1,
        )
        assert (last["height"], last["width"]) == (480, 854)

    def test_what_is_infinite_or_unknown_is_null(self) -> None:
        failed = {"failed": "killed"}
        whole, *_ = self.rows(timed_run("a", [1.0] * 3, facts=[{}, failed, failed]), reference="a")
        assert whole["fps_amortised"] == 0
        assert whole["first_mask_seconds"] is None
        assert whole["joules_per_frame"] is None
        assert whole["times_reference"] == 1.0


@pytest.mark.parametrize("style", FORMATS)
def test_every_format(style: str) -> None:
    runs = (timed_run("a_1", [1.0, 1.1, 1.2]), timed_run("b", [0.5, 0.9, 1.3]))
    text = render([table(*runs, reference="b", full=True)], style)
    assert text.endswith("\n")
    for piece in ("a\\_1", "±") if style == "md" else ("$\\pm$",) if style == "latex" else ("a_1",):
        assert piece in text


GOLDEN = """\
Timing (VBT-1) on davis2016

                 fps                                fps end to │          s /
method     amortised       × quick    fps steady           end │ object-frame  first mask s
───────────────────────────────────────────────────────────────┼───────────────────────────
quick   1.57 ± 0.04*  1.00 ± 0.00*  4.36 ± 0.11*  1.54 ± 0.04* │        0.42*         3.29*
slow    0.64 ± 0.16¹  0.41 ± 0.10     1.8 ± 0.5   0.64 ± 0.16  │         1.0             8

                                    adapting p50  adapting p90 │ peak host │
method  plain p50 ms  plain p90 ms            ms            ms │       GiB │   J&F  passes
───────────────────────────────────────────────────────────────┼───────────┼──────────────
quick           153*          306*         1170*         1330* │     2.00* │ 60.0*  3
slow            380           800          2900          3200  │     2.00* │ 60.0*  3

* best of its column, ties included.
Protocol VBT-1 (docs/timing.md). A frame is one to segment, the annotated first one is none; on the
  clock is all from the frame in host memory to its mask there. fps: frames / seconds, both added up
  over sequences; amortised (the headline): init, adapt, infer, post; steady: infer, post; end to
  end: amortised and io (decoding, saving); loading is in none. s / object-frame: amortised seconds
  over objects alive in frames. First mask: init and the first step, the median over sequences.
  Latency (p50, p90): of single steps, adapting ones apart.
Figures are medians of passes ± their interquartile range, which sets the digits shown and what is
  as good as the best; after a warm-up unless said below. A failed pass is the slowest.
J&F: per cent, under protocol davis2016, over all 3 objects of 2 sequences.
× quick: amortised fps over that of quick on its own machine, on the same sequences, pass by pass
  where both were of one session. This, not fps, may be compared across machines.
All rows: mode streaming, Test CPU, 2 cores, device cpu, machine aaaa, peak of host memory in dogs,
  whether objects are taken jointly is not stated, no network.
quick and slow: passes interleaved in one session.
¹ unstable: the interquartile range of the passes is 26 % of their median
"""


def test_the_text_of_a_small_table() -> None:
    made = table(
        timed_run("quick", [1.0, 1.02, 1.05]), timed_run("slow", [2.0, 2.5, 3.4]), reference="quick"
    )
    assert render([made], "text") == GOLDEN


@given(st.lists(st.floats(0.05, 20), min_size=1, max_size=4), st.floats(0.1, 10))
def test_slower_by_a_factor_is_slower_in_every_figure(paces: list[float], factor: float) -> None:
    here = table(timed_run("a", paces), full=True).tidy[0]
    there = table(timed_run("a", [factor * pace for pace in paces]), full=True).tidy[0]
    for key in ("fps_amortised", "fps_steady", "fps_single_object", "fps_eosvos"):
        one, other = here[key], there[key]
        assert isinstance(one, float)
        assert other == pytest.approx(one / factor)
    for key in ("first_mask_seconds", "p90_plain_seconds", "seconds_per_object_of_steps"):
        one, other = here[key], there[key]
        assert isinstance(one, float)
        assert other == pytest.approx(one * factor)


def test_no_figure_of_a_pass_that_took_no_time() -> None:
    still = with_passes(lambda made: TimedPass({}, warm=True))
    made = table(timed_run("a", [1.0], change=still), full=True)
    assert "fps_amortised" not in {one.key for one in made.columns}
    assert all(
        not isinstance(cell.value, float) or math.isfinite(cell.value)
        for row in made.rows
        for cell in row.cells
    )
