"""Parts of sentences that errors and notes share."""

import difflib
import re
from collections.abc import Iterable, Sequence


def suggestion(name: str, known: Iterable[str]) -> str:
    """Half a sentence that names the closest of `known`, or nothing if none is close.

    >>> suggestion("step", ["steps", "rate"])
    ' (did you mean steps?)'
    """
    closest = difflib.get_close_matches(name, list(known), n=1)
    return f" (did you mean {closest[0]}?)" if closest else ""


def first_few(names: Sequence[str]) -> str:
    """The first three of many names, and how many more there are.

    >>> first_few(["cows", "dog", "goat", "parkour"])
    'cows, dog, goat and 1 more'
    """
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def counted(number: int, thing: str) -> str:
    """A number of things in a sentence.

    >>> counted(1, "object"), counted(0, "object")
    ('1 object', '0 objects')
    """
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def shortened(fact: object) -> str:
    """A fact as a sentence shows it: digests cut to 12 digits, what is not there as a dash.

    >>> shortened("0123456789abcdef" * 4), shortened(0.25), shortened(None)
    ('0123456789ab', '0.25', '–')
    """
    if fact is None:
        return "–"
    text = str(fact)
    return text[:12] if re.fullmatch("[0-9a-f]{32,}", text) else text
