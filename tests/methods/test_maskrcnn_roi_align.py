"""RoIAlign against torchvision's, and its derivatives."""

import pytest
import torch
from torchvision.ops import MultiScaleRoIAlign
from torchvision.ops import roi_align as theirs

from vosbench.methods._maskrcnn_roi_align import PyramidRoIAlign, roi_align


def boxes(count: int, generator: torch.Generator, side: float) -> torch.Tensor:
    """Boxes `count×4` of all sizes within an image of `side`."""
    corners = torch.rand(count, 2, 2, generator=generator) ** 2 * side
    low, high = corners.amin(dim=1), corners.amax(dim=1)
    return torch.cat((low, high + 1), dim=1)


def test_it_gives_what_torchvision_gives():
    generator = torch.Generator().manual_seed(0)
    features = torch.randn(2, 3, 12, 16, generator=generator)
    rois = torch.cat((torch.tensor([[0.0], [1], [1]]), boxes(3, generator, 90)), dim=1)
    found = roi_align(features, rois, (5, 4), scale=0.125, ratio=2)
    torch.testing.assert_close(found, theirs(features, rois, (5, 4), 0.125, 2))


def test_both_derivatives():
    generator = torch.Generator().manual_seed(1)
    features = torch.randn(2, 2, 5, 6, generator=generator, dtype=torch.float64)
    rois = torch.tensor([[0.0, 1, 2, 30, 33], [1, 4, 0, 47, 39]], dtype=torch.float64)

    def pooled_squared(features: torch.Tensor) -> torch.Tensor:
        return roi_align(features, rois, (2, 3), scale=0.125, ratio=2).square()

    features.requires_grad_()
    assert torch.autograd.gradcheck(pooled_squared, (features,))
    assert torch.autograd.gradgradcheck(pooled_squared, (features,))


# ResNets have levels of stride 4, 8, …; a MobileNet has two of stride 32.
@pytest.mark.parametrize("sizes", [(64, 32, 16, 8), (8, 8), (32,)])
def test_the_pyramid_gives_what_torchvisions_gives(sizes: tuple[int, ...]):
    generator = torch.Generator().manual_seed(2)
    features = {str(i): torch.randn(2, 4, n, n, generator=generator) for i, n in enumerate(sizes)}
    features["pool"] = torch.randn(2, 4, 4, 4, generator=generator)
    proposals = [boxes(40, generator, 250), boxes(25, generator, 250)]
    edges = torch.tensor([[0.0, 0, 112, 112], [0, 0, 224, 224], [3, 3, 59, 59]])
    proposals[1] = torch.cat((proposals[1], edges))
    shapes = [(256, 250), (240, 256)]
    names = [str(i) for i in range(4)]
    found = PyramidRoIAlign(names, 7, 2)(features, proposals, shapes)
    expected = MultiScaleRoIAlign(names, 7, 2)(features, proposals, shapes)
    torch.testing.assert_close(found, expected)


def test_no_box_gives_no_features():
    features = {"0": torch.randn(1, 4, 16, 16), "1": torch.randn(1, 4, 8, 8)}
    found = PyramidRoIAlign(["0", "1"], 7, 2)(features, [torch.empty(0, 4)], [(64, 64)])
    assert found.shape == (0, 4, 7, 7)
