"""`score_folders` under every protocol, of several folders, in several processes."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from tests.metrics import protocol_oracle
from tests.metrics.clips import Clip, clips
from tests.metrics.protocol_oracle import LabelMap, RefusedError
from tests.scoring.clip_folders import blob, write_clip, write_masks
from vosbench.errors import DataError
from vosbench.evaluate import Rules
from vosbench.metrics import protocols
from vosbench.scoring.folders import FolderScores, score_folders
from vosbench.scoring.object_meta import FrameRange, ObjectMeta


def score(root: Path, protocol: str, *folders: str, **options: object) -> tuple[FolderScores, ...]:
    rules = Rules(protocols.get(protocol))
    return score_folders(
        [root / folder for folder in folders or ("masks",)], root / "truth", rules, **options
    )


@pytest.mark.parametrize("protocol", protocols.names())
@given(clip=clips())
@settings(max_examples=12)
def test_figures_are_those_of_the_rules(protocol: str, clip: Clip) -> None:
    try:
        wanted = protocol_oracle.BY_NAME[protocol](clip.truth, clip.masks)
    except RefusedError:
        wanted = {}
    with tempfile.TemporaryDirectory() as folder:
        write_clip(Path(folder), "goat", clip)
        if not wanted:  # a sequence without an object is refused too
            with pytest.raises(DataError):
                score(Path(folder), protocol)
            return
        (scores,) = score(Path(folder), protocol)
    assert [each.object_id for each in scores.objects] == sorted(wanted)
    for each in scores.objects:
        means = each.J.mean, each.J.recall, each.J.decay, each.F.mean, each.F.recall, each.F.decay
        assert means == pytest.approx(
            protocol_oracle.figures(wanted[each.object_id])[:6], rel=0, abs=1e-12
        )


@pytest.fixture
def several(tmp_path: Path) -> Path:
    """Three sequences and two sets of masks, one of them worse."""
    for name, object_id in (("cows", 1), ("dogs", 2), ("goat", 1)):
        write_masks(tmp_path / "truth" / name, [blob(object_id, t) for t in range(5)])
        write_masks(tmp_path / "masks" / name, [blob(object_id, t) for t in range(5)])
        write_masks(tmp_path / "worse" / name, [blob(object_id)] * 5)
    return tmp_path


@pytest.mark.parametrize("protocol", protocols.names())
def test_several_folders_score_as_each_does_alone(several: Path, protocol: str) -> None:
    together = score(several, protocol, "masks", "worse")
    assert together == score(several, protocol) + score(several, protocol, "worse")
    better, worse = (scores.objects[0].J.mean for scores in together)
    assert better == 1.0 > worse


def test_folders_need_not_have_the_same_sequences(several: Path) -> None:
    (several / "worse" / "dogs").rename(several / "elsewhere")
    full, lacking = score(several, "davis2016", "masks", "worse", partial_results=True)
    assert [each.sequence for each in full.objects] == ["cows", "dogs", "goat"]
    assert [each.sequence for each in lacking.objects] == ["cows", "goat"]
    assert lacking.notes == (f"{several / 'worse'} has no masks of sequence dogs: left out",)


def test_processes_change_nothing(several: Path) -> None:
    folders = "masks", "worse"
    one = score(several, "lvos", *folders)
    assert score(several, "lvos", *folders, workers=2) == one
    assert score(several, "lvos", *folders, workers=7) == one


def test_an_error_in_a_process_is_the_same_sentence(several: Path) -> None:
    (several / "masks" / "dogs" / "00002.png").write_bytes(b"no picture")
    said = []
    for workers in (1, 2):
        with pytest.raises(DataError, match=r"dogs/00002\.png") as caught:
            score(several, "davis2017", workers=workers)
        said.append(str(caught.value))
    assert said[0] == said[1]


def objects_of(root: Path, **objects: list[LabelMap]) -> Path:
    """Object folders of sequence `clip`: `_000` for 000; annotations, and the same as masks."""
    for name, masks in objects.items():
        for side in ("truth", "masks"):
            write_masks(root / side / "clip" / name.removeprefix("_"), masks)
    return root


def test_each_object_may_have_a_folder_and_000_is_one(tmp_path: Path) -> None:
    root = objects_of(tmp_path, _000=[blob(255)] * 4, _012=[blob(1, t) for t in range(6)])
    for frame in ("00001", "00002"):
        (root / "masks" / "clip" / "012" / f"{frame}.png").unlink()
    write_masks(root / "spare", [blob(7, 14), blob(7, 2)])
    for at, frame in enumerate(("00001", "00002")):
        (root / "spare" / f"0000{at}.png").rename(root / "masks" / "clip" / "012" / f"{frame}.png")
    (scores,) = score(root, "sa-v")
    found = [(each.sequence, each.object_id, each.frames, each.J.mean) for each in scores.objects]
    # 012 counts in frames 1 to 4: the mask lies elsewhere in 1 and is right in the others.
    assert found == [("clip", 0, 2, 1.0), ("clip", 12, 4, 0.75)]
    assert scores.notes == ()


def test_objects_count_on_the_frames_of_their_own_folder(tmp_path: Path) -> None:
    root = objects_of(tmp_path, _000=[blob()] * 5, _001=[blob(1, t) for t in range(5)])
    for side in ("truth", "masks"):
        for frame in ("00000", "00001"):
            (root / side / "clip" / "001" / f"{frame}.png").unlink()
    (scores,) = score(root, "sa-v")
    assert [(each.object_id, each.frames) for each in scores.objects] == [(0, 3), (1, 1)]


def test_an_object_without_a_pixel_is_left_out_with_a_note(tmp_path: Path) -> None:
    root = objects_of(
        tmp_path, _000=[blob()] * 4, _003=[blob(), blob(0), blob(0), blob()], _004=[blob(0)] * 4
    )
    (scores,) = score(root, "sa-v")
    assert [each.object_id for each in scores.objects] == [0]
    assert scores.notes == tuple(
        f"sequence clip: 1 object ({object_id}) left out, since no frame of it counts under "
        "protocol sa-v"
        for object_id in (3, 4)
    )


def test_masks_that_overlap_are_two_objects(tmp_path: Path) -> None:
    root = objects_of(tmp_path, _000=[blob()] * 4, _001=[blob()] * 4)
    (scores,) = score(root, "sa-v")
    assert [(each.object_id, each.J.mean) for each in scores.objects] == [(0, 1.0), (1, 1.0)]


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("no object", r"clip has no masks of object 001; expected a folder for each of 2 objects"),
        ("no frame", r"001/00001\.png is missing \(1 of 4 frames"),
        ("two values", r"00002\.png shows more than one object, expected 0 and one other value"),
        ("a name", r"clip/fish is not named by a number; .* such as 000"),
        ("twins", r"clip holds object 1 twice, 001 and 1; keep one"),
        ("short", r"object 002 of sequence clip has 2 frames, .* at least 3 frames"),
        ("size", r"frame 00001 of object 000 of sequence clip is 20×13 pixels"),
    ],
)
def test_what_is_wrong_with_object_folders_is_said(
    tmp_path: Path, damage: str, sentence: str
) -> None:
    root = objects_of(tmp_path, _000=[blob()] * 4, _001=[blob()] * 4)
    masks = root / "masks" / "clip"
    spoilt = {
        "no object": lambda: (masks / "001").rename(root / "elsewhere"),
        "no frame": lambda: (masks / "001" / "00001.png").unlink(),
        "two values": lambda: replace(masks / "001" / "00002.png", blob(1) + blob(2, 8)),
        "a name": lambda: objects_of(root, fish=[blob()] * 4),
        "twins": lambda: objects_of(root, _1=[blob()] * 4),
        "short": lambda: objects_of(root, _002=[blob()] * 2),
        "size": lambda: replace(masks / "000" / "00001.png", np.zeros((13, 20), np.uint8)),
    }
    spoilt[damage]()
    with pytest.raises(DataError, match=sentence):
        score(root, "sa-v")


def replace(file: Path, mask: LabelMap) -> None:
    write_masks(file.parent / "new", [mask])
    (file.parent / "new" / "00000.png").replace(file)
    (file.parent / "new").rmdir()


@pytest.mark.parametrize("protocol", [name for name in protocols.names() if name != "sa-v"])
def test_only_sa_v_reads_object_folders(tmp_path: Path, protocol: str) -> None:
    root = objects_of(tmp_path, _000=[blob()] * 4)
    with pytest.raises(DataError, match=f"protocol {protocol} reads label maps; .* under sa-v"):
        score(root, protocol)


def test_a_folder_beside_label_maps_is_no_object(several: Path) -> None:
    (several / "truth" / "cows" / "overlays").mkdir()
    (scores,) = score(several, "sa-v", sequences=["cows"])
    assert [each.object_id for each in scores.objects] == [1]


def test_a_protocol_without_ranges_never_asks_the_list_of_objects(several: Path) -> None:
    meta = ObjectMeta(Path("meta.json"), {}, {("other", 1): FrameRange(0, 5, 5)})
    assert score(several, "davis2016", meta=meta) == score(several, "davis2016")
    with pytest.raises(DataError, match=r"meta\.json has no frame_range of an object of .* cows"):
        score(several, "lvos", meta=meta)


def test_frame_ranges_decide_what_counts_under_lvos(several: Path) -> None:
    ranges = {("cows", 1): FrameRange(1, 5, 4), ("cows", 2): FrameRange(0, 5, 5)}
    meta = ObjectMeta(Path("meta.json"), {}, ranges)
    (scores,) = score(several, "lvos", "worse", sequences=["cows"], meta=meta)
    # Object 1: frames 2 and 3, moved by 2 and 3 of 6 columns; object 2 is nowhere.
    (one, two) = scores.objects
    assert (one.frames, one.J.mean) == (2, pytest.approx((4 / 8 + 3 / 9) / 2))
    assert (two.object_id, two.frames, two.J.mean) == (2, 3, 1.0)


def test_objects_without_a_frame_that_counts_are_noted(tmp_path: Path) -> None:
    truth = [blob(1) + blob(4, 8), blob(1), blob(1), blob(1) + blob(2, 8), blob(1) + blob(3, 8)]
    write_masks(tmp_path / "truth" / "cows", truth)
    write_masks(tmp_path / "masks" / "cows", truth)
    # 4 is in the first frame only, 2 from the last frame on that counts, 3 in the very last.
    notes = {
        "vos-benchmark": "1 object (4) left out, since no frame of it counts",
        "youtube-vos": "1 object (2) left out, since no frame of it counts",
    }
    for protocol, note in notes.items():
        (scores,) = score(tmp_path, protocol)
        assert scores.notes == (f"sequence cows: {note} under protocol {protocol}",)
    (scores,) = score(tmp_path, "davis2017")
    assert (len(scores.objects), scores.notes) == (4, ())
