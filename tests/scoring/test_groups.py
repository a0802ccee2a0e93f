"""Seen and unseen objects: who is what, and G over both groups."""

from pathlib import Path

import pytest

from vosbench.errors import DataError
from vosbench.records import ObjectScore, Statistic
from vosbench.scoring.groups import Unseen, by_group, over_groups, read_unseen
from vosbench.scoring.object_meta import ObjectMeta


def score(
    sequence: str, object_id: int, J: float, F: float, spread: float | None = None
) -> ObjectScore:
    return ObjectScore(sequence, object_id, 4, Statistic(J, J, 0.0), Statistic(F, F, 0.5), spread)


SCORES = (
    score("cows", 1, 0.5, 0.75, 0.125),
    score("cows", 2, 0.25, 0.25, 0.25),
    score("dogs", 1, 1.0, 0.5, 0.375),
)
META = ObjectMeta(
    Path("meta.json"),
    {("cows", 1): "cow", ("cows", 2): "cow boy", ("dogs", 1): "dog"},
    {},
)


def unseen(tmp_path: Path, text: str, meta: ObjectMeta | None = None) -> Unseen:
    (tmp_path / "unseen.txt").write_text(text, encoding="utf-8")
    return read_unseen(tmp_path / "unseen.txt", meta)


@pytest.mark.parametrize(
    ("text", "meta", "groups"),
    [
        ("cows", None, ["unseen", "unseen", "seen"]),
        ("\n  dogs \r\n\ngoat\n", None, ["seen", "seen", "unseen"]),
        ("cows/2", None, ["seen", "unseen", "seen"]),
        ("cow boy\n", META, ["seen", "unseen", "seen"]),
        ("dog\ncows/1\n", META, ["unseen", "seen", "unseen"]),
    ],
)
def test_lines_are_sequences_objects_or_categories(
    tmp_path: Path, text: str, meta: ObjectMeta | None, groups: list[str]
) -> None:
    listed = unseen(tmp_path, text, meta)
    assert [listed.group(each) for each in SCORES] == groups


def test_g_is_the_mean_over_groups_whatever_their_size(tmp_path: Path) -> None:
    groups = by_group(SCORES, unseen(tmp_path, "dogs"))
    assert {name: group.objects for name, group in groups.items()} == {"seen": 2, "unseen": 1}
    overall = over_groups(groups)
    # J: ((0.5 + 0.25) / 2 + 1) / 2, F: ((0.75 + 0.25) / 2 + 0.5) / 2
    assert Statistic(0.6875, 0.6875, 0.0) == overall.J
    assert Statistic(0.5, 0.5, 0.5) == overall.F
    assert overall.J_and_F == (0.375 + 0.5 + 1.0 + 0.5) / 4
    assert (overall.objects, overall.frames) == (3, 12)
    assert overall.variability == ((0.125 + 0.25) / 2 + 0.375) / 2


def test_groups_of_a_protocol_without_variability_have_none(tmp_path: Path) -> None:
    plain = [score(each.sequence, each.object_id, 0.5, 0.5) for each in SCORES]
    assert over_groups(by_group(plain, unseen(tmp_path, "dogs"))).variability is None


@pytest.mark.parametrize(
    ("text", "meta", "sentence"),
    [
        ("goat", None, r"\(goat\) every object scored is seen, .* categories need --meta too$"),
        ("", None, r"\(no line\) every object scored is seen"),
        ("cows\ndogs", None, r"\(cows, dogs\) every object scored is unseen"),
        ("cat", META, r"every object scored is seen, .* SEQUENCE/ID, or a category$"),
    ],
)
def test_a_list_that_leaves_a_group_empty_is_refused(
    tmp_path: Path, text: str, meta: ObjectMeta | None, sentence: str
) -> None:
    with pytest.raises(DataError, match=sentence):
        by_group(SCORES, unseen(tmp_path, text, meta))


def test_a_list_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"list of what is unseen .* cannot be read"):
        read_unseen(tmp_path / "absent.txt", None)
    (tmp_path / "unseen.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match=r"list of what is unseen .* cannot be read"):
        read_unseen(tmp_path / "unseen.txt", None)
