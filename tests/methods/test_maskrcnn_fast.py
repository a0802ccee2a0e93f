"""Mask R-CNN's inner step: the straightforward one's result, and a device seldom waited for."""

from collections import Counter
from collections.abc import Iterator
from functools import partial

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from benchmarks.maskrcnn_steps.straightforward import PlainRCNN, PlainTuner
from tests.methods.tiny_rcnn import scene, tiny_rcnn
from vosbench.errors import UsageError
from vosbench.meta.learner import Parameters, gradients_of, initial_rates
from vosbench.methods._following import FirstFrame, check_settings
from vosbench.methods._maskrcnn import ObjectRCNN
from vosbench.methods._maskrcnn_ahead import Ahead
from vosbench.methods._maskrcnn_examples import (
    Batch,
    Example,
    annotated_example,
    segmentation_loss,
)
from vosbench.methods._maskrcnn_following import RCNN, DetectionFollower
from vosbench.methods._propagation_settings import PropagationSettings
from vosbench.methods.finetune import FixedTuner

IMAGES = 3


def networks() -> tuple[ObjectRCNN, PlainRCNN]:
    return tiny_rcnn(), PlainRCNN(tiny_rcnn())


def start(dtype: torch.dtype, seed: int = 0, device: str = "cpu") -> Parameters:
    torch.manual_seed(seed)
    found = tiny_rcnn().named_parameters()
    return {name: p.detach().to(device, dtype).requires_grad_() for name, p in found}


def batch(void: bool = False) -> Batch:
    examples = [annotated_example(*scene(n)) for n in range(IMAGES)]
    if void:
        target = examples[1].target.copy()
        target[20:26, 30:62] = 255
        examples[1] = Example(examples[1].image, target)
    return Batch(examples)


@pytest.mark.parametrize("void", [False, True])
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-9), (torch.float32, 1e-4)])
def test_loss_and_gradients_are_those_of_the_straightforward_step(
    dtype: torch.dtype, tolerance: float, seed: int, void: bool
):
    parameters = start(dtype, seed)
    found = []
    for network in networks():
        loss = segmentation_loss(network, parameters, batch(void), (1, seed))  # type: ignore[arg-type]
        found.append({"loss": loss.detach()} | gradients_of(loss, parameters))
    fast, plain = found
    for name, expected in plain.items():
        scale = float(expected.abs().max()) + 1e-3
        assert float((fast[name] - expected).abs().max()) < tolerance * scale, name
    assert fast["loss"] > 0 and fast["rpn.head.conv.0.0.weight"].any()


def test_so_are_the_parameters_after_several_steps():
    begin = {name: p.detach() for name, p in start(torch.float64).items()}
    fast, plain = networks()
    tuners = (FixedTuner(begin, "sgd", 1e-2, 1.0), PlainTuner(begin, rates_of(begin, 1e-2)))
    reached = []
    for network, tuner in zip((fast, plain), tuners, strict=True):
        first = FirstFrame(*scene(), 0)
        follower = DetectionFollower(network, first, PropagationSettings(), "extend")  # type: ignore[arg-type]
        reached.append(tuner.first_frame(follower.first_frame_loss, 8))
    for name, expected in reached[1].items():
        torch.testing.assert_close(reached[0][name], expected, rtol=1e-7, atol=1e-9)
        assert not torch.equal(expected, begin[name])


def rates_of(parameters: Parameters, rate: float) -> Parameters:
    return initial_rates(parameters, rate, scale="linear")


def test_half_precision_is_of_the_layers_alone():
    parameters = start(torch.float32)
    exact, half = (
        segmentation_loss(tiny_rcnn(), parameters, batch(), (0,), precision)
        for precision in ("float32", "bfloat16")
    )
    assert half.dtype == torch.float32
    assert half.item() != exact.item()
    assert half.item() == pytest.approx(exact.item(), rel=0.05)
    gradients = gradients_of(half, parameters)
    assert all(g.dtype == torch.float32 and g.isfinite().all() for g in gradients.values())
    image = torch.from_numpy(scene()[0]).permute(2, 0, 1) / 255
    parameters["roi_heads.box_predictor.cls_score.bias"].data[1] += 3
    with torch.autocast("cpu", torch.bfloat16):
        found = detected(tiny_rcnn(), parameters, 500, torch.tensor([[30.0, 20, 62, 44]]), image)
    assert {part.dtype for part in found} == {torch.float32}


def test_a_compiled_backbone_gives_the_same_losses_and_detections(
    monkeypatch: pytest.MonkeyPatch,
):
    # The compiler of kernels would take half a minute: what comes before it shows enough.
    traced = partial(torch.compile, backend="aot_eager")
    monkeypatch.setattr(torch, "compile", lambda of, mode, dynamic: traced(of, dynamic=dynamic))
    image, mask = scene()
    network = RCNN("tiny", tiny_rcnn)
    parameters, found = start(torch.float32), []
    for how in ("off", "default"):
        settings = PropagationSettings(batch=1, compile=how)  # type: ignore[arg-type]
        follower = network.follower(FirstFrame(image, mask, 0), settings)
        loss = follower.first_frame_loss(parameters, 0)
        found.append([loss, *gradients_of(loss, parameters).values()])
        found[-1].append(torch.from_numpy(follower.find(parameters, image, 1)))
    torch.testing.assert_close(*found)
    with pytest.raises(UsageError, match="cannot be compiled as cuda-graphs; there is off, def"):
        check_settings(network, PropagationSettings(compile="cuda-graphs"))


@pytest.mark.parametrize(("own", "outside"), [(1000, 0), (500, 40), (0, 40)])
@torch.no_grad()
def test_detections_are_those_of_the_straightforward_network(own: int, outside: int):
    corners = torch.rand(outside, 2, 2, generator=torch.Generator().manual_seed(0)) * 60
    more = torch.cat((corners.amin(1), corners.amax(1) + 4), dim=1)
    parameters = start(torch.float64)
    parameters["roi_heads.box_predictor.cls_score.bias"][1] += 3
    image = torch.from_numpy(scene()[0]).permute(2, 0, 1).double() / 255
    found = [detected(network, parameters, own, more, image) for network in networks()]
    fast, plain = found
    for expected, ours in zip(plain, fast, strict=True):
        torch.testing.assert_close(ours, expected, rtol=1e-9, atol=1e-9)


def detected(
    network: torch.nn.Module, parameters: Parameters, own: int, more: Tensor, image: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    found = torch.func.functional_call(
        network, dict(parameters), (lambda rcnn: rcnn.detect(image, own, more),)
    )
    assert found is not None
    return found.soft, found.box, found.score


WAITING = (
    "_local_scalar_dense",
    "nonzero",
    "masked_select",
    "_unique2",
    "nms",
    "lift_fresh",  # a value from a list, which would be sent
    "scalar_tensor",  # a number beside a tensor in `torch.where`, which would be sent
)


class Waits(TorchDispatchMode):
    """Counts what a GPU would be waited for: values or numbers of elements that the host asks for.

    `tolist` and copies to the host are counted where they are called, as they dispatch nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        name = func.overloadpacket.__name__
        selects = name in ("index", "index_put", "index_put_") and any(
            index is not None and index.dtype in (torch.bool, torch.uint8) for index in args[1]
        )
        if name in WAITING or selects:
            self.counts[name] += 1
        return func(*args, **(kwargs or {}))


@pytest.fixture
def lists(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """How often `Tensor.tolist` was called."""
    counts: Counter[str] = Counter()
    original = Tensor.tolist

    def tolist(self: Tensor) -> object:
        counts["tolist"] += 1
        return original(self)

    monkeypatch.setattr(Tensor, "tolist", tolist)
    yield counts


LEVELS = 3
"""Of the tiny network's proposals; a CPU suppresses level by level, a GPU all at once."""


def test_a_step_waits_for_the_device_only_to_learn_how_many_boxes_there_are(
    lists: Counter[str],
):
    parameters, network, learned = start(torch.float32), tiny_rcnn(), batch()
    learned.lesson(network, parameters["rpn.head.conv.0.0.weight"])
    with Waits() as waits:
        gradients_of(segmentation_loss(network, parameters, learned, (0,)), parameters)
    # Non-maximum suppression gives as many boxes as it keeps: once an image on a GPU.
    assert waits.counts == {"nms": IMAGES * LEVELS}
    # How many are positive and negative; how many belong to each level, for both heads.
    assert lists == {"tolist": 3}


def test_the_straightforward_step_waits_much_more_often(lists: Counter[str]):
    parameters = start(torch.float32)
    with Waits() as waits:
        network = PlainRCNN(tiny_rcnn())
        gradients_of(segmentation_loss(network, parameters, batch(), (0,)), parameters)  # type: ignore[arg-type]
    assert waits.counts.total() - waits.counts["nms"] > 50


@torch.inference_mode()
def test_a_detection_waits_for_the_best_box(lists: Counter[str]):
    network, image = tiny_rcnn(), torch.from_numpy(scene()[0]).permute(2, 0, 1) / 255
    with torch.no_grad():
        network.roi_heads.box_predictor.cls_score.bias[1] += 3
    with Waits() as waits:
        assert network.detect(image, 500, torch.tensor([[30.0, 20, 62, 44]])) is not None
    for name in ("_local_scalar_dense", "lift_fresh"):
        waits.counts.pop(name, None)  # of boxes on the host, before they are sent and after
    assert waits.counts == {"nms": LEVELS}
    # Levels of the proposals; box and score of the best one; its level.
    assert lists == {"tolist": 3}


def test_what_no_step_changes_is_made_once():
    parameters, network, learned = start(torch.float32), tiny_rcnn(), batch()
    lesson = learned.lesson(network, parameters["rpn.head.conv.0.0.weight"])
    assert not lesson.anchors
    first = segmentation_loss(network, parameters, learned, (0,))
    anchors = lesson.anchors
    again = segmentation_loss(network, parameters, learned, (0,))
    assert lesson.anchors is anchors and len(anchors) == IMAGES
    assert torch.equal(first, again)


def test_what_is_made_ahead_is_the_same_in_any_order_and_no_more_than_is_needed():
    made: list[int] = []

    def make(step: int) -> int:
        made.append(step)
        return step * step

    ahead = Ahead(make, 5)
    assert [ahead.take(step, ahead=2) for step in (0, 1, 2, 3, 4)] == [0, 1, 4, 9, 16]
    assert sorted(made) == [0, 1, 2, 3, 4]
    assert ahead.take(7, ahead=2) == 49  # beyond the last step


def test_a_failure_ahead_is_told_when_its_step_comes():
    def make(step: int) -> int:
        if step == 2:
            raise ValueError("no such step")
        return step

    ahead = Ahead(make, 4)
    assert [ahead.take(step, ahead=3) for step in (0, 1)] == [0, 1]
    with pytest.raises(ValueError, match="no such step"):
        ahead.take(2, ahead=3)


@pytest.mark.gpu
def test_on_cuda_nothing_else_waits_for_the_device():
    parameters, network = start(torch.float32, device="cuda"), tiny_rcnn()
    learned = batch()
    gradients_of(segmentation_loss(network, parameters, learned, (0,)), parameters)
    torch.cuda.set_sync_debug_mode("warn")
    try:
        with pytest.warns(UserWarning, match="called a synchronizing CUDA operation") as waits:
            gradients_of(segmentation_loss(network, parameters, learned, (1,)), parameters)
    finally:
        torch.cuda.set_sync_debug_mode("default")
    # Per image one suppression, which may read its result back in two copies; three counts.
    assert len(waits) <= 2 * IMAGES + 3
