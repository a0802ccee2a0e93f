"""The command line as scripts see it: output, files, exit codes."""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

import vosbench
from vosbench.cli import main
from vosbench.masks import read_mask, write_mask

ROOT = Path(__file__).resolve().parents[1]
SEQUENCES = ("ball", "box")
FRAMES = ("00000", "00001", "00002", "00003")

FRAGILE = '''\
"""Fails on the sequence that begins black."""

from vosbench.method import Method

VARIANTS = {"fragile": {}, "fragile-2": {"steps": 2}}


class Fragile(Method):
    def __init__(self, *, steps: int = 1) -> None:
        self.steps = steps

    def fit(self, image, mask):
        if not image.any():
            raise RuntimeError("too dark")
        self.mask = mask

    def step(self, image):
        return self.mask
'''

Vosbench = Callable[..., int]


@pytest.fixture
def vosbench_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vosbench:
    """Runs one command in an empty folder and returns its exit code."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> int:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        assert isinstance(left.value.code, int)
        return left.value.code

    return call


@pytest.fixture
def video(tmp_path: Path) -> tuple[object, ...]:
    """Options that name two tiny sequences; a square moves by one pixel a frame in each."""
    for number, sequence in enumerate(SEQUENCES):
        for folder in ("images", "annotations"):
            (tmp_path / folder / sequence).mkdir(parents=True)
        for index, frame in enumerate(FRAMES):
            mask = np.zeros((20, 30), np.uint8)
            mask[5:12, 4 + index : 14 + index] = 1
            write_mask(tmp_path / "annotations" / sequence / f"{frame}.png", mask)
            image = np.repeat(mask[:, :, None] * number * 200, 3, axis=2)
            path = tmp_path / "images" / sequence / f"{frame}.png"
            PIL.Image.fromarray(image.astype(np.uint8)).save(path)
    folders = ("--images", tmp_path / "images", "--annotations", tmp_path / "annotations")
    return ("--dataset", "folders", *folders)


@pytest.fixture
def fragile(tmp_path: Path) -> Path:
    file = tmp_path / "fragile.py"
    file.write_text(FRAGILE)
    return file


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def test_run_prints_tables_and_leaves_masks(vosbench_, video, tmp_path, capsys) -> None:
    assert vosbench_("run", "--method", "copy-first", *video) == 0
    shown = capsys.readouterr().out
    assert "copy-first" in shown
    assert all(f"{sequence} (1)" in shown for sequence in SEQUENCES)
    (folder,) = (tmp_path / "runs").iterdir()
    assert folder.name.startswith("copy-first")
    masks = sorted(path.relative_to(folder) for path in folder.glob("masks/*/*.png"))
    assert masks == [Path("masks") / s / f"{f}.png" for s in SEQUENCES for f in FRAMES]
    first = read_mask(folder / masks[0])
    assert (read_mask(folder / masks[-1]) == first).all()
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["command"].startswith("vosbench run --method copy-first --dataset folders")


def test_running_again_computes_nothing_and_fresh_computes_all(
    vosbench_, video, tmp_path, capsys
) -> None:
    written = []
    for extra in ((), (), ("--fresh",)):
        assert vosbench_("run", "--method", "copy-first", *video, *extra) == 0
        (record,) = tmp_path.glob("runs/*/records/box.json")
        written.append(record.stat().st_mtime_ns)
    assert written[0] == written[1] < written[2]
    capsys.readouterr()


def test_sequences_are_chosen_by_name(vosbench_, video, tmp_path, capsys) -> None:
    assert vosbench_("run", "--method", "copy-first", *video, "--sequences", "box") == 0
    assert [path.name for path in tmp_path.glob("runs/*/masks/*")] == ["box"]
    assert vosbench_("run", "--method", "copy-first", *video, "--sequences", "bux") == 1
    assert "did you mean box?" in capsys.readouterr().err


def test_a_failed_sequence_is_named_and_the_others_go_on(
    vosbench_, video, fragile, tmp_path, capsys
) -> None:
    assert vosbench_("run", "--method", "fragile", "--plugin", fragile, *video) == 2
    shown = capsys.readouterr()
    assert "Failed: fragile" in shown.err
    assert "ball" in shown.err
    assert "too dark" in shown.err
    assert [path.name for path in tmp_path.glob("runs/*/masks/*")] == ["box"]
    assert vosbench_("report", "--table", "per-sequence", "--format", "csv") == 0
    (row,) = [row for row in rows_of(capsys.readouterr().out) if row["sequence"] == "box"]
    assert float(row["J"]) < 1


def test_a_run_of_failures_only_still_ends_with_2(vosbench_, video, fragile, capsys) -> None:
    only = ("--sequences", "ball")
    assert vosbench_("run", "--method", "fragile", "--plugin", fragile, *video, *only) == 2
    assert "too dark" in capsys.readouterr().err


def test_a_frame_that_is_missing_fails_its_own_sequence_only(
    vosbench_, video, tmp_path, capsys
) -> None:
    (tmp_path / "images" / "ball" / "00002.png").unlink()
    chosen = ("run", "--method", "copy-first", *video)
    assert vosbench_(*chosen, "--sequences", "box") == 0
    assert capsys.readouterr().err.count("Failed") == 0
    assert vosbench_(*chosen) == 2
    shown = capsys.readouterr()
    assert "sequence ball: " in shown.err
    assert "ball lacks the image of frame 00002" in shown.err
    assert [path.name for path in tmp_path.glob("runs/*/masks/*")] == ["box"]
    assert vosbench_(*chosen, "--sequences", "ball") == 2
    (tmp_path / "images" / "box" / "00002.png").unlink()
    assert vosbench_(*chosen) == 5


CLUMSY = '''\
"""Cannot be built."""

from vosbench.errors import DataError
from vosbench.method import Method

VARIANTS = {"clumsy": {}, "unread": {"unread": True}}


class Clumsy(Method):
    def __init__(self, *, unread: bool = False) -> None:
        if unread:
            raise DataError("w.safetensors is no readable safetensors file")
        raise SystemExit("no engine")

    def fit(self, image, mask):
        pass

    def step(self, image):
        pass
'''


def test_a_method_that_cannot_be_built_keeps_no_other_from_running(
    vosbench_, video, fragile, tmp_path, capsys
) -> None:
    (tmp_path / "clumsy.py").write_text(CLUMSY)
    plugins = ("--plugin", "clumsy.py", "--plugin", fragile, *video, "--sequences", "box")
    some = ("--method", "copy-first", "--method", "clumsy", "--method", "unread")
    assert vosbench_("run", *some, "--method", "fragile", *plugins) == 2
    shown = capsys.readouterr()
    assert "copy-first" in shown.out and "fragile" in shown.out
    *_, clumsy, unread = shown.err.splitlines()
    assert clumsy.startswith("Failed: clumsy: method clumsy cannot be built: SystemExit: no")
    assert unread == "Failed: unread: w.safetensors is no readable safetensors file"
    made = [path.parent.name.partition("__")[0] for path in tmp_path.glob("runs/*/manifest.json")]
    assert sorted(made) == ["copy-first", "fragile"]
    for only, code in ((("unread",), 5), (("clumsy",), 2), (("unread", "clumsy"), 5)):
        chosen = (part for name in only for part in ("--method", name))
        assert vosbench_("run", *chosen, *plugins) == code
        told = capsys.readouterr()
        assert told.out == ""
        assert "Traceback" not in told.err


@pytest.mark.parametrize("wrong", [("--method", "clumsi"), ("--set", "unred=1")])
def test_names_that_do_not_exist_are_refused_before_anything_runs(
    vosbench_, video, fragile, tmp_path, capsys, wrong
) -> None:
    chosen = ("--method", "copy-first", "--method", "fragile", "--plugin", fragile)
    assert vosbench_("run", *chosen, *wrong, *video) == 1
    assert not (tmp_path / "runs").exists()
    assert capsys.readouterr().out == ""


def test_settings_go_to_every_method_that_has_them(
    vosbench_, video, fragile, tmp_path, capsys
) -> None:
    methods = ("--method", "fragile", "--method", "fragile-2", "--method", "copy-first")
    assignments = ("--set", "steps=7", "--set", "fragile-2.steps=9")
    chosen = ("--plugin", fragile, *video, "--sequences", "box")
    assert vosbench_("run", *methods, *assignments, *chosen) == 0
    manifests = [json.loads(path.read_text()) for path in tmp_path.glob("runs/*/manifest.json")]
    assert {m["method"]: m["settings"] for m in manifests} == {
        "fragile": {"steps": 7},
        "fragile-2": {"steps": 9},
        "copy-first": {},
    }
    capsys.readouterr()


def test_stored_masks_become_a_column_of_their_label(vosbench_, video, tmp_path, capsys) -> None:
    truth = tmp_path / "annotations"
    settings = ("--set", f"masks={truth}", "--set", "label=Oracle")
    assert vosbench_("run", "--method", "stored", *settings, *video) == 0
    capsys.readouterr()
    assert vosbench_("report", "--table", "overall", "--format", "json") == 0
    text = capsys.readouterr().out
    assert "Oracle" in text
    assert vosbench_("report", "--table", "per-sequence", "--format", "csv") == 0
    assert {float(row["J"]) for row in rows_of(capsys.readouterr().out)} == {1.0}


def test_evaluate_scores_kept_masks_again(vosbench_, video, tmp_path, capsys) -> None:
    assert vosbench_("run", "--method", "copy-first", *video) == 0
    before = capsys.readouterr().out
    (record,) = tmp_path.glob("runs/*/records/box.json")
    text = record.read_text()
    record.write_text(text.replace('"mean": 0.', '"mean": 0.0'))
    assert vosbench_("evaluate", *video) == 0
    assert capsys.readouterr().out == before
    assert vosbench_("evaluate", *video, "--runs", "elsewhere") == 1
    assert "holds no run on folders" in capsys.readouterr().err


@pytest.mark.parametrize("style", ["text", "md", "latex", "csv", "json"])
@pytest.mark.parametrize("table", ["per-sequence", "overall"])
def test_report_writes_every_format_to_a_file(
    vosbench_, video, tmp_path, capsys, table, style
) -> None:
    vosbench_("run", "--method", "copy-first", *video)
    capsys.readouterr()
    arguments = ("report", "--table", table, "--format", style)
    assert vosbench_(*arguments) == 0
    shown = capsys.readouterr().out
    assert vosbench_(*arguments, "--out", tmp_path / "new" / "table") == 0
    assert capsys.readouterr().out == ""
    assert (tmp_path / "new" / "table").read_text(encoding="utf-8") == shown
    assert "copy-first" in shown


def test_output_that_cannot_be_written_is_told_before_any_work(vosbench_, video, capsys) -> None:
    vosbench_("run", "--method", "copy-first", *video)
    capsys.readouterr()
    Path("file").touch()
    inside = ("--out", Path("file") / "inside")
    for arguments in (("report", "--table", "overall"), ("train", "parent")):
        assert vosbench_(*arguments, *inside) == 5
        told = capsys.readouterr()
        assert told.err.startswith(f"Error: cannot write {inside[1]}: its folder is a file")
        assert told.out == ""  # training tells every step


def test_an_interrupted_run_says_so_and_keeps_what_was_finished(
    vosbench_, video, fragile, tmp_path, capsys
) -> None:
    fragile.write_text(FRAGILE.replace('RuntimeError("too dark")', "KeyboardInterrupt"))
    chosen = ("--method", "fragile", "--plugin", fragile, *video, "--sequences", "box,ball")
    assert vosbench_("run", *chosen) == 130
    assert capsys.readouterr().err.endswith("\nInterrupted.\n")
    assert [path.name for path in tmp_path.glob("runs/*/records/*.json")] == ["box.json"]


def test_score_keeps_its_columns_and_ends_with_global(vosbench_, video, tmp_path, capsys) -> None:
    vosbench_("run", "--method", "copy-first", *video)
    capsys.readouterr()
    (masks,) = tmp_path.glob("runs/*/masks")
    arguments = ("score", masks, "--annotations", tmp_path / "annotations")
    assert vosbench_(*arguments, "--protocol", "davis2017", "--format", "csv") == 0
    text = capsys.readouterr().out
    assert text.startswith("sequence,object,J_mean,J_recall,J_decay,F_mean,F_recall,F_decay\n")
    rows = rows_of(text)
    assert [row["sequence"] for row in rows] == [*SEQUENCES, "GLOBAL"]
    # frames 1 and 2 count; the square of 10 columns has moved by 1 and by 2: 9/11 and 8/12
    assert float(rows[-1]["J_mean"]) == pytest.approx((9 / 11 + 8 / 12) / 2, abs=1e-12)
    assert vosbench_(*arguments, "--format", "json", "--sequences", "box") == 0
    assert json.loads(capsys.readouterr().out)[0]["J_mean"] == float(rows[1]["J_mean"])
    assert vosbench_(*arguments) == 0
    assert "GLOBAL" in capsys.readouterr().out


def test_score_of_incomplete_masks_fails_unless_asked(vosbench_, video, tmp_path, capsys) -> None:
    vosbench_("run", "--method", "copy-first", *video, "--sequences", "box")
    (masks,) = tmp_path.glob("runs/*/masks")
    arguments = ("score", masks, "--annotations", tmp_path / "annotations")
    assert vosbench_(*arguments) == 5
    assert vosbench_(*arguments, "--partial") == 0
    assert "Note: " in capsys.readouterr().err


def test_lists_show_names_and_origins(vosbench_, fragile, capsys) -> None:
    assert vosbench_("methods", "--plugin", fragile) == 0
    shown = capsys.readouterr().out.splitlines()
    assert any(line.split()[:3] == ["copy-first", "vosbench", "0.1.0"] for line in shown)
    assert any(line.startswith("fragile-2") and str(fragile) in line for line in shown)
    assert vosbench_("datasets") == 0
    assert "davis2016" in capsys.readouterr().out


def test_a_broken_plug_in_is_listed_with_its_reason(vosbench_, tmp_path, capsys) -> None:
    (tmp_path / "broken.py").write_text("VARIANTS = {")
    assert vosbench_("methods", "--plugin", "broken.py") == 0
    shown = capsys.readouterr().out
    assert "cannot be read as Python" in shown
    assert "copy-first" in shown


def test_the_version_is_that_of_the_package(vosbench_, capsys) -> None:
    assert vosbench_("--version") == 0
    assert vosbench.__version__ in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["run"], 1, "choose at least one method"),
        (["run", "--method", "copyfirst"], 1, "did you mean copy-first?"),
        (["run", "--method", "copy-first", "--set", "steps"], 1, "takes key=value"),
        (["run", "--method", "copy-first", "--set", "steps=1"], 1, "no chosen method has"),
        (["run", "--method", "copy-first", "--set", "x.y=1"], 1, "x is not among copy-first"),
        (["run", "--method", "copy-first", "--root", "here"], 1, "--root needs --dataset"),
        (["run", "--method", "copy-first", "--count", "2"], 1, "--count needs --dataset"),
        (["run", "--method", "copy-first", "--dataset", "davis"], 1, "no dataset 'davis'"),
        (["run", "--method", "copy-first", "--seed", "-1"], 1, "--seed"),
        (["run", "--nonsense"], 1, "No such option"),
        (["nonsense"], 1, "No such command"),
        (["report", "--table", "overall"], 1, "no runs in"),
        (["report"], 1, "--table"),
        (["score", "absent", "--annotations", "absent"], 5, "does not exist"),
        (
            ["run", "--method", "copy-first", "--dataset", "davis2016", "--root", "absent"],
            5,
            "absent",
        ),
    ],
)
def test_mistakes_end_with_one_sentence_and_a_code(vosbench_, capsys, arguments, code, words):
    assert vosbench_(*arguments) == code
    shown = capsys.readouterr()
    assert words in shown.err
    assert "Traceback" not in shown.err
    assert shown.out == ""


def test_a_missing_device_is_a_mistake(vosbench_, video, capsys) -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a CUDA device here")
    assert vosbench_("run", "--method", "copy-first", *video, "--device", "cuda") == 1
    assert "cuda" in capsys.readouterr().err


def started(
    code: str, folder: Path, environment: Mapping[str, str] | None = None, **streams: int
) -> subprocess.CompletedProcess[str]:
    """A fresh interpreter in which `vosbench` is this checkout's."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
        stderr=subprocess.PIPE,
        text=True,
        **streams,
    )


def test_a_reader_that_leaves_is_no_defect(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = started("import vosbench.cli as c; c.main(['methods'])", tmp_path, stdout=writer)
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (1, "")


def test_an_encoding_that_lacks_a_character_is_no_defect(vosbench_, video, tmp_path) -> None:
    assert vosbench_("run", "--method", "copy-first", *video) == 0
    code = "import vosbench.cli as c; c.main(['report', '--table', 'overall'])"
    done = started(code, tmp_path, {"PYTHONIOENCODING": "ascii"}, stdout=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (0, "")
    assert "copy-first" in done.stdout


@pytest.mark.parametrize("arguments", ["--help", "methods", "datasets", "run --help"])
def test_what_needs_no_network_starts_without_torch(arguments: str, tmp_path: Path) -> None:
    code = (
        "import sys; import vosbench.cli as c\n"
        f"try: c.main({arguments.split()})\n"
        "finally: assert not {'torch', 'pandas', 'matplotlib', 'skimage'} & set(sys.modules)\n"
    )
    done = started(code, tmp_path, stdout=subprocess.DEVNULL)
    assert (done.returncode, done.stderr) == (0, "")


def test_generated_sequences_follow_their_own_seed(vosbench_, tmp_path, capsys) -> None:
    generated = ("--dataset", "synthetic", "--count", 1)
    for seed in (4, 5):
        assert vosbench_("run", "--method", "copy-first", *generated, "--dataset-seed", seed) == 0
        assert f"synthetic-{seed}-000" in capsys.readouterr().out
    folders = sorted(path.name for path in tmp_path.glob("runs/*"))
    assert folders == [f"copy-first__synthetic-seed{seed}-count1__seed0" for seed in (4, 5)]
    assert vosbench_("report", "--table", "overall") == 0
    shown = capsys.readouterr().out
    assert all(f"Overall on synthetic (seed{seed}-count1)" in shown for seed in (4, 5))
    assert vosbench_("evaluate", *generated, "--dataset-seed", 5) == 0
    assert "seed4" not in capsys.readouterr().out
    assert vosbench_("evaluate", *generated) == 1
    assert "holds no run on synthetic (count1)" in capsys.readouterr().err
