"""The mask of the first frame for ever: what a method must beat that does anything at all."""

from vosbench.arrays import Image, Mask
from vosbench.method import Method

VARIANTS: dict[str, dict[str, object]] = {"copy-first": {}}


class CopyFirst(Method):
    """Segments every frame as the first; its J says how much a sequence moves."""

    def fit(self, image: Image, mask: Mask) -> None:
        """Keep the mask."""
        del image
        self._mask = mask.copy()

    def step(self, image: Image) -> Mask:
        """The mask of the first frame, whatever `image` shows."""
        del image
        return self._mask.copy()
