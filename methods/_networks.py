"""The networks that can be fine-tuned, by name; nothing heavy is imported before one is opened.

`compact` is the small network whose weights come with vosbench. `maskrcnn-r50` is the network of
e-OSVOS; `maskrcnn-…` with another backbone is the same on that. A `+` and an option after the name
take back one change that e-OSVOS made to torchvision's Mask R-CNN: `maskrcnn-r50+frozen-batch+bce`.
"""

from functools import partial
from typing import TYPE_CHECKING

from vosbench.errors import UsageError
from vosbench.methods._maskrcnn_design import (
    BACKBONES,
    OPTIONS,
    PREFIX,
    design_called,
    network_name,
)
from vosbench.wording import suggestion

if TYPE_CHECKING:
    from vosbench.methods._following import Network

COMPACT = "compact"

NETWORKS = (COMPACT, *map(network_name, BACKBONES))
"""Names without options."""

NETWORKS_HELP = f"{', '.join(NETWORKS)}; a maskrcnn may be followed by +{', +'.join(OPTIONS)}"


def open_network(name: str, *, short_side: int | None = None) -> "Network":
    """The network called `name`.

    Args:
        name: see above.
        short_side: shorter side of a frame as a Mask R-CNN sees it, pixels; 800 by default.

    Raises:
        UsageError: there is no such network, or it takes no such `short_side`.
    """
    if name == COMPACT:
        if short_side is not None:
            raise UsageError("network compact sees windows of one size: it takes no short_side")
        from vosbench.methods._compact_following import Compact

        return Compact()
    if not name.startswith(PREFIX):
        raise UsageError(
            f"no network {name!r}{suggestion(name, NETWORKS)}; there are {', '.join(NETWORKS)}"
        )
    design = design_called(name)
    if short_side is not None and short_side < 32:
        raise UsageError(f"the setting short_side is {short_side}; it must be 32 or more")
    from vosbench.methods._maskrcnn_build import SHORT_SIDE, build
    from vosbench.methods._maskrcnn_following import RCNN

    return RCNN(design.name, partial(build, design, short_side or SHORT_SIDE))
