"""A method that fine-tunes a small network, as a plug-in file with one thing changed."""

from pathlib import Path

TUNER = '''\
"""Fine-tunes two layers on the first frame, with a network that answers each frame."""

import numpy as np
import torch

from vosbench.method import Method

VARIANTS = {{"tuner": {{}}}}


class Tuner(Method):
    def fit(self, image, mask):
        torch.manual_seed(self.seed)
        self._kept = []
        first, last = torch.nn.Conv2d(3, 4, 3, padding=1), torch.nn.Conv2d(4, 1, 3, padding=1)
        self._network = torch.nn.Sequential(first, torch.nn.ReLU(), last)
        wanted = torch.from_numpy((mask > 0).astype(np.float32))
        for _ in range({steps}):
            logits = self._network(self._input(image))[0]
            loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, wanted)
            self._network.zero_grad()
            loss.backward()
            with torch.no_grad():
                for weight in self._network.parameters():
                    weight -= 0.1 * weight.grad

    def step(self, image):
        with torch.inference_mode():
            logits = self._network(self._input(image))[0]
        {body}
        return (logits > 0).numpy().astype(np.uint8)

    def _input(self, image):
        return torch.from_numpy(image).float().permute(2, 0, 1) / 255
'''


def write_tuner(folder: Path, *, steps: int = 10, body: str = "") -> Path:
    """The method, with so many inner steps.

    Args:
        body: what else it does with a frame.
    """
    folder.mkdir(exist_ok=True)
    file = folder / "tuner.py"
    file.write_text(TUNER.format(steps=steps, body=body))
    return file
