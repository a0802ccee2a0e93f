"""Settings of the methods that fine-tune: what cannot be meant is refused at once."""

from pathlib import Path

import pytest

from vosbench.errors import DataError, UsageError
from vosbench.meta.checkpoints import Checkpoint, save_checkpoint
from vosbench.methods._networks import open_network
from vosbench.methods.eosvos import EOSVOS
from vosbench.methods.finetune import FineTune


@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf")])
@pytest.mark.parametrize(
    ("method", "setting"),
    [(EOSVOS, "adapt_factor"), (FineTune, "adapt_factor"), (FineTune, "rate")],
)
def test_rates_that_mean_nothing_are_refused(
    method: type[EOSVOS] | type[FineTune], setting: str, value: float
):
    with pytest.raises(UsageError, match=f"{setting} is {value}"):
        method(**{setting: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("method", [EOSVOS, FineTune])
def test_provenance_names_network_and_weights(method: type[EOSVOS] | type[FineTune]):
    provenance = method().provenance()
    assert provenance["network"] == "compact"
    assert provenance["weights"].endswith(".safetensors")
    assert len(provenance["weights_sha256"]) == 64


@pytest.mark.parametrize("method", [EOSVOS, FineTune])
def test_an_oracle_is_known_by_its_boxes(method: type[EOSVOS] | type[FineTune]):
    assert not method().sees_annotations
    assert method(boxes="annotation").sees_annotations


def test_networks_that_do_not_exist_or_do_not_fit_are_refused():
    with pytest.raises(UsageError, match="no network 'compcat'"):
        EOSVOS(network="compcat")
    with pytest.raises(UsageError, match="no short_side"):
        EOSVOS(short_side=128)


@pytest.mark.parametrize("method", [EOSVOS, FineTune])
def test_a_network_without_weights_of_its_own_asks_for_them(
    method: type[EOSVOS] | type[FineTune],
):
    with pytest.raises(UsageError, match="no weights come with the network maskrcnn-r18"):
        method(network="maskrcnn-r18")


def test_weights_of_another_network_are_refused():
    compact = EOSVOS.shipped["compact"]
    with pytest.raises(DataError, match="is for network 'compact', not for 'maskrcnn-r18'"):
        EOSVOS(network="maskrcnn-r18", weights=compact)


@pytest.mark.parametrize("training", [{}, {"total_cpu_seconds": 12.5}])
def test_the_compute_of_training_is_passed_on_where_it_is_known(
    tmp_path: Path, training: dict[str, object]
):
    parameters = open_network("compact").parameters()
    file = tmp_path / "parent.safetensors"
    save_checkpoint(file, Checkpoint(parameters, {}, "", "compact", training))
    provenance = FineTune(weights=file).provenance()
    assert provenance.get("training_cpu_seconds") == ("12.5" if training else None)
