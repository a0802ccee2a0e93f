"""Who is to blame for a step: a range of commits, what else changed, and how to search it.

`git bisect run` takes 0 for good, 125 for "cannot be tested", any other code up to 127 for bad, and
stops at one above. `vosbench gate` ends with 0 for pass, 3 for regression and 4 for inconclusive,
and with 1, 2 or 5 where it could not be asked. Only 3 may blame a commit, so a small wrapper stands
between the two.
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

from vosbench.history.commits import Commits
from vosbench.history.series import Series
from vosbench.history.steps import Step

_KEPT = '"$(git rev-parse --absolute-git-dir)/baseline.json"'
"""Where a checkout of another commit leaves the baseline alone."""

_CODES = "case $? in 0) exit 0;; 3) exit 1;; 4) exit 125;; *) exit 255;; esac"
"""Passed, regressed, inconclusive (skip), and could not be asked (stop)."""


@dataclass(frozen=True)
class Blame:
    """Where the cause of a step lies.

    Attributes:
        good: commit of the last result before it; empty where it is not known.
        bad: commit of the first result after it.
        commits: number of commits that are in question; None where git does not know.
        dirty: whether one of both results was made with changes that were not committed.
        changed: what else is not the same in both, by name: before and after.
        straight: whether the bad commit is built on the good one.
        baseline: file of results to hold runs to, from the folder of results; empty where none of
            the last good results is a baseline.
    """

    good: str
    bad: str
    commits: int | None = None
    dirty: bool = False
    changed: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    straight: bool = False
    baseline: str = ""


def blame(series: Series, step: Step, commits: Commits) -> Blame:
    """What a step may come from."""
    last, first = (series.points[place].result for place in (step.place - 1, step.place))
    names = sorted({*last.around, *first.around})
    pairs = {name: (last.around.get(name, ""), first.around.get(name, "")) for name in names}
    return Blame(
        good=last.commit,
        bad=first.commit,
        commits=commits.between(last.commit, first.commit),
        dirty=last.dirty or first.dirty,
        changed={name: pair for name, pair in pairs.items() if pair[0] != pair[1]},
        straight=commits.leads(last.commit, first.commit),
        baseline=last.source if last.baseline else "",
    )


def bisect_command(found: Blame, gate: str, baseline: str) -> str:
    """A shell command that finds the commit; empty where there is no range or no gate for it.

    The baseline is copied out of the way first, for `git bisect` checks out other versions of it.

    Args:
        found: commits that git knows.
        gate: of `vosbench gate` that sees the figure.
        baseline: file of a baseline that is as good as the last good result.
    """
    if not found.commits or not found.straight or not gate:
        return ""
    asked = f"vosbench gate {_KEPT} --only {gate}; {_CODES}"
    return (
        f"cp {shlex.quote(baseline)} {_KEPT} && git bisect start {found.bad} {found.good} && "
        f"git bisect run sh -c {shlex.quote(asked)}"
    )
