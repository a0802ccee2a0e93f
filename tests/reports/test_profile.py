"""Tables of a profile."""

import csv
import io
from dataclasses import replace

import pytest

from vosbench.profiling.profile_records import (
    OUTSIDE,
    FunctionTotal,
    OperatorTotal,
    PhaseTotal,
    Profile,
)
from vosbench.reports.formats.render import render
from vosbench.reports.profile import all_of, most_expensive

PROFILE = Profile(
    method="eosvos-10",
    settings={"steps": 10},
    dataset="davis2017",
    sequence="cows",
    frames=9,
    objects=2,
    size=(480, 854),
    seed=0,
    device="cpu",
    machine={"cpu": "Fast", "threads": 2, "torch": "2.6.0"},
    phases=(
        PhaseTotal("init", 1, 0.3, 0.6, 100, 10, 0.0, 3 << 20, 0, 40),
        PhaseTotal("infer", 9, 0.1, 0.2, 50, 0, 0.0, 1 << 20, 0, 20),
    ),
    operators=(
        OperatorTotal("init", "aten::mm", "", 70, 0.4, host_bytes=2 << 20),
        OperatorTotal("init", "autograd::engine::evaluate_function: MmBackward0", "", 10, 0.1),
        OperatorTotal("init", OUTSIDE, "", 0, 0.06),
        OperatorTotal("init", "aten::add", "", 30, 0.04, host_bytes=1 << 20),
        OperatorTotal("infer", "aten::sin", "", 50, 0.2, host_bytes=1 << 20),
    ),
)


def text(profile: Profile, top: int | None = None) -> str:
    return render(most_expensive(profile, top=top), "text", width=120)


def test_the_first_of_each_phase_and_the_others_together() -> None:
    said = text(PROFILE, top=1)
    rows = [line.split() for line in said.splitlines()]
    assert ["init", "aten::mm", "70", "400", "50.0", "2.0"] in rows
    assert ["init", "(3", "others)", "40", "200", "25.0", "1.0"] in rows
    assert ["infer", "aten::sin", "50", "200", "25.0", "1.0"] in rows


def test_one_other_is_shown_by_its_name() -> None:
    assert "aten::add" in text(PROFILE, top=3)


def test_all_are_in_the_files() -> None:
    rows = list(csv.DictReader(io.StringIO(render(all_of(PROFILE), "csv"))))
    names = [row["name"] for row in rows if row["kind"] == "operator"]
    assert names == [each.operator for each in PROFILE.operators]
    assert [row["seconds"] for row in rows if row["kind"] == "phase"] == ["0.3", "0.1"]


def test_it_says_how_much_slower_the_profiler_made_it() -> None:
    assert PROFILE.slowdown == pytest.approx(2.0)
    assert "Under the profiler the same pass took 2.00 times as long" in text(PROFILE)


def test_a_ratio_that_cannot_be_is_explained() -> None:
    disturbed = replace(PROFILE, phases=(replace(PROFILE.phases[0], seconds=5.0),))
    assert "others were at work on the machine" in " ".join(text(disturbed).split())


def test_shares_of_phases_are_those_without_the_profiler() -> None:
    rows = [line.split() for line in text(PROFILE).splitlines()]
    assert ["init", "1", "300", "75.0", "600", "100", "10", "40", "3.0"] in rows


def test_time_of_a_device_has_columns_where_there_is_any() -> None:
    assert "self device" not in text(PROFILE)
    busy = replace(PROFILE.operators[0], device_seconds=0.5)
    moved = replace(PROFILE, device="cuda", operators=(busy, *PROFILE.operators[1:]))
    said = " ".join(text(moved).split())
    assert "self device" in said
    assert "belongs to the operator that launched the work" in said


def test_without_torch_there_are_phases_and_what_is_remarked() -> None:
    phases = tuple(PhaseTotal(each.phase, each.entered, each.seconds) for each in PROFILE.phases)
    bare = replace(
        PROFILE,
        phases=phases,
        operators=(),
        functions=(FunctionTotal("infer", "step (method.py:3)", 9, 0.08, 0.09),),
        remarks=("it calls no operator",),
    )
    said = text(bare)
    assert "operator calls" not in " ".join(said.split())
    assert "it calls no operator" in said
    rows = [line.split() for line in said.splitlines()]
    assert ["infer", "step", "(method.py:3)", "9", "80.0", "100.0", "90.0"] in rows
    assert "times as long" not in said
