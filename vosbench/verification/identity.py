"""Whether a record is one of its run at all."""

from collections.abc import Iterator
from functools import partial

from vosbench.records import Manifest, SequenceRecord
from vosbench.request import key_of
from vosbench.verification.findings import EDITED, OTHER_KEY, OTHER_PROTOCOL, Drift
from vosbench.wording import shortened


def identity_drifts(manifest: Manifest, record: SequenceRecord, file: str) -> Iterator[Drift]:
    """What in a record contradicts itself or the manifest.

    Args:
        file: of the record, below the run's folder.
    """
    drift = partial(Drift, run=manifest.run, sequence=record.sequence, file=file)
    digest = key_of(record.key_parts)
    if record.key and record.key != digest:
        yield drift(
            figure="key",
            stored=record.key,
            recomputed=digest,
            cause=EDITED,
            why=f"{file} was altered: its key is not the digest of its key_parts; run it again",
        )
    for name, expected in manifest.key_parts.items():
        found = record.key_parts.get(name)
        if found != expected:
            yield drift(
                figure=f"key_parts.{name}",
                stored=found,
                recomputed=expected,
                cause=OTHER_KEY,
                why=(
                    f"{file} was made with another {name} ({shortened(found)}) than the manifest "
                    f"says ({shortened(expected)}), so tables leave it out; run it again"
                ),
            )
    if record.protocol and record.protocol != manifest.protocol:
        yield drift(
            figure="protocol",
            stored=record.protocol,
            recomputed=manifest.protocol,
            cause=OTHER_PROTOCOL,
            why=(
                f"{file} has scores under protocol {record.protocol}, but the manifest says "
                f"{manifest.protocol}; score the masks again with `vosbench evaluate`"
            ),
        )
