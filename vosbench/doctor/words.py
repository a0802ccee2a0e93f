"""Parts of sentences that findings share."""

from collections.abc import Sequence

from vosbench.wording import first_few


def some(frames: Sequence[str], total: int, thing: str, sequence: str) -> str:
    """Which of the masks (or so) of a sequence.

    >>> some(["00003"], 50, "mask", "cows"), some(["0", "1"], 2, "mask", "cows")
    ('mask 00003 of cows', 'all 2 masks of cows')
    >>> some(["00003", "00004"], 50, "mask", "cows")
    '2 of 50 masks of cows (00003, 00004)'
    """
    if len(frames) == 1:
        return f"{thing} {frames[0]} of {sequence}"
    if len(frames) == total:
        return f"all {total} {thing}s of {sequence}"
    return f"{len(frames)} of {total} {thing}s of {sequence} ({first_few(frames)})"


def be(number: int) -> str:
    """The verb for so many things."""
    return "is" if number == 1 else "are"


def hold(number: int) -> str:
    """The verb for so many things."""
    return "holds" if number == 1 else "hold"


def ids(numbers: Sequence[int], thing: str = "id") -> str:
    """Ids in a sentence; many are cut short.

    >>> ids((2,)), ids((1, 2)), ids(tuple(range(1, 100)))
    ('id 2', 'ids 1, 2', 'ids 1, 2, 3 and 96 more')
    """
    return f"{thing if len(numbers) == 1 else thing + 's'} {first_few([str(i) for i in numbers])}"


def pixels(size: tuple[int, int]) -> str:
    """A size for people, width first.

    >>> pixels((480, 854))
    '854×480'
    """
    return f"{size[1]}×{size[0]}"
