"""Settings of the methods on the compact network: what cannot be meant is refused at once."""

import pytest

from vosbench.errors import UsageError
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
