"""The sequences that a user names."""

from collections import Counter
from collections.abc import Collection

from vosbench.errors import UsageError
from vosbench.wording import suggestion


def chosen(names: tuple[str, ...] | None, known: Collection[str], where: str) -> tuple[str, ...]:
    """The sequences asked for, all where none are, once each is known to be one and named once.

    Args:
        names: as asked for.
        known: names of those there are, in order.
        where: what has them, for the message.

    Raises:
        UsageError: a name that is not known, or named twice.
    """
    if names is None:
        return tuple(known)
    for name, times in Counter(names).items():
        if name not in known:
            raise UsageError(f"{where} has no sequence {name!r}{suggestion(name, known)}")
        if times > 1:
            raise UsageError(f"sequence {name} is named {times} times; name it once")
    return names
