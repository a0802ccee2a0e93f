"""`vosbench` with Pillow alone, so that a run shows what its own reader of PNG files gains."""

from unittest.mock import patch

from vosbench import masks

# Not below the guard: a worker process that starts afresh imports this file, too.
patch.object(masks, "plain_mask", lambda data, *, max_pixels: None).start()

if __name__ == "__main__":
    from vosbench.cli import main

    main()
