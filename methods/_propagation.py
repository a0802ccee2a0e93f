"""Following the objects of a sequence with a network that is fine-tuned for each of them.

Each object has its own copy of the parameters and knows nothing of the others; their soft maps are
merged at the end (specification 3.4). Frames come in chunks: the first is segmented with the
parameters after the first frame; before each further one, where online adaptation (OnA) is on, the
parameters are adapted to the first frame and to predictions of past frames (specification 3.5).

What differs between networks, what losses see and how an object is found, comes in as a
`FollowingNetwork`; what differs between e-OSVOS and its baselines, how parameters are fine-tuned,
as a `Tuner`.
"""

from dataclasses import dataclass, fields
from typing import Protocol

import numpy as np

from vosbench.arrays import Image, Mask, object_ids
from vosbench.masks import merge_soft_maps
from vosbench.meta.learner import Loss, Parameters
from vosbench.method import Detection
from vosbench.methods._following import (
    FirstFrame,
    Follower,
    FollowingNetwork,
    SoftMap,
    check_settings,
)
from vosbench.methods._propagation_settings import PastFrames, PropagationSettings
from vosbench.timing import phase

REMEMBERED = 4
"""Frames behind the next one that online adaptation may learn from."""


class Tuner(Protocol):
    """Fine-tunes parameters on a loss; what e-OSVOS learns and the baselines fix by hand."""

    start: Parameters
    """Where fine-tuning on the first frame begins."""

    def first_frame(self, loss: Loss, steps: int) -> Parameters:
        """Parameters after `steps` steps from the start."""

    def online(self, loss: Loss, steps: int, begin: Parameters) -> Parameters:
        """Parameters after `steps` more careful steps from `begin`."""


def adaptation_is_due(frame: int, every: int) -> bool:
    """True for the first frame of each chunk but the first.

    >>> [frame for frame in range(1, 12) if adaptation_is_due(frame, 5)]
    [6, 11]
    """
    return frame > 1 and (frame - 1) % every == 0


def past_frames(frame: int, which: PastFrames) -> tuple[int, ...]:
    """Frames that an adaptation before `frame` learns from besides the first, oldest first.

    The released code takes the two older of the last four, so that a drift in the newest is not
    learned; the submitted one took the last. Chunks of fewer than four frames have fewer behind
    the second of them: then the oldest there are.

    >>> past_frames(6, "older"), past_frames(11, "older"), past_frames(6, "last")
    ((2, 3), (7, 8), (5,))
    """
    behind = tuple(range(max(1, frame - REMEMBERED), frame))
    return {"older": behind[:2], "last": behind[-1:], "all": behind}[which]


@dataclass
class _Tracked:
    """One object on its way through a sequence."""

    object_id: int
    follower: Follower
    fitted: Parameters  # after the first frame
    parameters: Parameters  # in use


class Propagation:
    """Segments sequences with a network that a tuner fine-tunes for each object.

    Args:
        network: what sees frames.
        tuner: from the start to an object's parameters.
        settings: see there.

    Raises:
        UsageError: the network cannot follow the settings.
    """

    def __init__(
        self, network: FollowingNetwork, tuner: Tuner, settings: PropagationSettings
    ) -> None:
        check_settings(network, settings)
        self._network = network
        self._tuner = tuner
        self._settings = settings
        self._objects: list[_Tracked] = []
        self._frame = 0

    def fit(self, image: Image, mask: Mask, seed: int) -> None:
        """Fine-tune on the first frame for each of its objects; forget the sequence before."""
        self._frame = 0
        self._objects = []
        image = image.copy()  # it is needed as long as the sequence lasts
        for object_id in object_ids(mask):
            first = FirstFrame(image, mask == object_id, seed)
            self._objects.append(self._begin(object_id, first))

    def step(self, image: Image) -> Mask:
        """Label map of the next frame."""
        self._frame += 1
        if self._settings.adapt and adaptation_is_due(self._frame, self._settings.adapt_every):
            with phase("adapt"):
                for tracked in self._objects:
                    tracked.parameters = self._adapted(tracked)
                    tracked.follower.begin_chunk()
        soft = [t.follower.find(t.parameters, image, self._frame) for t in self._objects]
        with phase("post"):
            return self._merged(soft, image.shape[:2])

    def peek(self, mask: Mask) -> None:
        """Search the next frame where `mask`, the annotation of the last one, has the objects."""
        for tracked in self._objects:
            tracked.follower.look(mask == tracked.object_id)

    def detections(self) -> tuple[Detection, ...]:
        """Where objects were seen last."""
        return tuple(
            Detection(t.object_id, t.follower.box, t.follower.score)
            for t in self._objects
            if t.follower.score > 0
        )

    def shortened(self, steps: int) -> tuple["Propagation", int]:
        """One of the same network and tuner that makes at most `steps` inner steps at a time.

        Its first adaptation is early, but learns from as many past frames as every other.

        Returns:
            it, and the number of frames after which it has done all that it ever does.
        """
        settings = PropagationSettings(
            **{f.name: getattr(self._settings, f.name) for f in fields(PropagationSettings)}
        )
        settings.steps = min(settings.steps, steps)
        settings.adapt_steps = min(settings.adapt_steps, steps)
        settings.adapt_every = min(settings.adapt_every, REMEMBERED)
        frames = settings.adapt_every + 1 if settings.adapt else 2
        return Propagation(self._network, self._tuner, settings), frames

    def _begin(self, object_id: int, first: FirstFrame) -> _Tracked:
        follower = self._network.follower(first, self._settings)
        fitted = self._tuner.first_frame(follower.first_frame_loss, self._settings.steps)
        return _Tracked(object_id, follower, fitted, fitted)

    def _adapted(self, tracked: _Tracked) -> Parameters:
        """Parameters adapted to the first frame and to past ones as they were found."""
        past = past_frames(self._frame, self._settings.adapt_past)
        loss = tracked.follower.adaptation_loss(self._frame, past)
        begin = {
            "first-step": tracked.fitted,
            "full": self._tuner.start,
            "none": tracked.parameters,
        }[self._settings.adapt_reset]
        return self._tuner.online(loss, self._settings.adapt_steps, begin)

    def _merged(self, soft: list[SoftMap], size: tuple[int, int]) -> Mask:
        if not soft:
            return np.zeros(size, np.uint8)
        return merge_soft_maps(np.stack(soft), tuple(t.object_id for t in self._objects))
