"""What methods that fine-tune go over a made-up clip with, before their clock begins."""

from vosbench.arrays import Image, Mask
from vosbench.method import Method
from vosbench.methods._propagation import Propagation

REHEARSED_STEPS = 2
"""Inner steps of a rehearsal: the first, and one that finds what it has left."""


class Rehearsal(Method):
    """Follows objects with few inner steps; its masks are nobody's result.

    Args:
        propagation: of the same network and tuner as what is rehearsed.
        frames: after which it has been through all phases.
    """

    def __init__(self, propagation: Propagation, frames: int) -> None:
        self._propagation = propagation
        self._frames = frames

    def fit(self, image: Image, mask: Mask) -> None:
        """Fine-tune for each object of the first frame."""
        self._propagation.fit(image, mask, self.seed)

    def step(self, image: Image) -> Mask:
        """Label map of the next frame."""
        return self._propagation.step(image)

    @property
    def warm_up_frames(self) -> int:
        """Two, or up to the first adaptation."""
        return self._frames
