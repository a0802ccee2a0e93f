"""The moving line of a terminal, and what stands elsewhere."""

import io

import pytest

from vosbench.progress import Progress


class Terminal(io.StringIO):
    """Shows only what a terminal would show: what is left of the last line."""

    def isatty(self) -> bool:
        return True

    def shown(self) -> list[str]:
        lines = []
        for line in self.getvalue().split("\n"):
            screen = ""
            for part in line.split("\r"):
                screen = part + screen[len(part) :]
            lines.append(screen.rstrip())
        return lines


class Ticks:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def played(stream: io.StringIO) -> Progress:
    """Two of ten frames of the second of three sequences are done, two seconds a frame."""
    ticks = Ticks()
    progress = Progress(stream, now=ticks)
    progress.start("eosvos", 3, 25)
    for name, frames in (("bear", 5), ("cat", 2)):
        progress.sequence(name, 10 if name == "cat" else 5)
        for _ in range(frames):
            ticks.now += 2
            progress.frame()
    return progress


def test_a_terminal_shows_sequence_rate_and_time_left() -> None:
    terminal = Terminal()
    progress = played(terminal)
    (line,) = terminal.shown()
    assert line.startswith("eosvos ██████░")
    assert line.endswith("2/3 cat  0.5 frames/s, 0:36 left")
    progress.ended("cat  J 0.5")
    progress.finish()
    assert terminal.shown() == ["eosvos: 2/3 cat  J 0.5", ""]


def test_the_line_is_never_wider_than_the_terminal() -> None:
    terminal = Terminal()
    progress = Progress(terminal)
    progress.start("x" * 300, 1, 1)
    progress.sequence("bear", 1)
    assert max(map(len, terminal.shown())) < 300


@pytest.mark.parametrize(("columns", "bar"), [(80, 20), (60, 19), (45, 4), (42, 1), (41, 0)])
def test_the_bar_gives_way_to_the_time_left(
    monkeypatch: pytest.MonkeyPatch, columns: int, bar: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    terminal = Terminal()
    played(terminal)
    (line,) = terminal.shown()
    assert line.endswith("2/3 cat  0.5 frames/s, 0:36 left")
    assert len(line) < columns
    assert line.count("█") + line.count("░") == bar


def test_what_a_terminal_would_obey_is_not_passed_on() -> None:
    terminal = Terminal()
    progress = Progress(terminal)
    progress.start("red\x1b[31m", 1, 1)
    progress.sequence("two\nlines", 1)
    progress.ended("up\x1b[1A and left\r")
    assert "\x1b" not in terminal.getvalue()
    assert terminal.shown() == ["red�[31m: 1/1 up�[1A and left", ""]


def test_plain_lines_tell_outcomes_with_the_pace() -> None:
    stream = io.StringIO()
    progress = played(stream)
    assert stream.getvalue() == ""
    progress.ended("cat  J 0.5")
    progress.finish()
    assert stream.getvalue() == "eosvos: 2/3 cat  J 0.5  (0.5 frames/s, 0:36 left)\n"


def test_frames_that_never_came_are_not_waited_for() -> None:
    progress = played(io.StringIO())
    progress.sequence("dog", 10)  # eight frames of the cat failed
    assert progress.pace() == "0.5 frames/s, 0:20 left"


def test_quiet_says_nothing() -> None:
    terminal = Terminal()
    progress = Progress(terminal, quiet=True)
    progress.start("eosvos", 1, 1)
    progress.sequence("bear", 1)
    progress.frame()
    progress.ended("bear  J 0.5")
    progress.finish()
    assert terminal.getvalue() == ""


def test_a_stream_that_knows_only_ascii_gets_ascii() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    progress = Progress(stream)
    progress.note("día …")
    assert raw.getvalue() == b"d?a ?\n"


def test_without_rates_the_time_left_is_told() -> None:
    ticks = Ticks()
    progress = Progress(io.StringIO(), now=ticks, rate=False)
    progress.start("eosvos", 1, 10)
    progress.frame()
    ticks.now = 2.0
    assert progress.pace() == "0:18 left"
