"""Runs one method with the vosbench of one source tree, a few passes whenever it is asked to.

    python side_worker.py SIDE

SIDE is a JSON object: the fields of `vosbench.gate.sides.Side`, and `clips`, the folder with
frames, which says in `vosbench.gate.sides` what it holds. Each line on standard input is a JSON
list of what to do and how often; the answer is a line of JSON: for each clip and each part of it
the seconds of wall clock and of the cores. Only what old trees have too is used: methods are driven
by a bare loop, so that nothing but the method differs. What a method prints goes to standard error.
"""

import gc
import inspect
import json
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

import numpy as np

Spent = dict[str, list[float]]
"""Seconds of wall clock and of the cores, by part."""


def main(described: str) -> None:
    """Answer until standard input ends."""
    answers = _only_answers()
    side = json.loads(described)
    sys.path[:0] = side["roots"]
    if not any((Path(root) / "vosbench" / "__init__.py").is_file() for root in side["roots"]):
        sys.exit(f"{' and '.join(side['roots'])} holds no vosbench")
    method = _method(side)
    clips = sorted(Path(side["clips"]).glob("*.npz"))
    workload: Callable[[], object] | None = None
    _say(answers, _about(side))
    for line in sys.stdin:
        what, times = json.loads(line)
        gc.collect()
        if what == "workload":
            workload = workload or _workload(side["device"])
            _say(answers, [_worked(workload, times, _waiting(side["device"]))])
        else:
            _say(answers, [_passes(method, side, clip, times) for clip in clips])


def _only_answers() -> TextIO:
    """Standard output for answers only; what else is written there goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return answers


def _say(answers: TextIO, answer: Any) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


def _method(side: dict[str, Any]) -> Any:
    """The method, built; its code must lie where the side says."""
    from vosbench.registry import load_method

    _keep_freed_memory()
    plugins = [Path(file) for file in side["plugins"]]
    settings = dict(assignment.split("=", 1) for assignment in side["assignments"])
    loaded = load_method(side["method"], settings, device=side["device"], plugins=plugins)
    method: Any = loaded.build()
    if not hasattr(method, "fit") or getattr(method, "sees_annotations", False):
        sys.exit(
            f"{side['method']} takes masks or annotations from elsewhere, so that its passes are "
            "not timed; leave gate timed out with --only"
        )
    file = Path(inspect.getfile(type(method))).resolve()
    if side["within"] and not file.is_relative_to(Path(side["within"]).resolve()):
        sys.exit(
            f"the code of {side['method']} is {file}, not in {side['within']}: the commit holds "
            "no code of this method, so there is nothing to compare with"
        )
    return method


def _keep_freed_memory() -> None:
    """What `vosbench run` does before it loads a method, where it does that."""
    try:
        from vosbench.freed_memory import keep_freed_memory
    except ImportError:
        return
    keep_freed_memory()


def _about(side: dict[str, Any]) -> dict[str, Any]:
    """What timings depend on here, where this vosbench says so."""
    try:
        from vosbench.machine import fingerprint
    except ImportError:
        return {}
    return dict(fingerprint(side["device"]))


def _read(clip: Path) -> tuple[Any, list[Any]]:
    """The first mask, and the frames."""
    with np.load(clip) as arrays:
        return arrays["mask"], [arrays[f"frame{at}"] for at in range(len(arrays.files) - 1)]


def _workload(device: str) -> Callable[[], object]:
    from vosbench.gate.workload import workload

    return workload(device)


def _waiting(device: str) -> Callable[[], object]:
    """Waits until a device has done what it was given."""
    if device == "cpu":
        return lambda: None
    import torch

    return torch.mps.synchronize if device.startswith("mps") else torch.cuda.synchronize


def _worked(work: Callable[[], object], times: int, wait: Callable[[], object]) -> Spent:
    """Seconds of doing some work so many times."""
    clocks = _Clocks(wait)
    clocks.over("workload", lambda: [work() for _ in range(times)])
    return clocks.spent


def _passes(method: Any, side: dict[str, Any], clip: Path, times: int) -> Spent:
    """Seconds by part of so many passes over a clip; the masks of the last are kept if asked."""
    clocks = _Clocks(_waiting(side["device"]))
    mask, frames = _read(clip)
    label_maps: list[Any] = []
    for _ in range(times):
        label_maps = _pass(method, side, list(frames), mask.copy(), clocks)
    if side["masks"]:
        np.save(Path(side["masks"]) / f"{clip.stem}.npy", np.stack([mask, *label_maps]))
    return clocks.spent


def _pass(
    method: Any, side: dict[str, Any], images: list[Any], mask: Any, clocks: "_Clocks"
) -> list[Any]:
    """The masks of one pass, all but the first."""
    _seed_everything(side["seed"])
    method.seed = side["seed"]
    masks: list[Any]
    if side["mode"] == "throughput":
        masks = clocks.over("clip", lambda: method.clip(images, mask))
    else:
        clocks.over("first frame", lambda: method.fit(images[0], mask))
        masks = clocks.over("frames", lambda: [method.step(image) for image in images[1:]])
    return masks


def _seed_everything(seed: int) -> None:
    """Global generators, as a run seeds them before each sequence."""
    random.seed(seed)
    np.random.seed(seed)
    if "torch" in sys.modules:
        import torch

        torch.manual_seed(seed)


class _Clocks:
    """Adds up what parts take.

    Args:
        wait: until the device has done what it was given.
    """

    def __init__(self, wait: Callable[[], object]) -> None:
        self._wait = wait
        self.spent: Spent = {}

    def over(self, part: str, work: Callable[[], Any]) -> Any:
        """What `work` gives."""
        self._wait()
        wall, cores = time.perf_counter(), time.process_time()
        made = work()
        self._wait()
        cores, wall = time.process_time() - cores, time.perf_counter() - wall
        before = self.spent.get(part, [0.0, 0.0])
        self.spent[part] = [before[0] + wall, before[1] + cores]
        return made


if __name__ == "__main__":
    main(*sys.argv[1:])
