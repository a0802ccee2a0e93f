"""The networks that can be fine-tuned, by name; nothing heavy is imported before one is opened."""

from typing import TYPE_CHECKING

from vosbench.errors import UsageError

if TYPE_CHECKING:
    from vosbench.methods._following import Network

COMPACT = "compact"


def open_network(name: str, *, short_side: int | None = None) -> "Network":
    """The network called `name`.

    Args:
        name: see above.
        short_side: shorter side of a frame as the network sees it, pixels; None for its own.

    Raises:
        UsageError: there is no such network, or it takes no `short_side`.
    """
    if name == COMPACT:
        from vosbench.methods._compact_following import Compact

        if short_side is not None:
            raise UsageError("network compact sees windows of one size: it takes no short_side")
        return Compact()
    raise UsageError(f"no network {name!r}; there is {COMPACT}")
