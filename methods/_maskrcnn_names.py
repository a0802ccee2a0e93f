"""Names of Mask R-CNN's tensors: those of older torchvisions and of the e-OSVOS authors in ours."""

import re

_RENAMED = (
    # (as in torchvision 0.4, as today); specification 6.3
    (re.compile(r"(fpn\.(?:inner|layer)_blocks\.\d+)\.(weight|bias)$"), r"\1.0.\2"),
    (re.compile(r"(rpn\.head\.conv)\.(weight|bias)$"), r"\1.0.0.\2"),
)
_MASK_LAYER = re.compile(r"(mask_head)\.mask_fcn(\d+)\.(weight|bias)$")


def current_name(name: str) -> str:
    """The name that today's torchvision gives a tensor of an older one; others stay.

    >>> current_name("backbone.fpn.inner_blocks.0.weight")
    'backbone.fpn.inner_blocks.0.0.weight'
    >>> current_name("roi_heads.mask_head.mask_fcn1.bias")
    'roi_heads.mask_head.0.0.bias'
    """
    for pattern, replacement in _RENAMED:
        name = pattern.sub(replacement, name)
    return _MASK_LAYER.sub(lambda m: f"{m[1]}.{int(m[2]) - 1}.0.{m[3]}", name)
