"""A small reference probe: seconds that known pieces of work take on a device.

It puts the figures of another machine in relation (protocol VBT-1, rule 11). The work is the same
on every device, in float32 and with the threads and flags that torch has at the moment.
"""

import io
from collections.abc import Callable, Mapping
from time import perf_counter

import numpy as np
from PIL import Image

from vosbench.device_clock import device_clock

HEIGHT, WIDTH = 480, 854
"""Pixels of a DAVIS frame at 480p."""

SAMPLES = 3
"""Of each part, after one that does not count; the best is kept, since nothing makes work faster
than it is but much makes it slower."""

CALLS = {"cpu": 1}
"""Repetitions in a sample, by kind of device."""

CALLS_ON_A_GPU = 20
"""One call takes some microseconds there, which a clock on the host cannot tell."""


def probe(device: str = "cpu") -> dict[str, float]:
    """Seconds for one of each: about 0.3 s in all on a core of 2.6 GHz.

    Keys:
        matmul: of two 768×768 matrices, 0.9 GFLOP.
        convolution: 3×3, 48 to 48 channels, over 120×213 pixels (480p, stride 4), 1.1 GFLOP.
        copy: of 32 MiB from host memory to the device, on a CPU to other host memory.
        decode: of a JPEG of 480p by Pillow, on the host.

    Raises:
        UsageError: there is no such device here.
    """
    import torch  # two probes are put in relation without it

    clock = device_clock(device)
    calls = CALLS.get(device, CALLS_ON_A_GPU)
    with torch.inference_mode():
        seconds = {
            name: _best(work, clock.wait, calls=calls) for name, work in _tensors(device).items()
        }
    return seconds | {"decode": _best(_decoding(), lambda: None, calls=1)}


def ratios(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    """How many times as long `other` takes for each part that both have.

    >>> ratios({"matmul": 0.5, "copy": 0.1}, {"matmul": 1.0})
    {'matmul': 2.0}
    """
    return {part: other[part] / one[part] for part in one if part in other and one[part] > 0}


def _tensors(device: str) -> dict[str, Callable[[], object]]:
    """The parts that torch computes; their numbers do not matter, but are the same everywhere."""
    import torch

    generator = torch.Generator().manual_seed(0)

    def numbers(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator).to(device)

    left, right = numbers(768, 768), numbers(768, 768)
    image, kernel = numbers(1, 48, HEIGHT // 4, WIDTH // 4), numbers(48, 48, 3, 3)
    host = torch.zeros(32 << 20, dtype=torch.uint8)
    there = torch.empty_like(host, device=device)
    return {
        "matmul": lambda: left @ right,
        "convolution": lambda: torch.nn.functional.conv2d(image, kernel, padding=1),
        "copy": lambda: there.copy_(host),
    }


def _decoding() -> Callable[[], object]:
    """Decoding a picture made on the spot: shades with some grain, as photographs have."""
    down, across = np.ogrid[0:HEIGHT, 0:WIDTH]
    shade = (120 * down // HEIGHT + 120 * across // WIDTH).astype(np.uint8)  # h×w
    grain = np.random.default_rng(0).integers(0, 16, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    picture = shade[..., None] + grain  # h×w×3, below 256
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=90)
    coded = file.getvalue()
    return lambda: Image.open(io.BytesIO(coded)).load()


def _best(work: Callable[[], object], wait: Callable[[], None], *, calls: int) -> float:
    """Seconds of one call, the least of `SAMPLES`."""
    work()
    least = float("inf")
    for _ in range(SAMPLES):
        wait()
        started = perf_counter()
        for _ in range(calls):
            work()
        wait()
        least = min(least, (perf_counter() - started) / calls)
    return least
