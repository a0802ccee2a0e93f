"""How a learner begins and how it is meta-trained, with the settings of the paper by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, inf, pi
from typing import Literal

import torch

from vosbench.errors import UsageError
from vosbench.meta.learner import Learner, Level, Parameters, Scale, initial_rates
from vosbench.meta.outer import Differentiation
from vosbench.meta.preconditioning import Adam
from vosbench.meta.streams import Stream
from vosbench.settings import check_at_least


def _check_below(name: str, value: float, limit: float) -> None:
    """Raise `UsageError` unless the setting `name` is 0 or more and below `limit`."""
    if not 0 <= value < limit:
        upper = "finite" if limit == inf else f"below {limit:g}"
        raise UsageError(f"the setting {name} is {value}; it must be 0 or more and {upper}")


@dataclass(frozen=True, kw_only=True)
class RateSettings:
    """How the rates of a new learner begin.

    Attributes:
        level: what shares one rate: everything, a tensor, a neuron, or nothing.
        scale: `logarithmic`, or `linear` and never below 0, as in the paper.
        initial_rate: of every unit of `level`.
        spread: rates are drawn from initial_rate·(1 ± spread); at level `single` there is none
            (specification 2.1).
        preconditioning: what inner gradients go through before rates multiply them; with `adam`,
            rates of about 1e-3 take the place of rates of about 0.1.
        epsilon: of `adam` (see `vosbench.meta.preconditioning`).
    """

    level: Level = "neuron"
    scale: Scale = "logarithmic"
    initial_rate: float = 0.1
    spread: float = 0.0
    preconditioning: Literal["none", "adam"] = "none"
    epsilon: float = 1e-8

    def __post_init__(self) -> None:
        """Raise `UsageError` for a number that means nothing."""
        _check_below("initial_rate", self.initial_rate, inf)
        if self.scale == "logarithmic" and self.initial_rate == 0:
            raise UsageError("the setting initial_rate is 0, which has no logarithm")
        _check_below("spread", self.spread, 1)

    def learner(self, start: Parameters, seed: int) -> Learner:
        """The learner that begins at `start`, its rates drawn from `seed`."""
        rates = initial_rates(
            start,
            self.initial_rate,
            level=self.level,
            scale=self.scale,
            spread=0.0 if self.level == "single" else self.spread,
            generator=torch.Generator().manual_seed(2**32 * Stream.INITIAL_RATES + seed),
        )
        adam = Adam(epsilon=self.epsilon) if self.preconditioning == "adam" else None
        return Learner(start, rates, self.scale, adam)


@dataclass(frozen=True, kw_only=True)
class MetaSettings:
    """How a learner is meta-trained.

    Attributes:
        iterations: outer steps.
        tasks: tasks an outer step, all processes together.
        steps: inner steps T that are differentiated through.
        outer_weights: of the query loss after each of the T steps; empty judges the last step
            alone, and the last before every cut.
        differentiation: how (see `vosbench.meta.outer`).
        truncation: inner steps after which the graph is cut (see `vosbench.meta.outer`); none
            cuts nowhere.
        detached_steps: every other task takes up to this many inner steps first, without a graph,
            so that the learner is at home where fine-tuning longer than T leads.
        start_rate: outer learning rate of the start; 0 freezes it.
        rates_rate: outer learning rate of the rates, as they are learned; 0 freezes them.
        weight_decay: of the start, decoupled.
        task_clip: largest norm of the gradient of one task; none leaves it as it is.
        clip: largest norm of the mean gradient; none leaves it as it is.
        schedule: outer rates stay, or fall along half a cosine.
        averaging: share of the old value in the running average of start and rates, which is the
            result; 0 takes them as they are.
        log_every: outer steps between two records of the log.
    """

    iterations: int = 320
    tasks: int = 4
    steps: int = 5
    outer_weights: tuple[float, ...] = ()
    differentiation: Differentiation = "second"
    truncation: int | None = None
    detached_steps: int = 40
    start_rate: float = 3e-4
    rates_rate: float = 2e-2
    weight_decay: float = 1e-3
    task_clip: float | None = 2.0
    clip: float | None = 1.0
    schedule: Literal["constant", "cosine"] = "cosine"
    averaging: float = 0.98
    log_every: int = 10

    def __post_init__(self) -> None:
        """Raise `UsageError` for a number that means nothing."""
        check_at_least(self, iterations=1, tasks=1, steps=1, detached_steps=0, log_every=1)
        for name in ("start_rate", "rates_rate", "weight_decay"):
            _check_below(name, getattr(self, name), inf)
        _check_below("averaging", self.averaging, 1)
        if self.truncation is not None:
            check_at_least(self, truncation=1)
        for name in ("task_clip", "clip"):
            if getattr(self, name) is not None and not getattr(self, name) > 0:
                raise UsageError(f"the setting {name} is {getattr(self, name)}; it must be above 0")
        given = self.outer_weights
        if given and (len(given) != self.steps or not any(given) or min(given) < 0):
            raise UsageError(
                f"the setting outer_weights has {', '.join(map(str, given))}; it must have one "
                f"weight of 0 or more for each of the {self.steps} steps, not all of them 0"
            )

    def weights(self) -> tuple[float, ...]:
        """w_1 … w_T of the query loss after each inner step."""
        if self.outer_weights:
            return self.outer_weights
        cut = self.truncation or self.steps
        judged = (step == self.steps or step % cut == 0 for step in range(1, self.steps + 1))
        return tuple(float(yes) for yes in judged)

    def factor(self, iteration: int) -> float:
        """What the outer rates are multiplied by at outer step `iteration`, from 1."""
        if self.schedule == "constant":
            return 1.0
        return (1 + cos(pi * (iteration - 1) / self.iterations)) / 2


@dataclass(frozen=True)
class Preset:
    """Settings that belong together."""

    rates: RateSettings
    training: MetaSettings


PRESETS: Mapping[str, Preset] = {
    # What the shipped learner of the compact network was made with.
    "compact": Preset(
        RateSettings(preconditioning="adam", initial_rate=2e-3),
        MetaSettings(
            iterations=600,
            differentiation="closed-form",
            detached_steps=30,
            start_rate=5e-4,
            rates_rate=0.1,
        ),
    ),
    # Specification section 8. How long the published models were trained is not known: the
    # official loop has no end, so the number of iterations is ours.
    "paper": Preset(
        RateSettings(level="neuron", scale="linear", initial_rate=1e-3, spread=0.5),
        MetaSettings(
            iterations=10_000,
            tasks=4,
            steps=5,
            differentiation="closed-form",
            detached_steps=0,
            start_rate=1e-5,
            rates_rate=1e-5,
            weight_decay=1e-3,
            task_clip=None,
            clip=None,
            schedule="constant",
            averaging=0.0,
        ),
    ),
}
