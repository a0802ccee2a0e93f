"""J, the region similarity of DAVIS: overlap of a predicted object with the true one.

Perazzi et al., A Benchmark Dataset and Evaluation Methodology for Video Object Segmentation,
CVPR 2016, section 5.1.
"""

import numpy as np

from vosbench.arrays import BinaryMask, check_binary_pair


def region_similarity(truth: BinaryMask, prediction: BinaryMask) -> float:
    """J = |truth ∩ prediction| / |truth ∪ prediction|, in 0..1; 1 when both are empty.

    Args:
        truth: `bool h×w`.
        prediction: `bool h×w`, the same size.

    Raises:
        ValueError: other dtypes, or two sizes.

    >>> region_similarity(np.array([[True, True]]), np.array([[False, True]]))
    0.5
    """
    check_binary_pair(truth, prediction)
    common = int(np.count_nonzero(truth & prediction))
    union = int(np.count_nonzero(truth | prediction))
    return common / union if union else 1.0
