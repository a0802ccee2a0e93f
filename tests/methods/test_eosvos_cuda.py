"""e-OSVOS on a GPU: the same masks as on a CPU but for rounding, and every phase on the clock."""

import numpy as np
import pytest

from vosbench.methods.eosvos import EOSVOS
from vosbench.methods.finetune import FineTune
from vosbench.synthetic import SAMPLE, ClipSettings, generate


@pytest.mark.gpu
@pytest.mark.parametrize("method", [EOSVOS, FineTune])
def test_masks_on_cuda_equal_those_on_cpu(method: type[EOSVOS] | type[FineTune]):
    clip = generate((*SAMPLE, 4), ClipSettings(height=120, width=216, frames=8, objects=(1, 1)))
    masks = []
    for device in ("cpu", "cuda"):
        made = method(steps=5, adapt=True, adapt_steps=2, device=device)
        made.fit(clip.images[0], clip.masks[0])
        masks.append([made.step(image) for image in clip.images[1:]])
    differing = np.mean([a != b for a, b in zip(*masks, strict=True)])
    assert differing < 0.01
