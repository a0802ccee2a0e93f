"""Which random numbers belong to what: no two kinds of draw of training share a stream.

    generator = np.random.default_rng((Stream.FRAMES, seed, number))

A seed of numpy may be followed by zeros without changing, so `(s,)` and `(s, 0)` are one seed; a
first word of its own keeps the kinds apart whatever follows.
"""

from enum import IntEnum


class Stream(IntEnum):
    """First word of the seeds of one kind of draw; `vosbench.synthetic` has those below 11."""

    CLIP_SETTINGS = 11
    FRAMES = 12
    ORDER = 13
    HELD_OUT = 14
    DETACHED_STEPS = 15
    INITIAL_RATES = 16
    SUPPORT = 17
    QUERY = 18
    COLOURS = 19
    BATCH = 20


class Clips(IntEnum):
    """Last word of the seeds of generated training clips: each kind of training has its own."""

    PARENT = 0
    TASKS = 1
    MONITORING = 2
    FOREGROUND = 3
