"""J and F of masks, their statistics over frames, and the protocols that say what counts."""

from vosbench.metrics.aggregate import statistic
from vosbench.metrics.contour import boundary, contour_accuracy
from vosbench.metrics.region import region_similarity

__all__ = ["boundary", "contour_accuracy", "region_similarity", "statistic"]
