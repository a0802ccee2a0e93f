"""torchvision's VGG-16 as a trunk: the same features, and files that are none are refused."""

import pickle
from pathlib import Path

import pytest
import torch
from torch import nn

from vosbench.errors import DataError
from vosbench.methods._osvos_imagenet import imagenet_trunk
from vosbench.methods._osvos_network import LAYOUTS, SideOutputNetwork


@pytest.fixture(scope="module")
def torchvision_features() -> nn.Sequential:
    """The convolutions of torchvision's VGG-16, drawn at random."""
    models = pytest.importorskip("torchvision.models")
    torch.manual_seed(0)
    features: nn.Sequential = models.vgg.make_layers(models.vgg.cfgs["D"])
    return features


@pytest.fixture(scope="module")
def file(torchvision_features: nn.Sequential, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the names of torchvision's, its classifier cut short."""
    path = tmp_path_factory.mktemp("imagenet") / "vgg16.pth"
    state = {f"features.{n}": t for n, t in torchvision_features.state_dict().items()}
    torch.save({**state, "classifier.0.weight": torch.zeros(3, 3)}, path)
    return path


@torch.no_grad()
def test_the_trunk_computes_the_features_of_torchvision(
    torchvision_features: nn.Sequential, file: Path
):
    network = SideOutputNetwork(LAYOUTS["vgg16"])
    network.stages.load_state_dict(imagenet_trunk(file))
    x = image = torch.rand(1, 3, 32, 48)
    for index, stage in enumerate(network.stages):
        x = stage(x if index == 0 else nn.functional.max_pool2d(x, 2))
    # All but the last pooling.
    torch.testing.assert_close(x, torchvision_features[:-1](image))


def test_a_truncated_file_is_refused(file: Path, tmp_path: Path):
    short = tmp_path / "short.pth"
    short.write_bytes(file.read_bytes()[:100_000])
    with pytest.raises(DataError, match=r"short\.pth is (not read|damaged)"):
        imagenet_trunk(short)


def test_a_missing_file_is_named(tmp_path: Path):
    with pytest.raises(DataError, match=r"no file .*nowhere\.pth"):
        imagenet_trunk(tmp_path / "nowhere.pth")


class Harm:
    """Runs code when it is unpickled."""

    def __reduce__(self):
        return (Path.touch, (Path("harmed"),))


def test_code_in_a_pickle_does_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "harm.pth"
    path.write_bytes(pickle.dumps(Harm(), protocol=2))
    with pytest.raises(DataError, match=r"harm\.pth is not read: .*could run code"):
        imagenet_trunk(path)
    torch.save({"features.0.weight": Harm()}, path)
    with pytest.raises(DataError, match=r"harm\.pth is not read: .*could run code"):
        imagenet_trunk(path)
    assert not Path("harmed").exists()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ([torch.zeros(2)], r"lacks the tensor features\.0\.weight; expected torchvision's vgg16"),
        ({"conv1.weight": torch.zeros(2)}, r"lacks the tensor features\.0\.weight"),
        (
            {"features.0.weight": torch.zeros(16, 3, 3, 3)},
            r"features\.0\.weight in shape \(16, 3, 3, 3\), VGG-16 has \(64, 3, 3, 3\)",
        ),
    ],
)
def test_other_networks_are_refused(content: object, complaint: str, tmp_path: Path):
    path = tmp_path / "other.pth"
    torch.save(content, path)
    with pytest.raises(DataError, match=complaint):
        imagenet_trunk(path)
