"""How runs are called in one table: their labels, and what tells equal labels apart."""

from collections.abc import Callable, Mapping, Sequence

from vosbench.records import Manifest

Aspect = Callable[[Manifest], Mapping[str, object]]

_ASPECTS: tuple[Aspect, ...] = (
    lambda manifest: {"": manifest.method},
    lambda manifest: manifest.overrides,
    lambda manifest: {"seed": manifest.seed},
    lambda manifest: {"": manifest.device},
    lambda manifest: {"": manifest.mode},
    lambda manifest: manifest.settings,
    lambda manifest: {"weights": manifest.provenance.get("weights_sha256", "none")[:8]},
    lambda manifest: {"version": manifest.versions.get("vosbench", "unknown")},
    lambda manifest: {"": manifest.run},
)
"""In the order in which they are tried; the name of the run folder always tells runs apart."""


def titles(manifests: Sequence[Manifest]) -> tuple[str, ...]:
    """A title for each run: its label, with what differs in parentheses where labels are equal.

    Two runs of `eosvos-50`, one with `--set steps=20`, are `eosvos-50` and
    `eosvos-50 (steps=20)`.
    """
    found = [
        _title(manifest, [other for other in manifests if other.label == manifest.label])
        for manifest in manifests
    ]
    # a label may itself read like another's label and difference
    return tuple(
        title if found.count(title) == 1 else f"{title} ({manifest.run})"
        for title, manifest in zip(found, manifests, strict=True)
    )


def _title(manifest: Manifest, namesakes: Sequence[Manifest]) -> str:
    """Label of `manifest` and the first aspects in which it differs from each namesake."""
    said: list[str] = []
    alike = list(namesakes)
    for aspect in _ASPECTS:
        if len(alike) == 1:
            break
        own = aspect(manifest)
        differing = {key for other in alike for key in _differences(own, aspect(other))}
        said += [f"{key}={own[key]}" if key else str(own[key]) for key in own if key in differing]
        alike = [other for other in alike if not _differences(own, aspect(other))]
    return f"{manifest.label} ({', '.join(said)})" if said else manifest.label


def _differences(one: Mapping[str, object], other: Mapping[str, object]) -> set[str]:
    keys = one.keys() | other.keys()
    return {key for key in keys if (key in one, one.get(key)) != (key in other, other.get(key))}
