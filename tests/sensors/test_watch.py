"""What a watch says of a pass on this machine."""

import time

import pytest

from vosbench.sensors.surroundings import look
from vosbench.sensors.watch import Watch


def test_a_watch_tells_of_one_pass_after_another() -> None:
    if look().cpu is None:
        pytest.skip("this system does not tell where processor time goes")
    watch = Watch()
    for _ in range(2):
        watch.begin()
        time.sleep(0.3)
        around = watch.end()
        assert around.contended is not None
        assert 0.0 <= around.contended <= 1.0
        assert around.joules is None  # too short a window for any counter


def test_an_end_without_a_begin_is_a_defect_of_the_caller() -> None:
    with pytest.raises(RuntimeError, match="never began"):
        Watch().end()
