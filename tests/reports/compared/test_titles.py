from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from vosbench.records import Run
from vosbench.reports.compared.titles import titles

MakeRun = Callable[..., Run]


def called(*runs: Run) -> tuple[str, ...]:
    return titles([run.manifest for run in runs])


def test_labels_that_differ_stay_as_they_are(make_run: MakeRun) -> None:
    assert called(make_run("a", {}), make_run("b", {})) == ("a", "b")


def test_equal_labels_say_which_setting_was_set(make_run: MakeRun) -> None:
    plain = make_run("eosvos-50", {}, run="one")
    changed = make_run("eosvos-50", {}, run="two", overrides={"steps": 20})
    assert called(plain, changed) == ("eosvos-50", "eosvos-50 (steps=20)")


def test_what_all_share_is_not_said(make_run: MakeRun) -> None:
    runs = [
        make_run("m", {}, run=str(rate), overrides={"steps": 20, "rate": rate}) for rate in (1, 2)
    ]
    assert called(*runs) == ("m (rate=1)", "m (rate=2)")


def test_seed_device_mode_and_weights_tell_runs_apart(make_run: MakeRun) -> None:
    assert called(make_run("m", {}, seed=0), make_run("m", {}, seed=1)) == (
        "m (seed=0)",
        "m (seed=1)",
    )
    assert called(make_run("m", {}), make_run("m", {}, device="cuda")) == ("m (cpu)", "m (cuda)")
    modes = called(make_run("m", {}), make_run("m", {}, mode="throughput"))
    assert modes == ("m (streaming)", "m (throughput)")
    old, new = ({"weights_sha256": digit * 64} for digit in "ab")
    assert called(make_run("m", {}, provenance=old), make_run("m", {}, provenance=new)) == (
        "m (weights=aaaaaaaa)",
        "m (weights=bbbbbbbb)",
    )


def test_methods_under_one_label_are_named(make_run: MakeRun) -> None:
    assert called(make_run("a", {}, label="ours"), make_run("b", {}, label="ours")) == (
        "ours (a)",
        "ours (b)",
    )


def test_runs_that_differ_in_nothing_else_go_by_their_folder(make_run: MakeRun) -> None:
    assert called(make_run("m", {}, run="m-1"), make_run("m", {}, run="m-2")) == (
        "m (m-1)",
        "m (m-2)",
    )


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "a (steps=1)"]),
            st.sampled_from([{}, {"steps": 1}, {"steps": 2}, {"rate": 1}]),
            st.integers(0, 1),
            st.sampled_from([{}, {"steps": 1}]),
        ),
        max_size=8,
    )
)
def test_titles_are_unique_and_begin_with_the_label(
    make_run: MakeRun, facts: list[tuple[str, dict[str, int], int, dict[str, int]]]
) -> None:
    runs = [
        make_run(
            label, {}, run=f"run{number}", label=label, overrides=sets, seed=seed, settings=all_sets
        )
        for number, (label, sets, seed, all_sets) in enumerate(facts)
    ]
    found = called(*runs)
    assert len(set(found)) == len(runs)
    assert all(title.startswith(run.manifest.label) for title, run in zip(found, runs, strict=True))
