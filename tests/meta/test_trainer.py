"""Meta-training on a family of regression tasks that fine-tuning alone solves slowly."""

import math
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.meta.lines import START, lines
from vosbench.errors import DataError, UsageError
from vosbench.meta.learner import Learner, Scale
from vosbench.meta.meta_settings import PRESETS, MetaSettings, RateSettings
from vosbench.meta.meta_state import MetaState
from vosbench.meta.monitoring import Monitor, MonitorSettings
from vosbench.meta.trainer import Trained, meta_train

SETTINGS = MetaSettings(
    iterations=60,
    tasks=4,
    steps=3,
    detached_steps=3,
    start_rate=8e-2,
    rates_rate=8e-2,
    clip=10.0,
    task_clip=10.0,
    averaging=0.9,
)


RATES = RateSettings(initial_rate=1e-3)


def trained(settings: MetaSettings = SETTINGS, **options: Any) -> Trained:
    """The outcome on lines of seed 1, unless something else is given."""
    given = {"learner": RATES.learner(START, 0), "task": lines(1), "log": lambda record: None}
    return meta_train(settings=settings, seed=0, **{**given, **options})


def mean_query_loss(learner: Learner) -> float:
    losses = []
    for task in map(lines(99), range(20)):
        losses.append(float(task.query_loss(learner.fine_tune(task.support_loss, 3))))
    return sum(losses) / len(losses)


def test_a_trained_learner_fine_tunes_better_on_new_tasks():
    log: list[dict[str, object]] = []
    learner = trained(log=lambda record: log.append(dict(record))).learner
    before = RATES.learner(START, 0)
    assert mean_query_loss(learner) < 0.2 * mean_query_loss(before)
    assert log[-1]["iteration"] == 60 and log[-1]["skipped_tasks"] == 0


@pytest.mark.parametrize("preconditioning", ["none", "adam"])
def test_training_twice_gives_the_same_learner(preconditioning: str):
    rates = replace(RATES, preconditioning=preconditioning)
    settings = MetaSettings(iterations=5, tasks=2, steps=2)
    first, second = (trained(settings, learner=rates.learner(START, 0)).learner for _ in range(2))
    for name in START:
        assert torch.equal(first.start[name], second.start[name])
        assert torch.equal(first.rates[name], second.rates[name])
    assert (first.preconditioning is None) == (preconditioning == "none")


def test_tasks_without_a_finite_gradient_are_skipped_and_counted():
    log: list[dict[str, object]] = []
    learner = trained(
        replace(SETTINGS, iterations=10),
        task=lines(1, broken_every=4),
        log=lambda record: log.append(dict(record)),
    ).learner
    assert log[-1]["skipped_tasks"] == 10
    assert all(torch.isfinite(p).all() for p in learner.start.values())


@pytest.mark.parametrize("settings", [SETTINGS, MetaSettings(iterations=1, tasks=2, steps=1)])
def test_training_that_never_has_a_finite_gradient_ends_with_a_sentence(settings: MetaSettings):
    with pytest.raises(DataError, match="no finite gradient"):
        trained(settings, task=lines(1, broken_every=1))


def test_the_given_learner_stays_as_it_is():
    learner = RATES.learner({name: tensor.clone() for name, tensor in START.items()}, 0)
    trained(MetaSettings(iterations=2, tasks=1, steps=1), learner=learner)
    assert all(torch.equal(learner.start[name], START[name]) for name in START)
    assert not any(p.requires_grad for p in (*learner.start.values(), *learner.rates.values()))


def test_log_records_come_at_the_asked_interval():
    log: list[dict[str, object]] = []
    settings = MetaSettings(iterations=7, tasks=1, steps=1, log_every=3)
    trained(settings, log=lambda record: log.append(dict(record)))
    assert [r["iteration"] for r in log] == [3, 6, 7]
    assert all(math.isfinite(float(str(r["query_loss"]))) for r in log)


@pytest.mark.parametrize(("frozen", "other"), [("start", "rates"), ("rates", "start")])
def test_what_is_frozen_stays_and_the_rest_moves(frozen: str, other: str):
    settings = replace(SETTINGS, iterations=8, **{f"{frozen}_rate": 0.0})
    before, after = RATES.learner(START, 0), trained(settings).learner
    for name in START:
        assert torch.equal(getattr(after, frozen)[name], getattr(before, frozen)[name])
        assert not torch.equal(getattr(after, other)[name], getattr(before, other)[name])


@pytest.mark.parametrize("scale", ["linear", "logarithmic"])
def test_linear_rates_stop_at_zero_and_logarithms_go_on(scale: Scale):
    rates = {"w": torch.tensor([0.5, 0.5])}
    settings = MetaSettings(iterations=20, rates_rate=0.5, schedule="constant")
    state = MetaState(Learner({"w": torch.zeros(2)}, rates, scale), settings)
    for _ in range(20):
        state.step([torch.zeros(2), torch.tensor([1.0, -1.0])])
    low, high = state.learner.rates["w"].tolist()
    assert high > 0.5
    assert (low == 0.0) if scale == "linear" else (low < 0.0)


def reference_radam(
    gradients: list[Tensor], begin: Tensor, rate: float, decay: float
) -> list[Tensor]:
    """RAdam as in algorithm 2 of Liu et al. (ICLR 2020), with decoupled weight decay."""
    beta1, beta2 = 0.9, 0.999
    longest = 2 / (1 - beta2) - 1
    m = v = torch.zeros_like(begin)
    theta, path = begin, []
    for t, g in enumerate(gradients, start=1):
        v = beta2 * v + (1 - beta2) * g * g
        m = beta1 * m + (1 - beta1) * g
        m_hat = m / (1 - beta1**t)
        length = longest - 2 * t * beta2**t / (1 - beta2**t)
        theta = theta - rate * decay * theta
        if length > 5:  # the reference form rectifies from 5 on, algorithm 2 from 4 on
            adaptive = ((1 - beta2**t) ** 0.5) / (v.sqrt() + 1e-8)
            rectified = (
                (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
            ) ** 0.5
            theta = theta - rate * rectified * m_hat * adaptive
        else:
            theta = theta - rate * m_hat
        path.append(theta)
    return path


def test_outer_steps_are_those_of_radam():
    start = {"a": torch.tensor([0.5, -2.0], dtype=torch.float64)}
    rates = {"a": torch.tensor([1e-3, 2e-3], dtype=torch.float64)}
    settings = MetaSettings(
        iterations=30,
        start_rate=0.01,
        rates_rate=0.002,
        weight_decay=0.1,
        averaging=0.0,
        schedule="constant",
        clip=None,
    )
    state = MetaState(Learner(start, rates, "logarithmic"), settings)
    generator = torch.Generator().manual_seed(0)
    drawn = torch.randn(30, 2, 2, dtype=torch.float64, generator=generator)
    for of_start, of_rates in drawn:
        state.step([of_start, of_rates])
    learned = state.averaged()
    path = reference_radam([g[0] for g in drawn], start["a"], 0.01, decay=0.1)
    torch.testing.assert_close(learned.start["a"], path[-1], rtol=1e-9, atol=1e-12)
    path = reference_radam([g[1] for g in drawn], rates["a"], 0.002, decay=0.0)
    torch.testing.assert_close(learned.rates["a"], path[-1], rtol=1e-9, atol=1e-12)


def test_the_monitor_keeps_the_best_learner_and_the_log_says_which():
    log: list[dict[str, object]] = []
    monitor = Monitor(lines(7), MonitorSettings(tasks=5, every=5, steps=3))
    # So large outer steps that the learner gets worse again.
    settings = replace(SETTINGS, iterations=30, rates_rate=1.0, averaging=0.0)
    outcome = trained(settings, monitor=monitor, log=lambda record: log.append(dict(record)))
    seen = {r["iteration"]: r["monitor_loss"] for r in log if "monitor_loss" in r}
    assert list(seen) == [5, 10, 15, 20, 25, 30]
    best = min((loss, iteration) for iteration, loss in seen.items() if loss is not None)
    assert outcome.iteration == best[1]
    assert [r["iteration"] for r in log if r.get("best")][-1] == outcome.iteration
    assert monitor.loss(outcome.learner) == pytest.approx(outcome.monitor_loss)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("iterations", 0),
        ("tasks", 0),
        ("steps", 0),
        ("detached_steps", -1),
        ("log_every", 0),
        ("truncation", 0),
        ("start_rate", -1e-3),
        ("rates_rate", math.inf),
        ("averaging", 1.0),
        ("clip", 0.0),
    ],
)
def test_numbers_that_mean_nothing_are_refused(setting: str, value: float):
    with pytest.raises(UsageError, match=f"{setting} is {value}"):
        MetaSettings(**{setting: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("weights", [(1.0,), (0.0,) * 5, (1.0, -1.0, 0.0, 0.0, 1.0)])
def test_outer_weights_must_fit_the_steps(weights: tuple[float, ...]):
    with pytest.raises(UsageError, match="outer_weights"):
        MetaSettings(steps=5, outer_weights=weights)


@pytest.mark.parametrize(
    ("changes", "weights"),
    [
        ({"steps": 3}, (0, 0, 1)),
        ({"steps": 2, "outer_weights": (0.5, 1.0)}, (0.5, 1)),
        # Specification 2.5, point 3: judged before every cut and at the end.
        ({"steps": 5, "truncation": 2}, (0, 1, 0, 1, 1)),
    ],
)
def test_weights_of_the_outer_loss(changes: dict[str, Any], weights: tuple[float, ...]):
    assert MetaSettings(**changes).weights() == weights


def test_the_settings_of_the_paper():
    # Specification section 8, lines λ, θ⁰ and meta.
    rates, training = PRESETS["paper"].rates, PRESETS["paper"].training
    drawn = rates.learner({"w": torch.zeros(400, 3)}, 0)
    assert drawn.scale == "linear" and drawn.rates["w"].shape == (400, 1)
    assert 5e-4 <= drawn.rates["w"].min() < 6e-4 and 1.4e-3 < drawn.rates["w"].max() <= 1.5e-3
    assert (training.start_rate, training.rates_rate, training.weight_decay) == (1e-5, 1e-5, 1e-3)
    assert (training.tasks, training.steps, training.weights()) == (4, 5, (0, 0, 0, 0, 1))
    assert training.clip is None and training.task_clip is None and training.factor(500) == 1.0
