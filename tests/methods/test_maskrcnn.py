"""Mask R-CNN of e-OSVOS: its size, and its losses and detections against torchvision's own."""

import math

import pytest
import torch
from torch import Tensor
from torch.func import functional_call
from torchvision.models.detection import MaskRCNN

from tests.methods.tiny_rcnn import scene, tiny_rcnn, tiny_stock
from vosbench.errors import UsageError
from vosbench.meta.learner import rate_shape
from vosbench.methods._maskrcnn import Found, ObjectRCNN
from vosbench.methods._maskrcnn_build import build
from vosbench.methods._maskrcnn_design import BACKBONES, Design, design_called, network_name
from vosbench.methods._maskrcnn_examples import Batch, annotated_example
from vosbench.methods._maskrcnn_frames import image_tensor
from vosbench.methods._maskrcnn_layers import FrozenAffine
from vosbench.methods._networks import NETWORKS, open_network


@pytest.mark.parametrize("name", ["maskrcnn-r50", "maskrcnn-r50+frozen-batch+bce"])
def test_the_papers_network_has_the_size_of_the_specification(name: str):
    shapes = open_network(name).shapes()
    # Specification 1.2 and 2.1: tensors, parameters, rates on the level of neurons.
    assert len(shapes) == 201
    assert sum(p.numel() for p in shapes.values()) == 43_975_515
    assert sum(math.prod(rate_shape(p, "neuron")) for p in shapes.values()) == 90_998


def test_the_papers_network_is_built_as_specified():
    with torch.device("meta"):
        network = build(Design("resnet50"))
        heads = network.roi_heads
        pooled = torch.empty(3, 256, *heads.mask_roi_pool.output_size)
        logits = heads.mask_predictor(heads.mask_head(pooled))
    assert logits.shape == (3, 2, 56, 56)
    assert not list(network.buffers())
    assert all(parameter.requires_grad for parameter in network.parameters())
    norms = [m for m in network.modules() if isinstance(m, torch.nn.GroupNorm)]
    assert len(norms) == 53 and {norm.num_groups for norm in norms} == {32}
    assert (heads.score_thresh, heads.nms_thresh, heads.detections_per_img) == (0.5, 0.5, 1)
    assert heads.box_roi_pool.output_size == (7, 7)
    assert (network.transform.min_size, network.transform.max_size) == ((800,), 1333)
    assert (network.rpn.fg_bg_sampler.batch_size_per_image, network.rpn.nms_thresh) == (256, 0.7)
    assert heads.fg_bg_sampler.batch_size_per_image == 512


@pytest.mark.parametrize("backbone", ["resnet18", "wide_resnet50_2", "mobilenet_v3_small"])
def test_other_backbones_have_no_buffers_and_nothing_frozen(backbone: str):
    with torch.device("meta"):
        network = build(Design(backbone))
    assert not list(network.buffers())
    assert all(parameter.requires_grad for parameter in network.parameters())
    assert not any(isinstance(m, torch.nn.Hardsigmoid) for m in network.modules())
    assert not any(getattr(m, "inplace", False) for m in network.modules())


def test_every_backbone_has_a_name_and_every_name_a_design():
    assert [network_name(b) for b in BACKBONES] == list(NETWORKS[1:])
    for norm in ("group", "frozen-batch"):
        for loss in ("lovasz", "bce"):
            for boxes in ("paper", "modern"):
                design = Design("resnet18", norm=norm, mask_loss=loss, box_losses=boxes)  # type: ignore[arg-type]
                assert design_called(design.name) == design


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("maskrcnn-r51", "did you mean maskrcnn-r50"),
        ("maskrcnn-r50+bcs", "no option 'bcs'"),
        ("maskrcn", "there are compact, maskrcnn-r18"),
    ],
)
def test_names_that_do_not_exist_are_refused(name: str, message: str):
    with pytest.raises(UsageError, match=message.replace("+", r"\+")):
        open_network(name)


def test_a_short_side_that_is_no_image_is_refused():
    with pytest.raises(UsageError, match="short_side is 3"):
        open_network("maskrcnn-r18", short_side=3)


def annotated(seed: int = 0) -> tuple[Tensor, dict[str, Tensor]]:
    """As torchvision takes it."""
    image, mask = scene(seed)
    target = {
        "boxes": torch.tensor([[30.0, 20.0, 62.0, 44.0]]),
        "labels": torch.tensor([1]),
        "masks": torch.from_numpy(mask).to(torch.uint8)[None],
    }
    return image_tensor(image, target["boxes"]), target


def losses(network: ObjectRCNN, *seeds: int) -> dict[str, Tensor]:
    """Of the same scenes."""
    frames = Batch([annotated_example(*scene(seed)) for seed in seeds]).frames
    lesson = network.lesson(frames, next(network.parameters()))
    return network.losses(lesson, torch.Generator().manual_seed(3))


@pytest.fixture
def stock() -> MaskRCNN:
    torch.manual_seed(0)
    return tiny_stock()


def test_with_todays_losses_it_is_torchvisions_mask_rcnn(stock: MaskRCNN):
    images, targets = zip(annotated(0), annotated(1), strict=True)
    network = ObjectRCNN(stock, Design("resnet18", mask_loss="bce", box_losses="modern"))
    stock.transform.eval()  # in training it would draw one size of one
    torch.manual_seed(3)
    theirs = stock(list(images), list(targets))
    ours = losses(network, 0, 1)
    names = {
        "objectness": "loss_objectness",
        "proposal_box": "loss_rpn_box_reg",
        "class": "loss_classifier",
        "box": "loss_box_reg",
        "mask": "loss_mask",
    }
    assert set(names) == set(ours) and set(names.values()) == set(theirs)
    for name, theirs_name in names.items():
        torch.testing.assert_close(ours[name], theirs[theirs_name])


def test_the_papers_losses_are_others(stock: MaskRCNN):
    found = {}
    for design in (Design("resnet18"), Design("resnet18", mask_loss="bce", box_losses="modern")):
        found[design.name] = losses(ObjectRCNN(stock, design), 0)
    paper, modern = found.values()
    same = {name for name in paper if torch.equal(paper[name], modern[name])}
    assert same == {"objectness", "class"}


def sure(stock: MaskRCNN) -> MaskRCNN:
    """The same network, sure that whatever it sees is the object."""
    with torch.no_grad():
        stock.roi_heads.box_predictor.cls_score.bias[1] += 3
    return stock


@torch.no_grad()
def test_without_proposals_from_outside_it_detects_what_torchvision_detects(stock: MaskRCNN):
    image, _ = annotated()
    (theirs,) = sure(stock).eval()([image])
    ours = ObjectRCNN(stock, Design("resnet18")).detect(image, 1000, torch.empty(0, 4))
    assert isinstance(ours, Found)
    torch.testing.assert_close(ours.box, theirs["boxes"][0])
    torch.testing.assert_close(ours.score, theirs["scores"][0])
    torch.testing.assert_close(ours.soft, theirs["masks"][0, 0])
    assert ours.soft.shape == image.shape[1:] and ours.soft.max() > 0


@torch.no_grad()
def test_proposals_from_outside_are_found_without_any_of_its_own(stock: MaskRCNN):
    image, target = annotated()
    heads = sure(stock).roi_heads
    heads.box_predictor.bbox_pred.weight.zero_()  # boxes stay what was proposed
    heads.box_predictor.bbox_pred.bias.zero_()
    outside = torch.tensor([[-20.0, -5.0, 62.0, 44.0]])
    network = ObjectRCNN(stock, Design("resnet18"))
    found = network.detect(image, 0, outside)
    assert found is not None
    torch.testing.assert_close(found.box, outside[0].clamp(min=0))  # clipped to the frame
    assert network.detect(image, 0, target["boxes"]) is not None


@torch.no_grad()
def test_nothing_is_found_where_no_score_is_high_enough(stock: MaskRCNN):
    stock.roi_heads.box_predictor.cls_score.bias[0] += 100
    image, target = annotated()
    network = ObjectRCNN(stock, Design("resnet18"))
    assert network.detect(image, 500, target["boxes"]) is None


@pytest.mark.parametrize("norm", ["group", "frozen-batch"])
def test_every_parameter_has_a_gradient_twice_and_a_frozen_norm_has_zero(norm: str):
    torch.manual_seed(0)
    network = tiny_rcnn(Design("resnet18", norm=norm))  # type: ignore[arg-type]
    parameters = {name: p.detach().requires_grad_() for name, p in network.named_parameters()}
    found = functional_call(network, parameters, (lambda rcnn: losses(rcnn, 0),))
    total = torch.stack(list(found.values())).sum()
    gradients = torch.autograd.grad(total, list(parameters.values()), create_graph=True)
    steepness = torch.stack([g.square().sum() for g in gradients]).sum()
    second = torch.autograd.grad(steepness, list(parameters.values()), materialize_grads=True)
    frozen = {n for n, g in zip(parameters, gradients, strict=True) if not g.any()}
    layers = [n for n, module in network.named_modules() if isinstance(module, FrozenAffine)]
    norms = {f"{layer}.{part}" for layer in layers for part in ("weight", "bias")}
    assert frozen == norms and bool(norms) == (norm == "frozen-batch")
    assert all(torch.isfinite(g).all() for g in second)
    assert any(g.any() for n, g in zip(parameters, second, strict=True) if "backbone" in n)
    assert all(p.grad is None for p in network.parameters())
