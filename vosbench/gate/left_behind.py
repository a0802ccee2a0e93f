"""Whether more stays behind a frame than did for the baseline."""

from collections.abc import Iterator

from vosbench.gate.comparable import remake
from vosbench.gate.facts import Facts, Growth
from vosbench.gate.findings import COUNTED, INCONCLUSIVE, PASS, REGRESSION, Finding
from vosbench.gate.rules import CountedRules


def left_behind(baseline: Facts, measured: Facts, rules: CountedRules) -> Iterator[Finding]:
    """What stays behind a frame; nothing where nobody has looked, then or now."""
    then, now = baseline.growth, measured.growth
    if then is None and now is None:
        return
    if now is None:
        verdict = INCONCLUSIVE
        why = "this run was not looked at for memory that stays behind a frame"
    else:
        verdict, why = _verdict(then, now, rules.growth, remake(baseline))
    yield Finding(
        COUNTED,
        "memory kept per frame",
        verdict,
        why,
        baseline=None if then is None else round(then.bytes_per_frame),
        measured=None if now is None else round(now.bytes_per_frame),
        unit="count",
    )


def _verdict(then: Growth | None, now: Growth, further: float, remade: str) -> tuple[str, str]:
    """Verdict on growth, and why; `further` bytes are allowed beyond those of the baseline."""
    known = 0.0 if then is None else max(0.0, then.bytes_per_frame)
    allowed = f"up to {_amount(known + further)} are allowed"
    kept = _amount(max(0.0, now.bytes_per_frame))
    found = f"{kept} stay behind every frame, over {now.frames} frames of {now.sequence}"
    if then is not None:
        found += f", {_amount(known)} for the baseline"
    if now.bytes_per_frame <= known + further:
        return PASS, f"{found}; {allowed}"
    found += f", and {allowed}{_by_whom(now)}"
    if then is None:
        return INCONCLUSIVE, (
            f"{found}; the baseline was not looked at for that, so it is not known whether a "
            f"change is to blame; {remade}"
        )
    if then.sequence != now.sequence:
        return INCONCLUSIVE, f"{found}; that of the baseline was of {then.sequence}; {remade}"
    return REGRESSION, f"{found}; see what keeps it: a long clip will run out of memory"


def _by_whom(growth: Growth) -> str:
    """What holds the memory, in words."""
    parts = {
        "objects of Python and arrays of numpy": growth.python,
        "tensors of torch in host memory": growth.tensors,
        "tensors on the device": growth.device,
    }
    most = max(parts, key=lambda name: parts[name])
    kept = f"; {_amount(parts[most])} of it in {most}" if parts[most] > 0 else ""
    places = ", ".join(f"{each.place} ({_amount(each.bytes_per_frame)})" for each in growth.kept)
    return kept + (f", made at {places}" if places and most.startswith("objects") else "")


def _amount(size: float) -> str:
    """Bytes for people.

    >>> _amount(1_048_576), _amount(300), _amount(-70_000), _amount(0)
    ('1.00 MiB', '300 bytes', '-68.4 KiB', '0 bytes')
    """
    if abs(size) >= 1 << 20:
        return f"{size / (1 << 20):.2f} MiB"
    if abs(size) >= 1 << 10:
        return f"{size / (1 << 10):.1f} KiB"
    return f"{round(size)} bytes"
