"""Settings of fine-tuning and following, whatever the network; the methods inherit them."""

from dataclasses import dataclass
from typing import Literal

from vosbench.errors import UsageError
from vosbench.methods._precision import Compilation, Precision
from vosbench.settings import check_at_least

PastFrames = Literal["older", "last", "all"]
Reset = Literal["first-step", "full", "none"]
BoxPropagation = Literal["auto", "extend", "replace", "off"]
Boxes = Literal["predicted", "annotation"]


@dataclass(kw_only=True, eq=False)  # not frozen: methods, which change as they follow, inherit it
class PropagationSettings:
    """How objects are fine-tuned and followed.

    Attributes:
        steps: inner steps on the first frame, T; 0 or more.
        batch: views of the first frame in each step.
        adapt: online adaptation (OnA) on or off.
        adapt_every: frames between two adaptations.
        adapt_steps: inner steps of each.
        adapt_past: which of the last four frames, as they were predicted, are learned from besides
            the first: the two `older` ones (as released), the `last` one (as submitted), or `all`.
        adapt_ignore_from: pixels of past frames predicted with a probability between this one …
        adapt_ignore_to: … and this one are left out of the loss; none by default, 0.5 to 0.95 as
            submitted.
        adapt_reset: where each adaptation begins: where the `first-step`, the fine-tuning on the
            first frame, ended; at the learned start (`full`); where the one before ended (`none`).
        propagation: how the box of the last frame directs the search in the next: its surroundings
            `extend` what the network proposes of itself, `replace` it, or are not used (`off`).
            `auto` is what suits the network.
        boxes: the box of the last frame comes from the object as `predicted`, or is that of the
            `annotation`: an oracle, which tells poor masks from lost tracks.
        smallest_growth: least factor between a side of the box in one frame and in the next;
            compact network only.
        largest_growth: largest such factor.
        colour_weight: share of what the object's colours in the first frame say that is added to
            the logits of a later one; 0 leaves it to the network. Compact network only.
        precision: of the layers of the network; `bfloat16` is about half as exact in every digit
            that counts and fast where the processor has instructions for it.
        compile: let torch compile the network (of a Mask R-CNN the backbone), for which a CPU needs
            a C++ compiler and minutes; `cuda-graphs` records its kernels besides, compact network
            only.

    Raises:
        UsageError: a number means nothing.
    """

    steps: int = 50
    batch: int = 3
    adapt: bool = False
    adapt_every: int = 5
    adapt_steps: int = 10
    adapt_past: PastFrames = "older"
    adapt_ignore_from: float = 0.5
    adapt_ignore_to: float = 0.5
    adapt_reset: Reset = "first-step"
    propagation: BoxPropagation = "auto"
    boxes: Boxes = "predicted"
    smallest_growth: float = 0.92
    largest_growth: float = 1.03
    colour_weight: float = 1.0
    precision: Precision = "float32"
    compile: Compilation = "off"

    def __post_init__(self) -> None:
        """Raise `UsageError` for a number that means nothing."""
        check_at_least(self, steps=0, adapt_every=1, adapt_steps=0, batch=1)
        check_at_least(self, smallest_growth=0, largest_growth=self.smallest_growth)
        check_at_least(self, colour_weight=0)
        check_at_least(self, adapt_ignore_from=0, adapt_ignore_to=self.adapt_ignore_from)
        if self.adapt_ignore_to > 1:
            raise UsageError(
                f"the setting adapt_ignore_to is {self.adapt_ignore_to}; it is a probability, "
                "1 at most"
            )

    @property
    def ignores_some(self) -> bool:
        """Whether online adaptation leaves doubtful pixels out."""
        return self.adapt_ignore_from < self.adapt_ignore_to
