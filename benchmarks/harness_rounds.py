"""The same method bare and through a harness, in turn, and what the difference is."""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter, process_time

from vosbench.arrays import Image, Mask
from vosbench.method import Method
from vosbench.sequence import Sequence as Clip

MOST_MILLISECONDS = 1.0
"""That the harness may add to a frame; 2 % of a method of 20 frames per second, less of others
that are slower."""

Clock = Callable[[], float]
"""Seconds since some moment."""

UNSURE = 0.05
"""How often at most the interval for a median misses it."""


KEPT, KEPT_BY_CPU, MISSED, UNDECIDED = "kept", "kept by CPU time", "MISSED", "undecided"


@dataclass(frozen=True)
class Sample:
    """Seconds of one round.

    Attributes:
        bare: from the call of `fit` to the return of the last `step`, in a bare loop.
        through: the same in the harness.
        phases: of the method, as the harness measured them.
        cpu: seconds of computing time that the process took more in the harness than bare; waiting
            for others on the machine is none.
        around: between the decoded frames and that `fit`, and between that `step` and the first
            mask kept: what the harness does once a pass.
    """

    bare: float
    through: float
    phases: float
    cpu: float
    around: float


@dataclass(frozen=True)
class Overhead:
    """What the harness added to one method; milliseconds, a sample a round.

    Attributes:
        name: of the method.
        frames: that were segmented in a pass.
        samples: one a round.
    """

    name: str
    frames: int
    samples: tuple[Sample, ...]

    def bare(self) -> list[float]:
        """A frame of the bare loop."""
        return [self._each(sample.bare) for sample in self.samples]

    def inside(self) -> list[float]:
        """A frame, by which measured phases are longer than the bare loop."""
        return [self._each(sample.phases - sample.bare) for sample in self.samples]

    def between(self) -> list[float]:
        """A frame, from one phase to the next."""
        return [self._each(sample.through - sample.phases) for sample in self.samples]

    def added(self) -> list[float]:
        """A frame, both together."""
        return [self._each(sample.through - sample.bare) for sample in self.samples]

    def added_cpu(self) -> list[float]:
        """A frame, both together, in computing time."""
        return [self._each(sample.cpu) for sample in self.samples]

    def around(self) -> list[float]:
        """A pass."""
        return [1000 * sample.around for sample in self.samples]

    @property
    def share(self) -> float:
        """What was added to a frame, as a part of the bare loop."""
        return statistics.median(self.added()) / statistics.median(self.bare())

    @property
    def verdict(self) -> str:
        """Whether the harness keeps to its limit, at `UNSURE`.

        Others on the machine lengthen and scatter the wall clock, and computing time does not see
        what the harness waits for. So the wall clock alone can acquit; where it cannot tell,
        computing time can; and it takes both to condemn.
        """
        low, high = interval(self.added())
        cpu_low, cpu_high = interval(self.added_cpu())
        if high <= MOST_MILLISECONDS:
            return KEPT
        if low <= MOST_MILLISECONDS and cpu_high <= MOST_MILLISECONDS:
            return KEPT_BY_CPU
        return MISSED if min(low, cpu_low) > MOST_MILLISECONDS else UNDECIDED

    def _each(self, seconds: float) -> float:
        return 1000 * seconds / self.frames


def interval(samples: Sequence[float]) -> tuple[float, float]:
    """Between which samples the median of all that could be drawn lies.

    From the binomial distribution alone: as many samples lie below the true median as coins show
    heads. Without bounds where there are fewer than six.

    >>> interval([4.0, 1.0, 3.0, 2.0, 6.0, 5.0]), interval([1.0, 2.0])
    ((1.0, 6.0), (-inf, inf))
    """
    ordered = sorted(samples)
    beyond, below = 0, math.comb(len(ordered), 0)
    while 2 * below <= UNSURE * 2 ** len(ordered):
        beyond += 1
        below += math.comb(len(ordered), beyond)
    if beyond == 0:
        return -math.inf, math.inf
    return ordered[beyond - 1], ordered[-beyond]


class Watched(Method):
    """A method that notes when it is called first and when it has answered last."""

    def __init__(self, method: Method, now: Clock, cpu: Clock) -> None:
        self._method = method
        self._now = now
        self._cpu = cpu
        self.began = self.ended = 0.0
        self._cpu_began = self._cpu_ended = 0.0

    @property
    def seconds(self) -> float:
        """From the call of `fit` to the return of the last `step`."""
        return self.ended - self.began

    @property
    def cpu_seconds(self) -> float:
        """The same in computing time."""
        return self._cpu_ended - self._cpu_began

    def fit(self, image: Image, mask: Mask) -> None:
        """Fit the method."""
        self._cpu_began = self._cpu()
        self.began = self._now()
        self._method.seed = self.seed
        self._method.fit(image, mask)

    def step(self, image: Image) -> Mask:
        """What the method answers."""
        mask = self._method.step(image)
        self.ended = self._now()
        self._cpu_ended = self._cpu()
        return mask


class InMemory:
    """A clip that lies in memory; notes when frames were last read and a mask was first kept."""

    def __init__(self, images: Sequence[Image], mask: Mask, now: Clock) -> None:
        self._images = images
        self._mask = mask
        self._now = now
        self.read = 0.0
        self.kept: float | None = None

    def clip(self) -> Clip:
        """The sequence as the harness takes it."""
        return Clip(
            name="in-memory",
            frames=tuple(f"{index:05}" for index in range(len(self._images))),
            read_image=self._read,
            read_annotation=lambda index: self._mask if index == 0 else None,
            fingerprint=lambda: "in-memory",
        )

    def keep(self, index: int, mask: Mask) -> None:
        """Throw a mask away; the harness hands on the first one once it has the last."""
        del index, mask
        if self.kept is None:
            self.kept = self._now()

    def _read(self, index: int) -> Image:
        self.read = self._now()
        return self._images[index]


Harness = Callable[[Method, InMemory], float]
"""Takes a method over a clip; seconds of its phases."""


def measure(
    name: str,
    method: Method,
    images: Sequence[Image],
    mask: Mask,
    *,
    harness: Harness,
    rounds: int,
    now: Clock = perf_counter,
    cpu: Clock = process_time,
) -> Overhead:
    """Bare, through the harness, bare, through the harness, …, after one pass of each."""
    watched = Watched(method, now, cpu)
    samples = []
    for _ in range(rounds + 1):
        _bare(watched, images, mask)
        bare, bare_cpu = watched.seconds, watched.cpu_seconds
        clip = InMemory(images, mask, now)
        phases = harness(watched, clip)
        if clip.kept is None:
            raise ValueError("the harness kept no mask")
        around = watched.began - clip.read + clip.kept - watched.ended
        more = watched.cpu_seconds - bare_cpu
        samples.append(Sample(bare, watched.seconds, phases, more, around))
    return Overhead(name, len(images) - 1, tuple(samples[1:]))


def _bare(method: Method, images: Sequence[Image], mask: Mask) -> list[Mask]:
    method.fit(images[0], mask)
    return [method.step(image) for image in images[1:]]
