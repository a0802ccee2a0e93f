"""A run in a process of its own, slow enough to be killed; used by test_kill_and_resume.

python -m tests.slow_run RUNS LOG          run, and log every sequence that is begun
python -m tests.slow_run --sweep FOLDER    die before every single change of the file system
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.tiny_runs import Jitter, dataset, request, sequence, silent, stripes
from vosbench import provenance
from vosbench.arrays import Image, Mask
from vosbench.records import Run
from vosbench.runner import run_dataset
from vosbench.staged_masks import masks_sha256
from vosbench.store import load_runs

NAMES = tuple(f"s{number:02}" for number in range(12))
STEP_SECONDS = 0.01
TOUCHES = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir")


class Slow(Jitter):
    """Takes its time, and says which sequence it begins."""

    def __init__(self, log: Path) -> None:
        super().__init__()
        self._log = log

    def fit(self, image: Image, mask: Mask) -> None:
        super().fit(image, mask)
        with self._log.open("a") as file:
            file.write(f"{stripes(image)}\n")

    def step(self, image: Image) -> Mask:
        time.sleep(STEP_SECONDS)
        return super().step(image)


def run_slowly(runs: Path, log: Path) -> Run:
    data = dataset(*(sequence(name, ids=(1, 2)) for name in NAMES))
    return run_dataset(request(lambda: Slow(log)), data, runs, progress=silent())


def sweep(home: Path) -> Iterator[dict[str, object]]:
    """What is left after a death before the n-th change, for every n, and after resuming.

    From three beginnings: nothing there, results of a sequence that has changed since, a sequence
    that failed.
    """
    # Asking git and reading the sources take longer than the run, and are tested elsewhere.
    provenance.git_state = lambda root=None: {}
    provenance.source_sha256 = lambda file: file.stem
    goal = outcome(run_quickly(home / "goal"), home / "goal")
    changed = home / "changed"
    run_quickly(changed, shift=2)
    failed = home / "failed"
    run_quickly(failed, reach=-1)
    for begin in (None, changed, failed):
        last = changes_of_a_run(begin, home)
        for at in range(1, last + 1):
            runs = prepared(home / "victim", begin)
            yield {
                "begin": begin.name if begin else "nothing",
                "at": at,
                "of": last,
                "died": die_at(at, runs),
                "sound": sound(runs),
                "resumed": outcome(run_quickly(runs), runs) == goal,
                "clean": not [path for path in runs.rglob(".*") if path.name != ".lock"],
            }


def run_quickly(runs: Path, shift: int = 1, reach: int = 2) -> Run:
    data = dataset(sequence("bear", frames=3, shift=shift))
    asked = request(lambda: Jitter(reach=reach), repetitions=2)
    return run_dataset(asked, data, runs, progress=silent())


def prepared(runs: Path, begin: Path | None) -> Path:
    shutil.rmtree(runs, ignore_errors=True)
    if begin is not None:
        shutil.copytree(begin, runs)
    return runs


def changes_of_a_run(begin: Path | None, home: Path) -> int:
    """How many changes a run makes that nobody disturbs."""
    runs = prepared(home / "victim", begin)
    counts, at = home / "count", 0

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal at
        at += touches(event, arguments, runs)

    if os.fork() == 0:
        sys.addaudithook(count)
        run_quickly(runs)
        seen = at
        counts.write_text(str(seen))
        os._exit(0)
    os.wait()
    return int(counts.read_text())


def die_at(last: int, runs: Path) -> bool:
    """Run in a child that dies, without a chance to clean up, before change number `last`."""
    at = 0

    def die(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal at
        at += touches(event, arguments, runs)
        if at == last:
            os._exit(9)

    if os.fork() == 0:
        sys.addaudithook(die)
        run_quickly(runs)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.wait()[1]) == 9


def touches(event: str, arguments: tuple[object, ...], runs: Path) -> bool:
    """Whether an event is about to change something below `runs`."""
    if event not in TOUCHES or (event == "open" and arguments[1] in ("r", "rb")):
        return False
    # removing a tree names its files relative to an open folder
    return str(runs) in str(arguments[0]) or event in ("os.remove", "os.rmdir")


def sound(runs: Path) -> bool:
    """Whether every record that counts speaks of masks and scores that are there."""
    for run in load_runs(runs):
        folder = runs / run.manifest.run
        for record in run.records:
            if record.state == "done":
                masks = folder / "masks" / record.sequence
                frames = sorted(path.stem for path in masks.glob("*.png"))
                if masks_sha256(masks, frames) != record.masks_sha256:
                    return False
                if not (folder / "scores" / f"{record.sequence}.csv").is_file():
                    return False
    return True


def outcome(run: Run, runs: Path) -> dict[str, object]:
    """Everything that a run found and left, but times."""
    folder = runs / run.manifest.run
    files = [*folder.glob("masks/*/*"), *folder.glob("scores/*"), folder / "scores.csv"]
    return {
        "scores": [(record.sequence, record.state, record.scores) for record in run.records],
        "passes": [len(record.timing.passes) for record in run.records if record.timing],
        "files": {str(path.relative_to(folder)): path.read_bytes() for path in sorted(files)},
    }


if __name__ == "__main__":
    if sys.argv[1] == "--sweep":
        for line in sweep(Path(sys.argv[2])):
            sys.stdout.write(json.dumps(line) + "\n")
    else:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        run_slowly(Path(sys.argv[1]), Path(sys.argv[2]))
