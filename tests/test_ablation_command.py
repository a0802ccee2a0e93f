"""`vosbench ablate` as users see it: tables, files, exit codes, going on after a kill."""

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from tests.tiny_ablations import plugin
from vosbench.ablation_command import check_training, open_ablation
from vosbench.ablation_runs import Workplace, plan
from vosbench.cli import main
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import UsageError
from vosbench.masks import write_mask
from vosbench.methods._train_command import train_group
from vosbench.registry import open_dataset

ROOT = Path(__file__).resolve().parents[1]

ROWS = """\
title = "Growth"
steps = [1, 5]

[[row]]
label = "slow"
method = "grow-5"
settings = { rate = 0.05 }

[[row]]
label = "quick"
method = "grow-5"
"""

Vosbench = Callable[..., int]


@pytest.fixture
def vosbench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vosbench:
    """Runs one command in a folder with a definition, a plug-in and two sequences."""
    monkeypatch.chdir(tmp_path)
    plugin(tmp_path)
    Path("growth.toml").write_text(ROWS)
    for number, sequence in enumerate(("ball", "box")):
        for folder in ("images", "annotations"):
            Path(folder, sequence).mkdir(parents=True)
        for index in range(4):
            mask = np.zeros((24, 32), np.uint8)
            mask[6:16, 4 + index : 16 + index] = 1
            write_mask(Path("annotations", sequence, f"{index}.png"), mask)
            image = np.dstack([0 * mask, mask * 20 * number, mask * 90])
            PIL.Image.fromarray(image).save(Path("images", sequence, f"{index}.png"))

    def call(*arguments: object) -> int:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        assert isinstance(left.value.code, int)
        return left.value.code

    return call


DATA = ("--dataset", "folders", "--images", "images", "--annotations", "annotations")
ABLATE = ("ablate", "growth.toml", "--plugin", "grow.py", *DATA)


def figures(text: str) -> dict[tuple[str, str], float]:
    return {
        (row["row"], row["steps"]): float(row["J"]) for row in csv.DictReader(text.splitlines())
    }


def test_one_command_makes_table_and_curve(vosbench: Vosbench, capsys) -> None:
    assert vosbench(*ABLATE, "--figure", "out/curve.png", "--format", "csv") == 0
    found = figures(capsys.readouterr().out)
    assert set(found) == {("slow", "1"), ("slow", "5"), ("quick", "1"), ("quick", "5")}
    assert found["slow", "1"] < found["slow", "5"] < found["quick", "5"]
    assert Path("out/curve.png").read_bytes().startswith(b"\x89PNG")
    assert len(Path("out/curve.csv").read_text().splitlines()) == 5


def test_kept_runs_give_the_same_table_and_curve(vosbench: Vosbench, capsys) -> None:
    assert vosbench(*ABLATE, "--figure", "one.svg", "--format", "csv") == 0
    made = figures(capsys.readouterr().out)
    assert vosbench("report", "--table", "ablation", "--format", "csv") == 0
    assert figures(capsys.readouterr().out) == made
    assert vosbench("report", "--figure", "anytime", "--out", "two.svg") == 0
    one, two = (Path(name).read_text().splitlines() for name in ("one.csv", "two.csv"))
    assert sorted(one) == sorted(two)  # lines made within one second have no order


def test_columns_can_be_asked_for(vosbench: Vosbench, capsys) -> None:
    assert vosbench(*ABLATE, "--steps", "0, 2", "--format", "csv") == 0
    assert {steps for _, steps in figures(capsys.readouterr().out)} == {"0", "2"}


def test_a_dry_run_tells_and_does_nothing(vosbench: Vosbench, capsys) -> None:
    text = ROWS + '\nweights = "w"\n[weights.w]\ntrain = ["parent", "--steps", "7"]\nminutes = 3\n'
    Path("growth.toml").write_text(text)
    assert vosbench(*ABLATE, "--dry-run") == 0
    said = capsys.readouterr().out
    assert "train w: about 3 minutes\n  vosbench train parent --steps 7 --out weights/w-" in said
    assert "runs on folders for the table: 4, of 8 frames" in said
    assert not Path("runs").exists()


def test_trainings_are_those_of_the_command_line(vosbench: Vosbench, capsys) -> None:
    Path("growth.toml").write_text(
        'steps = [0, 1]\n[weights.w]\ntrain = ["parent", "--steps", "1", "--clips", "1"]\n'
        '[[row]]\nlabel = "tuned"\nmethod = "finetune-50"\nweights = "w"\n'
        '[[row]]\nlabel = "boxes given"\nmethod = "finetune-50"\nweights = "w"\n'
        'boxes = ["annotation"]\n'
    )
    assert vosbench(*ABLATE, "--format", "csv") == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert [row["trust"] for row in rows] == ["measured"] * 2 + ["oracle"] * 2
    assert all(float(row["training_cpu_seconds"]) > 0 for row in rows)
    assert [path.suffix for path in Path("weights").glob("w-*.safetensors")] == [".safetensors"]


def test_what_fails_loses_nothing_else(vosbench: Vosbench, capsys) -> None:
    image = PIL.Image.open("images/ball/0.png").convert("RGB")
    image.putpixel((0, 0), (99, 0, 0))
    image.save("images/ball/0.png")
    text = ROWS + '\n[[row]]\nlabel = "bad"\nmethod = "grow-5"\nweights = "w"\n[weights.w]\n'
    Path("growth.toml").write_text(text + 'file = "none"\n')
    assert vosbench(*ABLATE) == 2
    said = capsys.readouterr()
    assert "1 of 2 sequences" in said.out
    assert "there is no checkpoint weights/none" in said.out
    assert "Failed: bad, T = 5: there is no checkpoint" in said.err
    assert said.err.count("sequence ball: RuntimeError: too dark") == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ablate", "compct"), "no ablation 'compct' (did you mean compact?)"),
        ((*ABLATE, "--steps", "5,x"), "--steps takes whole numbers"),
        ((*ABLATE, "--figure", "curve.gif"), "a figure cannot be written as curve.gif"),
        (("report", "--figure", "anytime"), "needs a file to write: --out FILE.png"),
        (("report", "--figure", "anytme", "--out", "a.png"), "did you mean anytime?"),
        (("report",), "one of --table NAME, --figure NAME"),
    ],
)
def test_what_cannot_be_done_is_refused_at_once(
    vosbench: Vosbench, capsys, arguments: tuple[object, ...], message: str
) -> None:
    assert vosbench(*arguments) == 1
    assert message in capsys.readouterr().err
    assert not Path("runs").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ('["parnt"]', "no `vosbench train parnt` (did you mean parent?)"),
        ('["parent", "--stps", "1"]', "does not work: No such option"),
        ('["parent", "--steps", "many"]', "does not work: Invalid value for '--steps'"),
    ],
)
def test_a_training_that_could_not_start_is_refused_at_once(
    vosbench: Vosbench, capsys, arguments: str, message: str
) -> None:
    text = f'{ROWS}\nweights = "w"\n[weights.w]\ntrain = {arguments}\n'
    Path("growth.toml").write_text(text)
    assert vosbench(*ABLATE) == 1
    assert message in capsys.readouterr().err
    assert not Path("runs").exists()


def test_it_goes_on_after_a_kill(vosbench: Vosbench, tmp_path: Path, capsys) -> None:
    plain = (tmp_path / "grow.py").read_text()
    (tmp_path / "grow.py").write_text(
        plain.replace(
            "        self.last = mask\n\n    def step",
            "        self.last = mask\n"
            "        if self.share > 0.4 and Path('hang').exists():\n"
            "            Path('hanging').touch()\n"
            "            __import__('time').sleep(600)\n\n    def step",
        )
    )
    (tmp_path / "hang").touch()
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from vosbench.cli import main; main()"
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    started = subprocess.Popen([sys.executable, "-c", code, *ABLATE], env=environment)
    try:
        while not (tmp_path / "hanging").exists():
            assert started.poll() is None
            time.sleep(0.05)
    finally:
        started.send_signal(signal.SIGKILL)
        started.wait()
    before = {path: path.stat().st_mtime_ns for path in Path("runs").glob("*/records/*.json")}
    assert len(before) == 6  # slow at 1 and 5, quick at 1; quick at 5 hung
    (tmp_path / "hang").unlink()
    assert vosbench(*ABLATE) == 0
    after = {path: path.stat().st_mtime_ns for path in Path("runs").glob("*/records/*.json")}
    assert len(after) == 8
    assert before.items() <= after.items()


class TestTheAblationsThatShip:
    @pytest.mark.parametrize("name", ["compact", "maskrcnn"])
    def test_every_method_setting_and_training_in_them_exists(
        self, name: str, tmp_path: Path
    ) -> None:
        ablation = open_ablation(name)
        for made in ablation.weights.values():
            if made.file is not None:
                (tmp_path / made.file).write_bytes(b"-")
        place = Workplace(runs=tmp_path, weights=tmp_path, select=True)
        found = plan(ablation, open_dataset("sample", DatasetOptions()), place)
        assert found.places == sum(len(r.steps) * len(r.boxes) for r in ablation.rows)
        train = train_group(lambda folder: None)
        for training in found.trainings:
            check_training(train, training.arguments)

    def test_the_control_has_had_as_much_training(self) -> None:
        weights = open_ablation("compact").weights
        assert weights["longer"].train[0] == "parent"
        learned = [made for made in weights.values() if made.train[0] == "eosvos"]
        for made in (weights["longer"], *learned):
            assert made.needs == ("parent",)
        longest = max(made.minutes or 0.0 for made in learned)
        assert weights["longer"].minutes == pytest.approx(longest, rel=0.1)

    def test_its_rates_are_never_chosen_on_the_data_of_the_table(self, tmp_path: Path) -> None:
        ablation = open_ablation("compact")
        place = Workplace(runs=tmp_path, weights=tmp_path, select=True)
        with pytest.raises(UsageError, match="cannot be chosen on synthetic"):
            plan(ablation, open_dataset("synthetic", DatasetOptions()), place)
