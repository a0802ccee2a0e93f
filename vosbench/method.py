"""What a segmentation method must be able to do: the protocol between vosbench and plug-ins."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import final

from vosbench.arrays import Image, Mask
from vosbench.errors import MethodError
from vosbench.sequence import Sequence
from vosbench.timing import phase


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

    @property
    def offline(self) -> bool:
        """Whether it must have the whole clip at once (see `OfflineMethod`)."""
        return False

    def clip(self, images: list[Image], mask: Mask) -> list[Mask]:
        """Segment a clip that is there as a whole: label maps of all frames but the first.

        Called in place of `fit` and `step` where only the time of the whole counts (throughput
        mode). A method that gains from seeing many frames at once (batches, frames on their way to
        the device while others are computed) does it here; the masks must be the same.

        Args:
            images: all frames, the annotated one first.
            mask: as for `fit`.
        """
        with phase("init"):
            self.fit(images[0], mask)
        return [self.step(image) for image in images[1:]]

    def rehearsal(self) -> "Method":
        """What goes over a made-up clip before the clock begins, so that nothing is new to it.

        This method itself unless it can do with less: the same kernels on the same shapes, all
        phases, but fewer repetitions of what is done many times (inner steps). It may share
        anything with this method but what a sequence leaves behind.
        """
        return self

    @property
    def warm_up_frames(self) -> int:
        """Frames after the annotated one that bring a rehearsal through all phases."""
        return 2

    def detections(self) -> tuple[Detection, ...]:
        """Boxes and scores of the last `step`, for figures; empty for methods that have none."""
        return ()

    def provenance(self) -> Mapping[str, str]:
        """What made the masks besides code and settings: `network`, `weights`, `weights_sha256`.

        Part of the key of every result, and shown in manifests and tables.
        """
        return {}


class OfflineMethod(Method):
    """Segments a clip that it sees as a whole, later frames before earlier ones are answered.

    It can only be run in throughput mode, and tables mark it.
    """

    @property
    @final
    def offline(self) -> bool:
        """It is."""
        return True

    @abstractmethod
    def clip(self, images: list[Image], mask: Mask) -> list[Mask]:
        """Label maps of all frames but the first (see `Method.clip`)."""

    @final
    def fit(self, image: Image, mask: Mask) -> None:
        """Not to be had frame by frame."""
        raise MethodError(f"{type(self).__name__} needs the whole clip")

    @final
    def step(self, image: Image) -> Mask:
        """Not to be had frame by frame."""
        raise MethodError(f"{type(self).__name__} needs the whole clip")


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
