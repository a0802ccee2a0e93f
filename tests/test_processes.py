"""Independent jobs in processes: order, errors, and a process that is killed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vosbench.errors import DataError
from vosbench.processes import each_in_processes

ROOT = Path(__file__).resolve().parents[1]
JOBS = tuple(range(6))


def process_of(job: int) -> tuple[int, int]:
    return job, os.getpid()


def write_down(job: tuple[Path, int]) -> int:
    folder, size = job
    (folder / str(size)).touch()
    time.sleep(0.2)
    return size


def refuse_odd_ones(job: int) -> int:
    if job % 2:
        raise DataError(f"{job} is odd")
    return job


@pytest.mark.parametrize("workers", [1, 2, 9])
def test_results_come_in_the_order_of_the_jobs(workers: int) -> None:
    results = list(each_in_processes(process_of, JOBS, workers))
    assert [job for job, _ in results] == list(JOBS)
    alone = {process for _, process in results} == {os.getpid()}
    assert alone == (workers == 1)


def test_the_largest_job_is_begun_first(tmp_path: Path) -> None:
    jobs = [(tmp_path, size) for size in (1, 4, 2)]
    assert list(each_in_processes(write_down, jobs, 1 + 1, size=lambda job: job[1])) == [1, 4, 2]
    begun = sorted(tmp_path.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    assert {path.name for path in begun[:2]} == {"4", "2"}


@pytest.mark.parametrize("jobs", [(), (3,)])
def test_a_single_job_starts_no_process(jobs: tuple[int, ...]) -> None:
    results = list(each_in_processes(process_of, jobs, 4))
    assert results == [(job, os.getpid()) for job in jobs]


@pytest.mark.parametrize("workers", [1, 2])
def test_the_first_error_is_raised_in_its_turn(workers: int) -> None:
    results = each_in_processes(refuse_odd_ones, JOBS, workers)
    assert next(results) == 0
    with pytest.raises(DataError, match=r"^1 is odd$"):
        next(results)


KILLED = """
import os
from vosbench.errors import MethodError
from vosbench.processes import each_in_processes

def work(job):
    if job == 2:
        os._exit(9)
    return job

if __name__ == "__main__":
    try:
        list(each_in_processes(work, range(6), 2))
    except MethodError as error:
        print(error)
"""


def test_a_process_that_is_killed_is_one_sentence(tmp_path: Path) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    done = subprocess.run(
        [sys.executable, script],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "one of 2 processes was ended from outside, perhaps for want of memory; choose fewer "
        "(--workers)\n"
    )


INTERRUPTED = """
import os, sys, time
from vosbench.processes import each_in_processes

def work(job):
    print(os.getpid(), flush=True)
    time.sleep(0.3)

if __name__ == "__main__":
    try:
        list(each_in_processes(work, range(40), 2))
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""


def test_an_interrupt_reaches_the_parent_alone_and_ends_all(tmp_path: Path) -> None:
    script = tmp_path / "interrupted.py"
    script.write_text(INTERRUPTED)
    with subprocess.Popen(
        [sys.executable, str(script)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as running:
        assert running.stdout is not None
        while len({running.stdout.readline() for _ in range(2)}) < 2:  # until both work
            pass
        os.killpg(running.pid, signal.SIGINT)  # as a terminal does
        out, errors = running.communicate(timeout=60)
    assert out.endswith("interrupted\n")
    assert out.count("\n") < 12
    assert errors == ""
