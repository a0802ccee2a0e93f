"""A verdict as JSON, for other programs."""

from dataclasses import asdict
from typing import Any

from vosbench.gate.findings import Verdict
from vosbench.record_json import to_json


def render_json(verdict: Verdict) -> str:
    """All that a verdict holds, what it comes to first; figures are not rounded.

    A figure that is not a number is null, and a byte of a name that is no text an escape of JSON.
    """
    content: dict[str, Any] = {"outcome": verdict.outcome, "exit_code": verdict.exit_code}
    text = to_json({**content, **asdict(verdict)})
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
