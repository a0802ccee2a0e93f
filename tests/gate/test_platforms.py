"""Platforms: what masks may depend on besides the method."""

from pathlib import Path

from tests.gate.made_facts import HERE, masks
from tests.tiny_runs import ZOO, request, run
from vosbench.gate.platforms import difference, masks_on, platform_of


def test_a_run_tells_its_platform_in_words(tmp_path: Path) -> None:
    made = platform_of(run(request(), ZOO, tmp_path).manifest)
    assert {"cpu", "device", "numpy"} <= set(made)
    assert all(isinstance(value, str) for value in made.values())


def test_platforms_are_one_if_they_agree_on_what_both_state() -> None:
    known = (masks(["a"], "b", HERE | {"threads": "2"}), masks(["a"]))
    assert masks_on(known, HERE) == known[1]
    assert masks_on(known, {"cpu": "model A"}) == known[0]  # without torch there are no threads
    assert masks_on(known, HERE | {"threads": "8"}) is None


def test_the_closest_platform_is_named() -> None:
    known = (masks(["a"]), masks(["a"], on=HERE | {"cpu": "model C"}))
    there = HERE | {"cpu": "model C", "torch": "2.8.0"}
    assert difference(known, there) == "torch 2.9.0 then, 2.8.0 now"
    assert difference((), there) == ""
