"""No notes of the profiler's libraries on standard error."""

import os


def keep_quiet() -> None:
    """Have no notes of the profiler's libraries on standard error, unless the user wants them.

    They tell of what every profile has: memory freed that was allocated before it began. The
    libraries ask for this once, when torch is imported.
    """
    os.environ.setdefault("KINETO_LOG_LEVEL", "99")
    os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
