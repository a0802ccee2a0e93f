"""One set of masks under every protocol: the figures of each, and steps that add up."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.metrics.clips import Clip, clips
from tests.scoring.clip_folders import blob, write_clip, write_masks
from vosbench.errors import DataError
from vosbench.evaluate import Rules, summarise
from vosbench.metrics import protocols
from vosbench.scoring.consensus import Consensus, consensus
from vosbench.scoring.folders import score_folders
from vosbench.scoring.groups import Unseen, by_group, over_groups
from vosbench.scoring.object_meta import FrameRange, ObjectMeta


def under_all(root: Path, **options: object) -> Consensus:
    (found,) = consensus([root / "masks"], root / "truth", **options)
    return found


def check(found: Consensus, root: Path, **options: object) -> None:
    """Every verdict is what the protocol alone says; steps add up to the differences."""
    unseen = options.pop("unseen", None)
    extra_ids, decay = options.pop("extra_ids", None), options.pop("decay", "exact")
    figures = {}
    for verdict, protocol in zip(found.verdicts, protocols.PROTOCOLS, strict=True):
        assert verdict.protocol == protocol.name
        rules = Rules(protocol, extra_ids, decay)
        try:
            (alone,) = score_folders([root / "masks"], root / "truth", rules, **options)
            grouped = protocol.groups and unseen is not None
            summary = (
                over_groups(by_group(alone.objects, unseen))
                if grouped
                else summarise(alone.objects)
            )
        except DataError as error:
            assert (verdict.summary, verdict.reason) == (None, str(error))
            continue
        assert verdict.reason == ""
        assert verdict.objects == alone.objects
        assert verdict.summary == summary
        figures[protocol.name] = summary.J_and_F
    assert (found.reference in figures) == bool(figures)
    for name in figures.keys() - {found.reference}:
        changes = [step.change for step in found.steps if step.protocol == name]
        if found.reference:
            difference = figures[name] - figures[found.reference]
            assert sum(changes) == pytest.approx(difference, rel=0, abs=1e-12)
    assert {step.protocol for step in found.steps} <= figures.keys() - {found.reference}
    assert all(step.sentence for step in found.steps)


@given(
    one=clips(),
    other=clips(),
    extra_ids=st.sampled_from((None, "ignore", "error")),
    unseen=st.booleans(),
    listed=st.booleans(),
)
@settings(max_examples=40)
def test_verdicts_are_those_of_each_protocol_and_steps_add_up(
    one: Clip, other: Clip, extra_ids: str | None, unseen: bool, listed: bool
) -> None:
    group = Unseen(Path("unseen.txt"), frozenset({"one"}), {}) if unseen else None
    ranges = {("one", 1): FrameRange(1, 4, 3), ("other", 2): FrameRange(0, 9, 5)}
    meta = ObjectMeta(Path("meta.json"), {}, ranges) if listed else None
    options = {"extra_ids": extra_ids, "unseen": group, "meta": meta}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_clip(root, "one", one)
        write_clip(root, "other", other)
        try:
            found = under_all(root, **options)
        except DataError as error:  # a sequence that is too short for all of them
            assert "needs at least 3" in str(error)
            assert min(len(one.truth), len(other.truth)) < 3
            return
        check(found, root, **options)


@pytest.fixture
def cows(tmp_path: Path) -> Path:
    """Five frames: 4 in the first only, 2 vanishes, 3 comes late, void in the fourth."""
    truth = [
        blob(1) + blob(4, 12),
        blob(1) + blob(2, 6),
        blob(1) + blob(3, 12),
        blob(1) + blob(255, 6) + blob(3, 12),
        blob(1),
    ]
    write_masks(tmp_path / "truth" / "cows", truth)
    write_masks(tmp_path / "masks" / "cows", [blob(1)] * 5)
    return tmp_path


def steps_of(found: Consensus, protocol: str) -> dict[str, str]:
    return {step.rule: step.sentence for step in found.steps if step.protocol == protocol}


def test_sentences_name_objects_and_frames(cows: Path) -> None:
    found = under_all(cows)
    assert found.reference == "davis2017"
    assert steps_of(found, "davis2016") == {
        "merging": "all ids of a sequence are one object, in all frames that count: 4 objects "
        "become 1"
    }
    since = "from the frame on in which annotation or prediction first shows them"
    assert steps_of(found, "vos-benchmark") == {
        "objects": "1 object less, since no annotation of a frame that counts shows cows 4; "
        "255 is no void but an object: cows 255",
        "frames": f"2 objects averaged {since} (cows 3: 2 of 3 frames, cows 255: 1 of 3 frames)",
    }
    assert steps_of(found, "sa-v") == steps_of(found, "vos-benchmark")
    own = "averaged after the first frame in which they are annotated"
    assert steps_of(found, "youtube-vos") == {
        "frames": f"2 objects {own} (cows 2: 2 of 3 frames, cows 3: 1 of 3 frames)"
    }
    assert steps_of(found, "lvos") == {
        "objects": "255 is no void but an object: cows 255",
        "frames": f"1 object less, without a frame: cows 255; 2 objects {own} (cows 2: 2 of 3 "
        "frames, cows 3: 1 of 3 frames)",
    }
    check(found, cows)


def test_groups_and_a_list_of_objects_are_steps_of_their_own(cows: Path) -> None:
    group = Unseen(Path("unseen.txt"), frozenset({"cows/2"}), {})
    ranges = {("cows", 1): FrameRange(1, 5, 4), ("cows", 2): FrameRange(0, 4, 4)}
    options = {
        "unseen": group,
        "meta": ObjectMeta(Path("meta.json"), {}, {**ranges, ("cows", 9): FrameRange(0, 5, 5)}),
    }
    found = under_all(cows, **options)
    said = steps_of(found, "youtube-vos")
    assert said == {
        "frames": "2 objects less, without a frame: cows 3, cows 4; 1 object more, by the list of "
        "objects: cows 9; 2 objects averaged over the frames of the list of objects (cows 1: 2 of "
        "3 frames, cows 2: 2 of 3 frames)",
        "means": "seen and unseen objects are averaged apart, and G is the mean of both",
    }
    check(found, cows, **options)


def test_the_first_protocol_that_can_be_applied_is_the_reference(cows: Path) -> None:
    write_masks(cows / "new", [blob(1) + blob(7, 6)] * 5)
    (cows / "masks" / "cows").rename(cows / "elsewhere")
    (cows / "new").rename(cows / "masks" / "cows")
    found = under_all(cows)
    assert found.reference == "vos-benchmark"
    refused = {verdict.protocol: verdict.reason for verdict in found.verdicts if verdict.reason}
    assert list(refused) == ["davis2017"]
    assert "frame 00001 of sequence cows holds id 7" in refused["davis2017"]
    assert found.notes == (
        "predictions show ids that no annotation has (cows 7): davis2017 refuses them unless they "
        "are to be ignored (--extra-ids ignore), other protocols never look at them",
    )
    said = steps_of(found, "youtube-vos")
    assert said["objects"] == "255 is void and no object: cows 255"
    assert said["frames"].startswith(
        "1 object more, which only the first annotation shows: cows 4;"
    )
    check(found, cows)
    assert under_all(cows, extra_ids="ignore").reference == "davis2017"
    strict = under_all(cows, extra_ids="error")
    assert (strict.reference, strict.steps) == ("davis2016", ())
    assert [each.protocol for each in strict.verdicts if each.summary] == ["davis2016"]


def test_object_folders_are_for_sa_v_alone(tmp_path: Path) -> None:
    for side in ("truth", "masks"):
        write_masks(tmp_path / side / "clip" / "000", [blob()] * 4)
        write_masks(tmp_path / side / "clip" / "001", [np.zeros_like(blob())] * 4)
    found = under_all(tmp_path)
    assert (found.reference, found.steps) == ("sa-v", ())
    assert [each.protocol for each in found.verdicts if each.summary] == ["sa-v"]
    assert all("score it under sa-v" in each.reason for each in found.verdicts if each.reason)
    check(found, tmp_path)


def test_several_folders_and_processes_change_nothing(cows: Path) -> None:
    write_masks(cows / "truth" / "dogs", [blob()] * 4)
    write_masks(cows / "masks" / "dogs", [blob()] * 4)
    for name in ("cows", "dogs"):
        write_masks(cows / "other" / name, [blob(1, 2)] * 5)
    folders = [cows / "masks", cows / "other"]
    alone = tuple(consensus([folder], cows / "truth")[0] for folder in folders)
    assert consensus(folders, cows / "truth") == alone
    assert consensus(folders, cows / "truth", workers=2) == alone


def test_real_masks_of_several_objects(shared_data: Path) -> None:
    root = shared_data / "data" / "multi-object"
    few = ["classic-car", "lab-coat"]
    known = [name for name in few if (root / "predictions" / name).is_dir()]
    (found,) = consensus([root / "predictions"], root, sequences=known or None)
    assert found.reference == "davis2017"
    for name in ("vos-benchmark", "youtube-vos"):
        changes = [step.change for step in found.steps if step.protocol == name]
        figures = {each.protocol: each.summary for each in found.verdicts}
        difference = figures[name].J_and_F - figures["davis2017"].J_and_F
        assert sum(changes) == pytest.approx(difference, rel=0, abs=1e-12)
