import pytest

from vosbench.errors import UsageError
from vosbench.metrics import protocols


@pytest.mark.parametrize("name", ["davis2016", "davis2017"])
@pytest.mark.parametrize(
    ("frames", "scored"), [(50, range(1, 49)), (3, range(1, 2)), (2, range(0)), (1, range(0))]
)
def test_davis_leaves_out_the_first_and_the_last_frame(
    name: str, frames: int, scored: range
) -> None:
    assert protocols.get(name).scored_frames(frames) == scored


@pytest.mark.parametrize("name", protocols.names())
def test_a_protocol_is_found_by_its_name(name: str) -> None:
    assert protocols.get(name).name == name


def test_an_unknown_protocol_suggests_the_closest() -> None:
    with pytest.raises(
        UsageError, match=r"no protocol 'davis2071' \(did you mean davis201[67]\?\)"
    ):
        protocols.get("davis2071")
