"""Runs one method with the vosbench of one source tree, a pass whenever it is asked to.

    python worker.py TREE METHOD SETTINGS DATASET MASKS

SETTINGS is a JSON list of KEY=VALUE, DATASET a JSON mapping of what `choose_dataset` takes. Each
line on standard input asks for a pass over all sequences; the answer is a line with the seconds of
each, and the masks lie in MASKS as one file a sequence. Only what both trees have is used: methods
are driven by a bare loop, so that nothing but the method differs.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np


def main(tree: str, name: str, settings: str, options: str, masks: str) -> None:
    """Answer until standard input ends."""
    sys.path.insert(0, tree)
    if not (Path(tree) / "vosbench" / "__init__.py").is_file():
        sys.exit(f"{tree} holds no vosbench")
    from vosbench.command_line import choose_dataset, load_methods

    _keep_freed_memory()
    method: Any = load_methods((name,), json.loads(settings), "cpu", ())[0].build()
    dataset = choose_dataset(**_with_paths(json.loads(options)))
    _say([sequence.name for sequence in dataset.sequences])
    for _ in sys.stdin:
        seconds = []
        for sequence in dataset.sequences:
            frames = [sequence.read_image(index) for index in range(len(sequence))]
            spent, label_maps = _one_pass(method, frames, _first_mask(sequence))
            seconds.append(spent)
            np.save(Path(masks) / f"{sequence.name}.npy", label_maps)
        _say(seconds)


def _with_paths(options: dict[str, Any]) -> dict[str, Any]:
    """The options with folders as paths, which JSON has not."""
    folders = ("root", "images", "annotations")
    return {k: Path(v) if k in folders and v is not None else v for k, v in options.items()}


def _say(answer: list[Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def _keep_freed_memory() -> None:
    """What `vosbench run` does before it loads a method, where it does that."""
    try:
        from vosbench.freed_memory import keep_freed_memory
    except ImportError:
        return
    keep_freed_memory()


def _one_pass(method: Any, frames: list[Any], mask: Any) -> tuple[float, Any]:
    """Seconds of `fit` and all steps, and the label maps."""
    from vosbench.segment import seed_everything

    seed_everything(0)
    method.seed = 0
    begin = time.perf_counter()
    method.fit(frames[0], mask)
    label_maps = [method.step(frame) for frame in frames[1:]]
    return time.perf_counter() - begin, np.stack([mask, *label_maps])


def _first_mask(sequence: Any) -> Any:
    from vosbench.segment import first_mask

    return first_mask(sequence)


if __name__ == "__main__":
    main(*sys.argv[1:])
