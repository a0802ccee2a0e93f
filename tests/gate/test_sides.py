"""Processes that run a side: what they answer, and what is said of those that cannot."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.gate.small_clips import write_method
from tests.tiny_runs import BEAR, CAT
from vosbench.errors import DataError, UsageError
from vosbench.gate.sides import HERE, Side, Worker, write_clips
from vosbench.gate.workload import workload
from vosbench.gate.worktree import source_of


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    write_clips(folder, [BEAR, CAT])
    return folder


def mover(folder: Path, body: str = "", **more: object) -> Side:
    file = write_method(folder / "method", body=body)
    return Side(roots=(HERE,), method="mover", plugins=(file,), **more)  # type: ignore[arg-type]


def test_passes_go_over_all_clips_in_parts(clips: Path, tmp_path: Path) -> None:
    masks = tmp_path / "masks"
    masks.mkdir()
    chatty = "print('a method may print'); import os; os.write(1, b'anything')"
    with Worker(mover(tmp_path, chatty, masks=masks, threads=1), clips) as worker:
        bear, cat = worker.passes(3)
        assert worker.machine["environment"]["OMP_NUM_THREADS"] == "1"  # type: ignore[index]
    for parts in (bear, cat):
        assert list(parts) == ["first frame", "frames"]
        assert all(spent.wall > 0 and spent.cores > 0 for spent in parts.values())
    kept = np.load(masks / "0001.npy")
    assert kept.shape == (5, 16, 20)
    first = CAT.read_annotation(0)
    assert first is not None
    assert (kept[2] == np.roll(first, 2, axis=1)).all()


def test_work_costs_time_of_cores_and_waiting_does_not(clips: Path, tmp_path: Path) -> None:
    with Worker(mover(tmp_path, "import time; time.sleep(0.05)"), clips) as worker:
        bear, _ = worker.passes()
    assert bear["frames"].wall >= 4 * 0.05
    assert bear["frames"].cores < 0.1


def test_a_whole_clip_is_one_part(clips: Path, tmp_path: Path) -> None:
    with Worker(mover(tmp_path, mode="throughput"), clips) as worker:
        assert [list(parts) for parts in worker.passes()] == [["clip"], ["clip"]]


def test_the_workload_takes_its_time_and_is_always_the_same(clips: Path, tmp_path: Path) -> None:
    with Worker(mover(tmp_path, threads=1), clips) as worker:
        worker.workload(1)
        assert worker.workload(2).cores > 0
    one, other = workload("cpu")(), workload("cpu")()
    assert (one[0] == other[0]).all()  # type: ignore[index]
    assert one[1] == other[1]  # type: ignore[index]


def test_a_method_that_fails_is_one_sentence(clips: Path, tmp_path: Path) -> None:
    with (
        Worker(mover(tmp_path, "raise RuntimeError('out of luck')"), clips) as worker,
        pytest.raises(UsageError, match="a side ended before its time: RuntimeError: out of luck"),
    ):
        worker.passes()


def test_a_tree_without_vosbench_is_told(clips: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=f"{tmp_path} holds no vosbench"):
        Worker(Side(roots=(tmp_path,), method="copy-first"), clips)


def test_code_from_elsewhere_is_never_taken_for_that_of_a_commit(
    clips: Path, tmp_path: Path
) -> None:
    within = tmp_path / "tree"
    with pytest.raises(UsageError, match="the commit holds no code of this method"):
        Worker(mover(tmp_path, within=within), clips)


def test_masks_that_exist_are_not_timed(clips: Path, tmp_path: Path) -> None:
    stored = Side(roots=(HERE,), method="stored", assignments=(f"masks={tmp_path}",))
    with pytest.raises(UsageError, match="leave gate timed out with --only"):
        Worker(stored, clips)


def test_a_clip_without_an_object_is_refused(tmp_path: Path) -> None:
    empty = replace(BEAR, read_annotation=lambda index: np.zeros((16, 20), np.uint8))
    with pytest.raises(DataError, match="holds no object"):
        write_clips(tmp_path, [empty])


class TestWorktree:
    @pytest.fixture
    def repository(self, tmp_path: Path) -> Path:
        """With one file, which was changed in a second commit."""
        folder = tmp_path / "repository"
        folder.mkdir()
        git(folder, "init", "--quiet")
        for word in ("then", "now"):
            (folder / "file.txt").write_text(word)
            git(folder, "add", ".")
            git(folder, "commit", "--quiet", "--message", word)
        return folder

    def test_it_holds_the_source_of_then_and_goes(self, repository: Path) -> None:
        with source_of("HEAD~1", repository) as tree:
            assert (tree / "file.txt").read_text() == "then"
        assert not tree.exists()
        assert len(git(repository, "worktree", "list").splitlines()) == 1
        assert (repository / "file.txt").read_text() == "now"

    def test_a_commit_that_is_not_there_is_told(self, repository: Path) -> None:
        with (
            pytest.raises(
                UsageError, match=r"commit 12345678 cannot be .* a clone without history"
            ),
            source_of("12345678", repository),
        ):
            pass


def git(folder: Path, *arguments: str) -> str:
    """What git says, whoever one is."""
    who = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.org")
    command = ["git", "-C", str(folder), *who, *arguments]
    variables = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=variables).stdout
