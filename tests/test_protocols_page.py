"""docs/protocols.md is true: its rules are numbered, and its example gives the figures it shows."""

import re
from pathlib import Path

import numpy as np
import pytest

from tests.metrics import protocol_oracle
from tests.metrics.clips import Clip
from tests.metrics.protocol_oracle import LabelMap, Scores
from tests.scoring.clip_folders import write_clip
from vosbench.evaluate import Rules, summarise
from vosbench.metrics import protocols
from vosbench.scoring.folders import score_folders
from vosbench.scoring.groups import Unseen, by_group, over_groups

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "protocols.md").read_text(encoding="utf-8")


def label_map(text: str) -> LabelMap:
    values = {".": 0, "#": 255} | {str(digit): digit for digit in range(1, 10)}
    return np.array([[values[each] for each in text]], np.uint8)


def example() -> Clip:
    (block,) = re.findall(r"```\nframe +annotation +mask\n(.*?)```", PAGE, re.DOTALL)
    lines = [line.split() for line in block.splitlines()]
    assert [line[0] for line in lines] == [f"{index:05d}" for index in range(len(lines))]
    truth, masks = (tuple(label_map(line[place]) for line in lines) for place in (1, 2))
    return Clip(truth, masks)


def table(*columns: str) -> list[list[str]]:
    """Rows of the table with these columns."""
    head = f"| {' | '.join(columns)} |\n| {' | '.join('---' for _ in columns)} |\n"
    assert PAGE.count(head) == 1
    body = PAGE.split(head)[1].split("\n\n")[0]
    return [[cell.strip(" `") for cell in row.split("|")[1:-1]] for row in body.splitlines()]


def shown(figure: float | None) -> str:
    return "" if figure is None else f"{figure:.4f}"


@pytest.mark.parametrize("protocol", protocols.names())
def test_the_example_gives_the_figures_on_the_page(protocol: str, tmp_path: Path) -> None:
    write_clip(tmp_path, "clip", example())
    rules = Rules(protocols.get(protocol), extra_ids="ignore")
    (scores,) = score_folders([tmp_path / "masks"], tmp_path / "truth", rules)
    rows = table("protocol", "object", "frames", "J", "F", "V")
    assert [row[1:] for row in rows if row[0] == protocol] == [
        [
            str(each.object_id),
            str(each.frames),
            *map(shown, (each.J.mean, each.F.mean, each.variability)),
        ]
        for each in scores.objects
    ]
    summary = summarise(scores.objects)
    final = None
    if rules.protocol.groups:
        unseen = Unseen(Path("unseen.txt"), frozenset({"clip/2"}), {})
        final = over_groups(by_group(scores.objects, unseen)).J_and_F
    figures = summary.J.mean, summary.F.mean, summary.J_and_F, final, summary.variability
    (row,) = [
        row for row in table("protocol", "objects", "J", "F", "J&F", "G", "V") if row[0] == protocol
    ]
    assert row[1:] == [str(summary.objects), *map(shown, figures)]


@pytest.mark.parametrize("protocol", protocols.names())
def test_the_figures_on_the_page_follow_from_the_rules(protocol: str) -> None:
    clip = example()
    scores: Scores
    if protocol == "davis2017":
        scores = protocol_oracle.davis2017(clip.truth, clip.masks, ignore_extra=True)
    else:
        scores = protocol_oracle.BY_NAME[protocol](clip.truth, clip.masks)
    rows = table("protocol", "object", "frames", "J", "F", "V")
    assert [row[1:5] for row in rows if row[0] == protocol] == [
        [
            str(object_id),
            str(len(found)),
            shown(protocol_oracle.mean([J for _, J, _ in found])),
            shown(protocol_oracle.mean([F for _, _, F in found])),
        ]
        for object_id, found in sorted(scores.items())
    ]


def test_every_protocol_has_a_section_of_rules_numbered_in_order() -> None:
    rules = re.findall(r"^- \*\*([a-z0-9-]+)-(\d+)\*\*", PAGE, re.MULTILINE)
    numbers: dict[str, list[int]] = {}
    for name, number in rules:
        numbers.setdefault(name, []).append(int(number))
    assert list(numbers) == ["all", *protocols.names()]
    for name, found in numbers.items():
        assert found == list(range(1, len(found) + 1)), name
    sections = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
    assert [name for name in sections if name in protocols.names()] == list(protocols.names())
    assert [
        row[0] for row in table("protocol", "objects", "frames of an object", "final figure")
    ] == [*protocols.names()]


def test_rules_that_are_referred_to_exist() -> None:
    rules = set(re.findall(r"^- \*\*([a-z0-9-]+-\d+)\*\*", PAGE, re.MULTILINE))
    named = "|".join(("all", *protocols.names()))
    assert set(re.findall(rf"\b((?:{named})-\d+)\b", PAGE)) <= rules
