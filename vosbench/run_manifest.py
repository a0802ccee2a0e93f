"""The manifest of a run that is about to be made, and the record of a session."""

from collections.abc import Mapping
from datetime import UTC, datetime

from vosbench import provenance
from vosbench.method import MaskSource, Method
from vosbench.records import Manifest, SessionRecord
from vosbench.request import RunRequest
from vosbench.sequence import Dataset


def new_manifest(
    request: RunRequest,
    dataset: Dataset,
    plugin: Method | MaskSource,
    *,
    run: str,
    machine: Mapping[str, object],
    key_parts: Mapping[str, str],
) -> Manifest:
    """What a run is that `plugin` makes of `dataset` now.

    Args:
        request: what was asked for.
        dataset: on what.
        plugin: what was loaded.
        run: name of its folder.
        machine: that it runs on.
        key_parts: what all masks depend on.
    """
    method = plugin if isinstance(plugin, Method) else None
    return Manifest(
        run=run,
        method=request.method,
        label=request.label,
        dataset=dataset.name,
        sequences=tuple(sequence.name for sequence in dataset.sequences),
        protocol=dataset.protocol,
        seed=request.seed,
        device=request.device,
        settings=request.settings,
        overrides=request.overrides,
        provenance=dict(plugin.provenance()),
        imported=method is None,
        machine=machine,
        versions=provenance.versions(),
        git=provenance.git_state(),
        command=request.command,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        key_parts=key_parts,
        dataset_variant=dataset.variant,
        sees_annotations=method is not None and method.sees_annotations,
        mode=request.mode,
        offline=method is not None and method.offline,
    )


def new_session(name: str, made: Manifest) -> SessionRecord:
    """On what a session is about to time passes of a run.

    Args:
        name: `id` of the session.
        made: the manifest of the run as it is made now.
    """
    return SessionRecord(
        session=name,
        machine=made.machine,
        versions=made.versions,
        git=made.git,
        command=made.command,
        created=made.created,
    )
