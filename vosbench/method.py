"""What a segmentation method must be able to do: the protocol between vosbench and plug-ins."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import final

from vosbench.arrays import Image, Mask
from vosbench.errors import MethodError
from vosbench.sequence import Sequence


@dataclass(frozen=True)
class Detection:
    """Where a method saw one object in its last frame.

    Attributes:
        object_id: id as in the mask given to `fit`.
        box: (left, top, right, bottom) in pixels, right and bottom exclusive.
        score: confidence in 0..1.
    """

    object_id: int
    box: tuple[float, float, float, float]
    score: float


class Method(ABC):
    """Segments one sequence after another, each from the masks of its first frame.

    A plug-in implements `fit` and `step`; everything else has a default. Settings are keyword-only
    arguments of the constructor. A method never times itself and opens no files; it marks its work
    with `vosbench.timing.phase("adapt")` and the like, which costs nothing unless a run is timed.

    Attributes:
        seed: seed of the run, set before every `fit`; draw every random number from it, so that
            masks do not depend on the order of sequences.
    """

    seed: int = 0

    @abstractmethod
    def fit(self, image: Image, mask: Mask) -> None:
        """Adapt to the first frame of a sequence; forget the sequence before.

        Args:
            image: `uint8 h×w×3`.
            mask: label map `uint8 h×w`; its ids are the objects to follow, gaps allowed.
        """

    @abstractmethod
    def step(self, image: Image) -> Mask:
        """Segment the next frame: a label map of the image's size, with ids from `fit`, or 0."""

    def join(self, image: Image, mask: Mask) -> None:
        """Take up further objects that are annotated first in this frame (YouTube-VOS).

        Called before `step` for the same frame; `mask` holds the new objects only.
        """
        raise MethodError(f"{type(self).__name__} cannot take up objects after the first frame")

    @property
    def sees_annotations(self) -> bool:
        """Whether this is an oracle, which is shown every annotation once its own answer stands.

        An oracle separates one part of a method from another (how well it segments, from how well
        it follows); it is no result, and tables say so.
        """
        return False

    def peek(self, mask: Mask) -> None:
        """Look at the annotation of the frame just segmented; called for an oracle only.

        Args:
            mask: label map of the ids given to `fit`; void and objects that join later are
                background. Frames that are not annotated are passed over.
        """
        del mask

    def detections(self) -> tuple[Detection, ...]:
        """Boxes and scores of the last `step`, for figures; empty for methods that have none."""
        return ()

    def provenance(self) -> Mapping[str, str]:
        """What made the masks besides code and settings: `network`, `weights`, `weights_sha256`.

        Part of the key of every result, and shown in manifests and tables.
        """
        return {}


class MaskSource(ABC):
    """Masks that exist already: scored as they are, never timed."""

    @abstractmethod
    def masks(self, sequence: Sequence) -> Iterator[Mask]:
        """Yield a label map for every frame of `sequence`, the first included, in order.

        Raises:
            DataError: a mask is missing, unreadable or of another size than the frame.
        """

    @abstractmethod
    def fingerprint(self, sequence: Sequence) -> str:
        """Hex sha256 over the stored masks of `sequence`, so that changed files are read anew."""

    @final
    def provenance(self) -> Mapping[str, str]:
        """Imported masks have no network of ours."""
        return {}
