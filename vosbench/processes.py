"""Jobs that do not depend on each other, in several processes."""

import signal
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from vosbench.errors import MethodError

Job = TypeVar("Job")
Result = TypeVar("Result")


def each_in_processes(
    work: Callable[[Job], Result],
    jobs: Sequence[Job],
    workers: int,
    *,
    size: Callable[[Job], int] = lambda job: 0,
) -> Iterator[Result]:
    """`work` of every job, in the order of the jobs; what one raises is raised when its turn comes.

    Args:
        work: a function of a module, so that other processes find it.
        jobs: data that can be sent to another process.
        workers: number of processes; with 1 nothing is started.
        size: how much there is to do for a job. The largest is begun first, so that no process is
            left alone with it at the end.

    Raises:
        MethodError: a process was ended from outside.
    """
    if workers == 1 or len(jobs) < 2:
        yield from map(work, jobs)
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    start = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(start)
    with ProcessPoolExecutor(
        min(workers, len(jobs)), mp_context=context, initializer=_leave_interrupts_to_the_parent
    ) as pool:
        largest_first = sorted(range(len(jobs)), key=lambda at: size(jobs[at]), reverse=True)
        try:
            with warnings.catch_warnings():
                # Python 3.12 warns of forks beside threads. Those of numerical libraries mend
                # themselves after a fork, and vosbench starts none.
                about = "This process .* is multi-threaded"
                warnings.filterwarnings("ignore", about, DeprecationWarning)
                begun = {at: pool.submit(work, jobs[at]) for at in largest_first}
            for at in range(len(jobs)):
                yield begun[at].result()
        except BrokenProcessPool:
            raise MethodError(
                f"one of {workers} processes was ended from outside, perhaps for want of "
                "memory; choose fewer (--workers)"
            ) from None
        finally:
            pool.shutdown(cancel_futures=True)


def _leave_interrupts_to_the_parent() -> None:
    """Ctrl-C reaches all processes; the parent ends the others, who need not each tell of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
