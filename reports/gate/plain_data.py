"""A verdict as JSON, for other programs."""

from dataclasses import asdict
from typing import Any

from vosbench.gate.findings import Verdict
from vosbench.record_json import to_json


def render_json(verdict: Verdict) -> str:
    """All that a verdict holds, what it comes to first; figures are not rounded.

    A figure that is not a number is null.
    """
    content: dict[str, Any] = {"outcome": verdict.outcome, "exit_code": verdict.exit_code}
    return to_json({**content, **asdict(verdict)})
