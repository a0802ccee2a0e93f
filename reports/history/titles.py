"""How series are called, so that no two are called alike."""

from collections.abc import Mapping, Sequence

from vosbench.history.results import Result
from vosbench.history.series import Series

_ALWAYS = ("method", "on")
_ADDRESSES = ("machine", "circumstances", "sequences")
"""Facts too long for a title: they are numbered."""


def titles(series: Sequence[Series]) -> tuple[str, ...]:
    """A title for each subject of `series` with what its figures are within, in their order.

    Method and dataset, then those facts that tell it from others of the same figure.
    """
    facts = [_facts(each) for each in series]
    named = [(each.figure.name, each.figure.sequence) for each in series]
    numbers = _numbers(facts)
    found = []
    for own, name in zip(facts, named, strict=True):
        others = [
            other
            for other, called in zip(facts, named, strict=True)
            if called == name and all(other.get(key) == own.get(key) for key in _ALWAYS)
        ]
        differing = [
            key
            for key in dict.fromkeys(key for other in others for key in other)
            if len({other.get(key, "") for other in others}) > 1
        ]
        told = [_told(key, own.get(key, ""), numbers) for key in differing]
        on = f" on {own['on']}" if own["on"] else ""
        found.append(", ".join([f"{own['method']}{on}", *told]))
    return tuple(found)


def figure_title(series: Series) -> str:
    """A figure with the sequence that it is of."""
    figure = series.figure
    return f"{figure.name}, {figure.sequence}" if figure.sequence else figure.name


def moment(result: Result) -> str:
    """When a result was made, in short: its commit, with a `+` for changes on top; else its date.

    >>> from vosbench.history.results import Subject
    >>> moment(Result("a", Subject("m"), {}, commit="0123456789", dirty=True))
    '0123456+'
    """
    if result.commit:
        return result.commit[:7] + ("+" if result.dirty else "")
    return result.created[:10] or result.source


def _facts(series: Series) -> Mapping[str, str]:
    """What tells a series from others, by name."""
    subject = series.subject
    return {
        "method": subject.label,
        "on": subject.dataset,
        "registered as": subject.method,
        "variant": subject.variant,
        "protocol": subject.protocol,
        "seed": str(subject.seed),
        "device": subject.device,
        "mode": subject.mode,
        **dict(subject.settings),
        **dict(series.figure.within),
    }


def _numbers(facts: Sequence[Mapping[str, str]]) -> Mapping[tuple[str, str], int]:
    """A number for each value of facts that are too long to be told, from 1."""
    found: dict[tuple[str, str], int] = {}
    for key in _ADDRESSES:
        values = sorted({own[key] for own in facts if key in own})
        found.update({(key, value): number for number, value in enumerate(values, 1)})
    return found


def _told(key: str, value: str, numbers: Mapping[tuple[str, str], int]) -> str:
    if (key, value) not in numbers:
        return f"{key} {value}" if value else f"no {key}"
    if key == "sequences":
        count = value.count(",") + 1
        return f"{count} sequences" if count > 1 else value
    return f"{key} {value if key == 'machine' else numbers[key, value]}"
