"""What may be asked of a clip."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class ClipSettings:
    """What a clip is like.

    Attributes:
        height: of the frames, in pixels.
        width: of the frames, in pixels.
        frames: length of the clip.
        objects: smallest and largest number of annotated objects.
        stride: video frames (24 a second) that pass from one frame of the clip to the next.
        occlusion: probability that something passes in front of an object.
        leaving: probability that an object leaves the picture and returns, in a clip of three
            frames or more.
        twin: probability of an unannotated copy of an object.
        stranger: probability of another unannotated thing that moves.
        veil: probability of spray, dust or smoke around an object; objects stay annotated there.
        verge: probability of a strip of ground in front of everything.
        split: probability that rider and mount are two objects rather than one.
        hard: probability that an object takes on the colours of the background.
        cast: kinds of objects in order; the rest is drawn (`("person", "rider")`).
    """

    height: int = 192
    width: int = 336
    frames: int = 8
    objects: tuple[int, int] = (1, 3)
    stride: float = 1.0
    occlusion: float = 0.3
    leaving: float = 0.08
    twin: float = 0.25
    stranger: float = 0.4
    veil: float = 0.12
    verge: float = 0.1
    split: float = 0.4
    hard: float = 0.2
    cast: tuple[str, ...] = ()

    @property
    def frame(self) -> tuple[int, int]:
        """Height and width."""
        return self.height, self.width
