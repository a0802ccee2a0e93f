"""Coarser layers and compiled networks: what they change and what they leave alone."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from vosbench.errors import UsageError
from vosbench.methods._compact import CompactNetwork
from vosbench.methods._precision import call_of, computing
from vosbench.methods.eosvos import EOSVOS


def network_and_windows() -> tuple[CompactNetwork, Tensor]:
    generator = torch.Generator().manual_seed(0)
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(0)
        network = CompactNetwork((8, 16, 16, 16), 8)
    return network, torch.rand(2, 4, 32, 32, generator=generator) * 2 - 1


def test_coarser_layers_answer_nearly_the_same() -> None:
    network, windows = network_and_windows()
    call, parameters = call_of(network, "off"), dict(network.named_parameters())
    exact = call(parameters, windows).detach()
    with computing("float32", windows.device):
        assert torch.equal(call(parameters, windows), exact)
    with computing("bfloat16", windows.device):
        coarse = call(parameters, windows).detach()
    assert coarse.dtype == torch.bfloat16
    assert 0 < float((coarse.float() - exact).abs().max()) < 0.05 * float(exact.abs().max())


@pytest.mark.parametrize(
    ("compilation", "mode"), [("default", "default"), ("cuda-graphs", "reduce-overhead")]
)
def test_compiled_networks_answer_the_same(
    compilation: str, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # what torch makes of it would take a compiler and half a minute: its first stage shows enough
    compile_with = torch.compile
    modes: list[str] = []

    def first_stage(call: Callable[..., Tensor], *, mode: str, dynamic: bool) -> object:
        modes.append(mode)
        return compile_with(call, backend="aot_eager", dynamic=dynamic)

    monkeypatch.setattr(torch, "compile", first_stage)
    network, windows = network_and_windows()
    parameters = dict(network.named_parameters())
    answers = [call_of(network, how)(parameters, windows) for how in ("off", compilation)]  # type: ignore[arg-type]
    assert modes == [mode]
    torch.testing.assert_close(answers[0], answers[1])
    weights = list(parameters.values())
    plain, compiled = (torch.autograd.grad(a.square().mean(), weights) for a in answers)
    torch.testing.assert_close(plain, compiled)


def test_graphs_of_cuda_need_cuda() -> None:
    with pytest.raises(UsageError, match="compile is cuda-graphs, but the device is cpu"):
        EOSVOS(compile="cuda-graphs")


def test_a_network_is_its_parameters_whatever_it_holds_itself() -> None:
    call = call_of(nn.Linear(2, 1), "off")
    answer = call(
        {"weight": torch.tensor([[1.0, 2.0]]), "bias": torch.tensor([0.5])}, torch.ones(1, 2)
    )
    assert answer.item() == 3.5
