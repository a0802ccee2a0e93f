"""Ablations carried out: trainings by content, runs that are kept, choices, failures."""

import dataclasses
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.tiny_ablations import DEFINITION, definition, plugin
from tests.tiny_runs import BEAR, CAT, DOG, silent
from tests.tiny_runs import dataset as tiny
from vosbench.ablation import Line, read_ablation
from vosbench.ablation_runs import Plan, Workplace, carry_out, plan
from vosbench.errors import DataError, UsageError
from vosbench.progress import Progress
from vosbench.sequence import Dataset

SMALL = tiny(BEAR)

GRID = """\
steps = [0, 10]

[validation]
count = 1

[[row]]
label = "chosen"
method = "grow-5"
choose = { rate = [0.01, 0.1] }
"""


class Trainings:
    """Stands for `vosbench train`: writes what the method reads, and remembers what it was asked.

    A child of `parent` is better than it, and took longer.
    """

    def __init__(self, *broken: str) -> None:
        self.asked: list[list[str]] = []
        self._broken = broken

    def __call__(self, arguments: Sequence[str]) -> None:
        self.asked.append(list(arguments))
        if arguments[0] in self._broken:
            raise DataError(f"{arguments[0]} diverged")
        options = dict(zip(arguments[1::2], arguments[2::2], strict=True))
        bonus, seconds = 0.2, 120.0
        if "--parent" in options:
            bonus, seconds = (
                2 * float(word) for word in Path(options["--parent"]).read_text().split()
            )
        out = Path(options["--out"])
        out.parent.mkdir(exist_ok=True)
        out.write_text(f"{bonus} {seconds}")


@pytest.fixture
def at(tmp_path: Path) -> Workplace:
    return Workplace(
        runs=tmp_path / "runs", weights=tmp_path / "weights", plugins=(plugin(tmp_path),)
    )


@pytest.fixture
def carried(at: Workplace, tmp_path: Path) -> Callable[..., tuple[Line, ...]]:
    """Carries out a definition over one sequence."""

    def call(
        text: str = DEFINITION,
        train: Trainings | None = None,
        dataset: Dataset = SMALL,
        progress: Progress | None = None,
        **changes: object,
    ) -> tuple[Line, ...]:
        place = dataclasses.replace(at, **changes)  # type: ignore[arg-type]
        todo = plan(read_ablation(definition(tmp_path, text)), dataset, place)
        return carry_out(todo, place, train=train or Trainings(), progress=progress or silent())

    return call


def planned(text: str, at: Workplace, folder: Path, dataset: Dataset = SMALL) -> Plan:
    return plan(read_ablation(definition(folder, text)), dataset, at)


def mean_j(line: Line, steps: int) -> float:
    scores = [score.J.mean for record in line.runs[steps].records for score in record.scores]
    return sum(scores) / len(scores)


class TestTrainings:
    def test_each_is_done_once_after_its_parent(self, carried) -> None:
        train = Trainings()
        carried(train=train)
        assert [asked[0] for asked in train.asked] == ["parent", "eosvos"]
        assert train.asked[0][1:3] == ["--steps", "3"]
        made = train.asked[0][train.asked[0].index("--out") + 1]
        assert train.asked[1][train.asked[1].index("--parent") + 1] == made

    def test_what_is_there_is_not_trained_again(self, carried) -> None:
        carried()
        again = Trainings()
        carried(train=again)
        assert again.asked == []

    def test_a_parent_trained_otherwise_makes_other_children(self, at, carried) -> None:
        carried()
        again = Trainings()
        carried(DEFINITION.replace('"3"', '"4"'), train=again)
        assert [asked[0] for asked in again.asked] == ["parent", "eosvos"]
        assert len(list(at.weights.iterdir())) == 4

    def test_a_failed_one_takes_its_rows_with_it_and_no_others(self, carried) -> None:
        slow, quick = carried(train=Trainings("eosvos"))
        assert set(slow.runs) == {5}
        assert not quick.runs
        assert quick.missing[5] == "training of child failed: eosvos diverged"

    def test_children_of_a_failed_parent_are_not_tried(self, carried) -> None:
        train = Trainings("parent")
        lines = carried(train=train)
        assert len(train.asked) == 1
        assert all("training of parent failed" in line.missing[5] for line in lines)

    def test_one_that_leaves_nothing_has_failed(self, at, tmp_path: Path) -> None:
        todo = planned(DEFINITION, at, tmp_path)
        lines = carry_out(todo, at, train=lambda arguments: None, progress=silent())
        assert "it left no checkpoint" in lines[0].missing[5]

    def test_nothing_is_trained_that_no_row_needs(self, carried) -> None:
        train = Trainings()
        carried(DEFINITION.replace('weights = "child"', ""), train=train)
        assert [asked[0] for asked in train.asked] == ["parent"]


class TestRuns:
    def test_every_row_has_a_run_for_every_number_of_steps(self, carried) -> None:
        slow, quick = carried(DEFINITION.replace("[5]", "[0, 5]"))
        assert (slow.label, quick.label) == ("slow", "quick")
        assert (set(slow.runs), set(quick.runs)) == ({0, 5}, {0, 5})
        assert slow.runs[5].manifest.settings["steps"] == 5
        assert slow.runs[5].manifest.label == "slow"
        assert (slow.reference, quick.reference) == ("", "slow")
        assert mean_j(slow, 0) < mean_j(slow, 5) < mean_j(quick, 5)

    def test_what_is_there_is_not_computed_again(self, carried) -> None:
        first = carried()
        said = io.StringIO()
        again = carried(progress=Progress(said))
        assert [line.runs[5].records for line in again] == [line.runs[5].records for line in first]
        assert said.getvalue().count("1 of 1 sequences are done already") == 2
        assert " J 0." not in said.getvalue()  # what is said of a sequence that was computed

    def test_a_setting_that_the_method_has_anyway_makes_no_run_of_its_own(self, carried) -> None:
        text = '[[row]]\nlabel = "a"\nmethod = "grow-5"\nsettings = { rate = 0.1 }\nsteps = [5, 10]'
        (line,) = carried(text)
        assert line.runs[5].manifest.run == "grow-5__tiny__seed0"
        assert line.runs[10].manifest.run == "grow-5__tiny__seed0__steps=10"

    def test_annotated_boxes_are_a_block_of_oracles_below(self, carried) -> None:
        lines = carried('boxes = ["predicted", "annotation"]\n' + DEFINITION)
        assert [(line.label, line.oracle) for line in lines] == [
            ("slow", False),
            ("quick", False),
            ("slow", True),
            ("quick", True),
        ]
        assert all(
            run.manifest.sees_annotations for line in lines[2:] for run in line.runs.values()
        )
        assert mean_j(lines[2], 5) == 1

    def test_a_sequence_that_fails_takes_nothing_else_with_it(self, carried) -> None:
        black = dataclasses.replace(CAT, read_image=lambda index: _dark(CAT.read_image(index)))
        slow, _ = carried(dataset=tiny(BEAR, black))
        assert [record.state for record in slow.runs[5].records] == ["done", "failed"]

    def test_a_checkpoint_that_cannot_be_used_leaves_its_row_empty(self, carried, tmp_path) -> None:
        (tmp_path / "weights").mkdir()
        (tmp_path / "weights" / "bad").write_text("no number")
        text = DEFINITION + '[[row]]\nlabel = "bad"\nmethod = "grow-5"\nweights = "bad"\n'
        lines = carried(text + '[weights.bad]\nfile = "bad"\n')
        assert set(lines[1].runs) == {5}
        assert "could not convert" in lines[2].missing[5]


def _dark(image):
    image[0, 0, 0] = 99
    return image


class TestWhatIsRefusedBeforeAnythingBegins:
    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (('method = "grow-5"', 'method = "grow-6"'), r"row 'slow': no method 'grow-6'"),
            (("rate =", "rtae ="), r"row 'slow': grow-5 has no setting 'rtae' \(did you mean rate"),
            (("0.05", '"much"'), "row 'slow': setting rate takes a number, not 'much'"),
            (('method = "grow-5"', 'method = "copy-first"'), "copy-first has no setting 'rate'"),
        ],
    )
    def test_names_and_values(self, at, tmp_path: Path, change, message: str) -> None:
        with pytest.raises(UsageError, match=message):
            planned(DEFINITION.replace(*change, 1), at, tmp_path)
        assert not at.runs.exists()

    def test_weights_that_are_not_there(self, at, tmp_path: Path) -> None:
        text = '[weights.a]\ntrain = ["x", "{b}"]\n[weights.b]\nfile = "none"\n'
        with pytest.raises(DataError, match=r"the weights 'b' cannot be read: .*weights/none"):
            planned(text + '[[row]]\nlabel = "r"\nmethod = "grow-5"\nweights = "a"', at, tmp_path)

    def test_a_grid_without_a_choice(self, at, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="leaves rate open; add --select"):
            planned(GRID, at, tmp_path)

    def test_a_choice_on_the_data_of_the_table(self, at, tmp_path: Path) -> None:
        from vosbench.datasets.options import DatasetOptions
        from vosbench.registry import open_dataset

        same = open_dataset("synthetic", DatasetOptions(count=2))
        choosing = dataclasses.replace(at, select=True)
        with pytest.raises(UsageError, match=r"cannot be chosen on synthetic .* synthetic-0-000"):
            planned(GRID, choosing, tmp_path, same)
        other = open_dataset("synthetic", DatasetOptions(count=2, seed=1))
        assert planned(GRID, choosing, tmp_path, other).choices == 4


class TestChoices:
    @pytest.fixture(autouse=True)
    def meadow(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Validation data that cost no time."""
        meadow = dataclasses.replace(tiny(DOG), name="meadow")
        monkeypatch.setattr("vosbench.ablation_runs.open_dataset", lambda name, options: meadow)

    def test_every_number_of_steps_gets_what_is_best_on_the_validation_data(self, carried) -> None:
        (line,) = carried(GRID, select=True)
        assert {n: run.manifest.settings["rate"] for n, run in line.runs.items()} == {
            0: 0.01,  # both alike: the first
            10: 0.1,
        }
        assert {run.manifest.dataset for run in line.runs.values()} == {"tiny"}
        (remark,) = line.remarks
        assert "rate = 0.01 at T = 0; rate = 0.1 at T = 10" in remark
        assert "rate of 0.01, 0.1" in remark
        assert "by mean J on 1 sequence of meadow" in remark

    def test_without_choosing_the_settings_of_the_row_hold(self, carried) -> None:
        (line,) = carried(GRID + "settings = { rate = 0.07 }\n")
        assert {run.manifest.settings["rate"] for run in line.runs.values()} == {0.07}
        assert line.remarks == ()
