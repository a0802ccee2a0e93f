"""Raw samples for gate `timed`: a method in turn with a reference, in one job.

What slows down a machine for a while slows down both, so it is in no ratio of samples that lie
side by side. Pairs are taken in the order A B, B A, A B, …: what drifts hits either side alike.
Sides are processes of their own, with one thread unless told otherwise: where cores are shared,
threads that wait for each other make both clocks worthless, the one of the wall and that of the
cores, which waiting threads keep running.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from vosbench.errors import VosbenchError
from vosbench.gate.facts import Pace, PartPace
from vosbench.gate.holding import typed
from vosbench.gate.rules import TimedRules
from vosbench.gate.sides import HERE, Parts, Side, Spent, Worker, write_clips
from vosbench.gate.worktree import source_of
from vosbench.machine import circumstances
from vosbench.provenance import checkout_around
from vosbench.request import RunRequest
from vosbench.sequence import Dataset

WORKLOAD, COMMIT = "workload", "commit"
"""What may take turns with the method."""

STEPS = 20
"""Most frames that are segmented in a pass; enough for every kind of work of a method."""

SAMPLE_SECONDS = 0.2
"""A sample is of as many passes, or units of the workload, as take this long at least."""

MOST_PASSES = 500
"""In a sample, however short they are."""

REFERENCE_SECONDS = 1.5
"""A sample of the workload need not be longer than this, however long a pass is."""

BASELINE_ROUNDS = 2
"""Times as many pairs are taken for a baseline, which many runs are held to, as for a run."""


@dataclass(frozen=True, kw_only=True)
class Against:
    """What a method is timed against.

    Attributes:
        commit: of the baseline; empty where none is known. Asked for where rules say `commit`.
        baseline: pace that samples should be like: as many passes and units in each.
        enough: whether no more pairs are needed, asked before the first and after every
            `TimedRules.passes`; None takes those of a baseline.
    """

    commit: str = ""
    baseline: Pace | None = None
    enough: Callable[[Pace], bool] | None = None


def take_pace(request: RunRequest, dataset: Dataset, rules: TimedRules, against: Against) -> Pace:
    """The pace over the shortest sequence, or why it could not be taken.

    Args:
        request: a method by its registered name.
        dataset: sequences that the method can be run on.
        rules: what takes turns, how often, with how many threads.
        against: details of it.

    Raises:
        DataError: the frames cannot be read.
    """
    shortest = min(dataset.sequences, key=len)
    reference = against.commit if rules.against == COMMIT else WORKLOAD
    start = Pace(
        reference=reference or COMMIT,
        machine="",
        circumstances={},
        seconds=(),
        reference_seconds=(),
        sequence=shortest.name,
        steps=min(len(shortest) - 1, STEPS),
        clock="cpu" if request.device == "cpu" and rules.threads == 1 else "wall",
    )
    if not reference:
        return replace(start, trouble="the baseline names no commit that could take turns")
    with TemporaryDirectory(prefix="vosbench-pace-") as folder:
        write_clips(Path(folder), [shortest], most=STEPS + 1)
        try:
            with _turns(request, rules, against, Path(folder)) as turns:
                return _taken(start, turns, rules, against)
        except VosbenchError as error:
            return replace(start, trouble=str(error))


@dataclass
class _Turns:
    """The method and its reference, ready.

    Attributes:
        method: side of the code as it is now.
        other: side of the commit; None where it is the workload of the same process.
        passes: in a sample.
        units: of the workload, in a sample.
        pairs: that were taken, of both sides by part.
    """

    method: Worker
    other: Worker | None
    passes: int = 1
    units: int = 1
    pairs: list[tuple[Parts, Parts]] = field(default_factory=list)

    def prepare(self, like: Pace | None) -> None:
        """Warm up, and find out how long samples should be unless those of `like` say it."""
        self.method.passes()
        took = _total(self.method.passes()[0]).wall
        self.passes = min(_times(SAMPLE_SECONDS, took), MOST_PASSES)
        if self.other is not None:
            self.other.passes()
        else:
            self.method.workload(2)
            unit = self.method.workload(4).wall / 4
            self.units = _times(
                min(max(took * self.passes, SAMPLE_SECONDS), REFERENCE_SECONDS), unit
            )
        if like is not None and like.seconds:
            self.passes, self.units = like.passes, like.units

    def take(self) -> None:
        """One pair; which side begins alternates."""
        if len(self.pairs) % 2:
            reference = self._reference()
            self.pairs.append((self._method(), reference))
        else:
            own = self._method()
            self.pairs.append((own, self._reference()))

    def _method(self) -> Parts:
        return _mean(self.method.passes(self.passes)[0], self.passes)

    def _reference(self) -> Parts:
        if self.other is not None:
            return _mean(self.other.passes(self.passes)[0], self.passes)
        return _mean({WORKLOAD: self.method.workload(self.units)}, self.units)


def _taken(start: Pace, turns: _Turns, rules: TimedRules, against: Against) -> Pace:
    """As many pairs as it takes."""
    machine = turns.method.machine
    versions = {name: machine[name] for name in ("torch",) if name in machine}
    start = replace(
        start,
        machine=str(machine["id"]),
        circumstances=circumstances(machine) | versions,
    )
    enough = against.enough
    if enough is not None and enough(start):
        return start
    turns.prepare(against.baseline)
    begun = time.monotonic()
    most = BASELINE_ROUNDS * rules.passes if enough is None else max(rules.most, rules.passes)
    while len(turns.pairs) < most and time.monotonic() - begun < rules.seconds:
        turns.take()
        look = len(turns.pairs) % rules.passes == 0
        if enough is not None and look and enough(_with(start, turns)):
            break
    return _with(start, turns)


def _with(start: Pace, turns: _Turns) -> Pace:
    """The pace with the pairs that were taken so far."""
    parts = turns.pairs[0][0] if turns.pairs else {}
    return replace(
        start,
        seconds=tuple(_total(own).wall for own, _ in turns.pairs),
        reference_seconds=tuple(_total(reference).wall for _, reference in turns.pairs),
        parts={part: _part(turns, part) for part in parts},
        passes=turns.passes,
        units=turns.units,
    )


def _part(turns: _Turns, part: str) -> PartPace:
    own = [pair[0][part] for pair in turns.pairs]
    other = part if turns.other is not None else WORKLOAD
    reference = [pair[1][other] for pair in turns.pairs]
    return PartPace(
        tuple(spent.wall for spent in own),
        tuple(spent.cores for spent in own),
        tuple(spent.wall for spent in reference),
        tuple(spent.cores for spent in reference),
    )


@contextmanager
def _turns(
    request: RunRequest, rules: TimedRules, against: Against, clips: Path
) -> Iterator[_Turns]:
    """Both sides, loaded; gone afterwards."""
    brought = Path(request.origin)
    plugins = (brought.resolve(),) if brought.is_file() else ()
    side = Side(
        roots=(HERE,),
        method=request.method,
        assignments=tuple(f"{name}={typed(value)}" for name, value in request.overrides.items()),
        plugins=plugins,
        device=request.device,
        seed=request.seed,
        mode=request.mode,
        threads=rules.threads,
    )
    with ExitStack() as stack:
        own = stack.enter_context(Worker(side, clips))
        other = None
        if rules.against == COMMIT:
            repository = checkout_around(Path.cwd()) or HERE
            tree = stack.enter_context(source_of(against.commit, repository))
            old = replace(
                side,
                roots=_roots(tree),
                plugins=_moved(plugins, repository.resolve(), tree),
                within=tree,
            )
            other = stack.enter_context(Worker(old, clips))
        yield _Turns(own, other)


def _roots(tree: Path) -> tuple[Path, ...]:
    """Where packages of a repository may lie, and a vosbench for one that brings none."""
    return (*(folder for folder in (tree / "src", tree) if folder.is_dir()), HERE)


def _moved(files: Sequence[Path], repository: Path, tree: Path) -> tuple[Path, ...]:
    """Files of a repository as the tree has them; others where they are."""
    return tuple(
        tree / file.relative_to(repository) if file.is_relative_to(repository) else file
        for file in files
    )


def _total(parts: Mapping[str, Spent]) -> Spent:
    return Spent(
        math.fsum(spent.wall for spent in parts.values()),
        math.fsum(spent.cores for spent in parts.values()),
    )


def _mean(parts: Parts, times: int) -> Parts:
    """Seconds of one of so many, to six digits: what is beyond no clock is good for."""
    return {
        part: Spent(*(float(f"{seconds / times:.6g}") for seconds in (spent.wall, spent.cores)))
        for part, spent in parts.items()
    }


def _times(wanted: float, seconds: float) -> int:
    return max(1, math.ceil(wanted / max(seconds, 1e-9)))
