"""`vosbench weights`: what is taken over, and files that are refused."""

import io
import pickle
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn
from torchvision.models import mobilenet_v3_small
from torchvision.models.detection import MaskRCNN
from torchvision.models.detection.backbone_utils import resnet_fpn_backbone

from vosbench.cli import main
from vosbench.errors import DataError
from vosbench.meta.checkpoints import load_checkpoint
from vosbench.methods import _maskrcnn_pretrained
from vosbench.methods._maskrcnn_design import Design, design_called
from vosbench.methods._maskrcnn_layers import FrozenAffine
from vosbench.methods._maskrcnn_official import official_checkpoint
from vosbench.methods._maskrcnn_pretrained import pretrained_checkpoint
from vosbench.methods._networks import open_network
from vosbench.methods._pickled_tensors import read_tensors

SHAPES = open_network("maskrcnn-r50").shapes()


def old_name(name: str) -> str:
    """As torchvision 0.4 called it: the renames of specification 6.3, backwards."""
    name = re.sub(r"(fpn\.(?:inner|layer)_blocks\.\d)\.0\.", r"\1.", name)
    name = re.sub(r"(rpn\.head\.conv)\.0\.0\.", r"\1.", name)
    return re.sub(
        r"mask_head\.(\d)\.0\.", lambda match: f"mask_head.mask_fcn{int(match[1]) + 1}.", name
    )


def constant(value: float, shape: torch.Size | tuple[int, ...]) -> Tensor:
    """A tensor of one value that takes no space in a file."""
    return torch.tensor(value).expand(shape)


def authors_tensors() -> dict[str, Tensor]:
    """201 parameters and 201 rates by the authors' names, each tensor of a value of its own."""
    tensors = {}
    for number, (name, parameter) in enumerate(SHAPES.items()):
        theirs = old_name(name).replace(".", "-")
        tensors[f"model_init-{theirs}"] = constant(float(number), parameter.shape)
        rates = (len(parameter), *(1,) * (parameter.dim() - 1))
        tensors[f"log_init_lr-{theirs}"] = constant(number / 1e6, rates)
    return tensors


def saved(content: object, path: Path) -> Path:
    torch.save(content, path)
    return path


def test_the_authors_checkpoint_becomes_a_learner_with_linear_rates(tmp_path: Path):
    tensors = authors_tensors()
    assert len(tensors) == 402
    file = saved({"epoch": 7, "state": tensors}, tmp_path / "official.pth")
    made = official_checkpoint(file, SHAPES)
    assert (made.network, made.scale) == ("maskrcnn-r50", "linear")
    learner = made.learner()
    for number, (name, parameter) in enumerate(SHAPES.items()):
        assert learner.start[name].shape == parameter.shape
        assert learner.start[name].flatten()[0] == number
        assert learner.rates[name].shape == (len(parameter), *(1,) * (parameter.dim() - 1))
        # They are no logarithms, whatever the name says (specification 6.1).
        assert learner.step_sizes()[name].flatten()[0] == pytest.approx(number / 1e6)


@pytest.mark.parametrize("separator", ["-", "_", "."])
def test_what_comes_before_the_names_does_not_matter(tmp_path: Path, separator: str):
    tensors = {n.replace("-", separator, 1): t for n, t in authors_tensors().items()}
    tensors = {n.removeprefix(f"model_init{separator}"): t for n, t in tensors.items()}
    made = official_checkpoint(saved(tensors, tmp_path / "official.pth"), SHAPES)
    assert list(made.parameters) == list(made.rates) == list(SHAPES)


def spoilt(tensors: dict[str, Tensor], how: str) -> dict[str, Tensor]:
    kept = list(tensors)
    if how == "no rates":
        return {n: t for n, t in tensors.items() if "log_init_lr" not in n}
    if how == "one missing":
        del tensors[kept[40]]
    if how == "another shape":
        tensors[kept[0]] = constant(0.0, (64, 3, 5, 5))
    if how == "too few rates":
        tensors[kept[1]] = constant(0.0, (63, 1, 1, 1))
    if how == "twice":
        tensors |= {f"best-{n}": t for n, t in tensors.items() if n.startswith("model_init")}
    return tensors


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("no rates", "does not hold learned rates of the network maskrcnn-r50"),
        ("one missing", r"lacks backbone\.body\.layer1\.1\.bn2\.bias among the learned start"),
        ("another shape", r"in shape \(64, 3, 5, 5\), the network needs \(64, 3, 7, 7\)"),
        ("too few rates", "has 63 rates of .*, expected one for each of its 64 neurons"),
        ("twice", "the learned start 2 times"),
    ],
)
def test_checkpoints_of_something_else_are_refused(tmp_path: Path, how: str, message: str):
    file = saved(spoilt(authors_tensors(), how), tmp_path / "official.pth")
    with pytest.raises(DataError, match=message):
        official_checkpoint(file, SHAPES)


class Harm:
    """Runs code when it is unpickled."""

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return exec, ("raise SystemExit('code was run')",)


@pytest.mark.parametrize("zipped", [True, False])
def test_files_that_are_no_tensors_are_refused(tmp_path: Path, zipped: bool):
    buffer = io.BytesIO()
    torch.save({"weight": torch.arange(600.0)}, buffer, _use_new_zipfile_serialization=zipped)
    whole = buffer.getvalue()
    file = tmp_path / "weights.pth"
    for length in [*range(0, 200, 7), *range(200, len(whole) - 1, 211), len(whole) - 1]:
        file.write_bytes(whole[:length])
        with pytest.raises(DataError, match=r"weights\.pth is"):
            read_tensors(file)
    file.write_bytes(whole)
    assert list(read_tensors(file)) == ["weight"]


def test_a_pickle_with_code_in_it_is_not_run(tmp_path: Path):
    saved({"weight": torch.zeros(3), "more": Harm()}, tmp_path / "zip.pth")
    (tmp_path / "bare.pth").write_bytes(pickle.dumps(Harm()))
    for name in ("zip.pth", "bare.pth"):
        with pytest.raises(DataError, match="which could run code"):
            read_tensors(tmp_path / name)
    with pytest.raises(DataError, match="there is no file"):
        read_tensors(tmp_path / "nowhere.pth")


def coco_tensors(backbone: str = "resnet18", classes: int = 91) -> dict[str, Tensor]:
    """As torchvision publishes a detector: old names, batch norms with statistics."""
    with torch.device("meta"):
        network = MaskRCNN(
            resnet_fpn_backbone(
                backbone_name=backbone, weights=None, norm_layer=nn.BatchNorm2d, trainable_layers=5
            ),
            num_classes=classes,
        )
    return {
        old_name(name): constant(0.5, tensor.shape) for name, tensor in network.state_dict().items()
    }


def test_all_that_fits_is_taken_over_from_a_detector(tmp_path: Path):
    file = saved(coco_tensors(), tmp_path / "coco.pth")
    design = design_called("maskrcnn-r18")
    made, random = pretrained_checkpoint(file, design, open_network(design.name).parameters())
    # Specification 1.2: with 2 classes the box classifier, box regressor and last mask layer do
    # not fit; everything else does.
    assert set(random) == {
        f"roi_heads.{layer}.{part}"
        for layer in (
            "box_predictor.cls_score",
            "box_predictor.bbox_pred",
            "mask_predictor.mask_fcn_logits",
        )
        for part in ("weight", "bias")
    }
    assert all(bool((t == 0.5).all()) for n, t in made.parameters.items() if n not in random)
    assert made.parameters["backbone.body.bn1.weight"].shape == (64,)
    assert not made.rates


def test_a_backbone_alone_is_taken_over(tmp_path: Path):
    with torch.device("meta"):
        state = mobilenet_v3_small().state_dict()
    file = saved({n: constant(0.25, t.shape) for n, t in state.items()}, tmp_path / "imagenet.pth")
    design = design_called("maskrcnn-mobilenet-v3-small")
    made, random = pretrained_checkpoint(file, design, open_network(design.name).parameters())
    body = {n for n in made.parameters if n.startswith("backbone.body.")}
    assert set(random) == set(made.parameters) - body
    assert all(bool((made.parameters[n] == 0.25).all()) for n in body)


def test_a_frozen_norm_keeps_the_statistics_of_pre_training(tmp_path: Path):
    generator = torch.Generator().manual_seed(0)
    norm = nn.BatchNorm2d(64).eval()
    with torch.no_grad():
        for tensor in (norm.weight, norm.bias, norm.running_mean, norm.running_var):
            assert tensor is not None
            tensor.copy_(torch.rand(64, generator=generator) + 0.1)
    layer = {f"backbone.body.bn1.{name}": tensor for name, tensor in norm.state_dict().items()}
    file = saved(coco_tensors() | layer, tmp_path / "coco.pth")
    design = Design("resnet18", norm="frozen-batch")
    initial = open_network(design.name).parameters()
    made, _ = pretrained_checkpoint(file, design, initial)
    frozen = FrozenAffine(64)
    frozen.load_state_dict(
        {part: made.parameters[f"backbone.body.bn1.{part}"] for part in ("weight", "bias")}
    )
    features = torch.randn(2, 64, 3, 3, generator=generator)
    torch.testing.assert_close(frozen(features), norm(features))
    # A learned norm begins with the affine map alone (specification 1.2).
    group, _ = pretrained_checkpoint(file, Design("resnet18"), initial)
    assert torch.equal(group.parameters["backbone.body.bn1.weight"], norm.weight)


def test_weights_of_something_else_are_refused(tmp_path: Path):
    file = saved({"weight": torch.zeros(3)}, tmp_path / "other.pth")
    design = design_called("maskrcnn-r18")
    with pytest.raises(DataError, match=r"no tensor of the network maskrcnn-r18: expected"):
        pretrained_checkpoint(file, design, open_network(design.name).parameters())


def vosbench(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main([str(argument) for argument in arguments])
    assert isinstance(left.value.code, int)
    return left.value.code


def test_the_commands_write_checkpoints(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    name = "maskrcnn-mobilenet-v3-small"
    with torch.device("meta"):
        state = mobilenet_v3_small().state_dict()
    file = saved({n: constant(0.25, t.shape) for n, t in state.items()}, tmp_path / "imagenet.pth")
    out = tmp_path / "start.safetensors"
    assert vosbench("weights", "pretrained", file, "--network", name, "--out", out) == 0
    assert "138 of 172 tensors taken over" in capsys.readouterr().out
    made = load_checkpoint(out, network=name, like=open_network(name).shapes())
    assert made.training["file"] == "imagenet.pth"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("pretrained",), 1, "give a FILE or --download"),
        (("pretrained", "broken.pth", "--download"), 1, "one of the two"),
        (("pretrained", "broken.pth", "--network", "compact"), 1, "train parent"),
        (("pretrained", "broken.pth", "--network", "maskrcnn-r19"), 1, "did you mean"),
        (("pretrained", "--download", "--network", "maskrcnn-r18"), 1, "has no Mask R-CNN on"),
        (("pretrained", "broken.pth", "--network", "maskrcnn-r18"), 5, "broken.pth is"),
        (("official", "broken.pth"), 5, "broken.pth is"),
        (("official", "nowhere.pth"), 5, "there is no file nowhere.pth"),
    ],
)
def test_commands_say_what_is_wrong(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    code: int,
    message: str,
):
    monkeypatch.chdir(tmp_path)
    Path("broken.pth").write_bytes(b"no tensors at all")
    assert vosbench("weights", *arguments, "--out", "out.safetensors") == code
    assert message in capsys.readouterr().err
    assert not Path("out.safetensors").exists()


def test_a_download_is_asked_for_by_torchvisions_address_and_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    asked = []

    def fetch(url: str, to: str, hash_prefix: str, progress: bool) -> None:
        asked.append((url.rpartition("/")[2], hash_prefix))
        Path(to).touch()

    monkeypatch.setattr(torch.hub, "download_url_to_file", fetch)
    design = Design("resnet50")
    for _ in range(2):  # the second time it is there
        file = _maskrcnn_pretrained.download(design, tmp_path / "new")
    # Specification 1.2 names the file.
    assert file.name == "maskrcnn_resnet50_fpn_coco-bf2d0c1e.pth"
    assert asked == [(file.name, "bf2d0c1e")]


def test_a_download_that_fails_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fetch(*_: object, **__: object) -> None:
        raise OSError("no route to host")

    monkeypatch.setattr(torch.hub, "download_url_to_file", fetch)
    with pytest.raises(DataError, match="cannot be fetched: no route to host"):
        _maskrcnn_pretrained.download(Design("resnet50"), tmp_path)
