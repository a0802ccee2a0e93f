"""The network of OSVOS: its size, answers at any size, and fusing before enlarging."""

from dataclasses import replace

import pytest
import torch
from torch.nn import functional as F

from vosbench.errors import UsageError
from vosbench.methods._osvos_network import LAYOUTS, SideOutputNetwork, layout_of


def narrow() -> SideOutputNetwork:
    torch.manual_seed(0)
    return SideOutputNetwork(layout_of("narrow"))


def test_the_trunk_of_vgg16_is_the_one_of_vgg16():
    with torch.device("meta"):
        trunk = SideOutputNetwork(LAYOUTS["vgg16"]).stages
    # 14,714,688: the convolutions of VGG-16, configuration D (Simonyan and Zisserman, ICLR 2015).
    assert sum(p.numel() for p in trunk.parameters()) == 14_714_688


def test_narrow_is_small_enough_to_ship():
    assert 4 * sum(p.numel() for p in narrow().parameters()) < 3e6


@pytest.mark.parametrize("size", [(1, 1), (5, 70), (33, 47), (64, 64)], ids=str)
def test_every_stage_answers_for_every_pixel(size: tuple[int, int]):
    logits = narrow()(torch.rand(2, 3, *size))
    assert logits.shape == (2, 5, *size)
    assert logits.isfinite().all()


@torch.no_grad()
def test_the_fusion_is_that_of_enlarged_features():
    network, images = narrow(), torch.rand(1, 3, 37, 50)
    features = network._side_features(images)
    large = [
        F.interpolate(x, scale_factor=2.0**stage, mode="bilinear", align_corners=False)
        for stage, x in enumerate(features, start=1)
    ]
    beside = torch.cat([x[..., :37, :50] for x in large], dim=1)  # 1×64×h×w
    torch.testing.assert_close(network(images)[:, 4:], network.fuse(beside), atol=1e-5, rtol=1e-5)


@torch.no_grad()
def test_stages_stay_where_the_image_is():
    # Without GroupNorm, by which a spot would change the frame as a whole.
    torch.manual_seed(0)
    network = SideOutputNetwork(replace(LAYOUTS["narrow"], groups=0))
    image = torch.zeros(1, 3, 61, 75)
    before = network(image)
    image[..., 40:48, 8:16] = 5.0
    changed = (network(image) - before).abs().amax(dim=1)[0]
    near = changed[32:56, 0:24].mean()
    assert near > 3 * changed[:20, 50:].mean()


def test_an_unknown_network_is_named_with_those_there_are():
    with pytest.raises(UsageError, match=r"'vgg61'.*vgg16.*there are narrow, vgg16"):
        layout_of("vgg61")
