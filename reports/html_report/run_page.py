"""The page of one run: what it is, how to make it again, what became of each sequence."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from vosbench import __version__
from vosbench.records import Manifest
from vosbench.reports.compared.comparison import Comparison
from vosbench.reports.compared.entries import Entry
from vosbench.reports.html_report.pages import table_markup, write_page
from vosbench.reports.html_report.site import UP, Site
from vosbench.reports.table import Cell, Column, Row, Subject, Table

Facts = list[tuple[str, str]]
"""Names and values, as they are shown."""


def write_run_page(folder: Path, site: Site, comparison: Comparison, entry: Entry) -> None:
    """Write the page of a run into the folder of a report.

    Raises:
        CannotWriteError: the file system refuses.
    """
    manifest = entry.manifest
    if manifest is None:
        raise ValueError(f"{entry.title} is quoted: there is no run")
    write_page(
        folder / "runs" / f"{site.runs[manifest.run]}.html",
        "run.html",
        up=UP,
        version=__version__,
        heading=comparison.title("Report"),
        title=entry.title,
        lede=_lede(comparison, entry, manifest),
        command=manifest.command,
        imported=manifest.imported,
        at=_source(manifest),
        parts=list(_parts(manifest, entry)),
        records=table_markup(_records(comparison, entry, manifest.run), site.link(UP)),
    )


def day(created: str) -> str:
    """The day of a date and time, as manifests have them.

    >>> day("2026-11-23T00:57:00+00:00")
    '2026-11-23'
    """
    return created[:10]


def network(manifest: Manifest) -> str:
    """Network and weights in a few words; empty for a method that has none.

    >>> from types import SimpleNamespace
    >>> network(SimpleNamespace(provenance={"network": "tiny", "weights_sha256": "ab" * 32}))
    'tiny, weights abababababab'
    """
    named = manifest.provenance.get("network", "")
    digest = manifest.provenance.get("weights_sha256", "")[:12]
    return ", ".join(filter(None, (named, f"weights {digest}" if digest else "")))


def _lede(comparison: Comparison, entry: Entry, manifest: Manifest) -> str:
    made = f", made {day(manifest.created)}" if manifest.created else ""
    return f"{entry.trust.capitalize()}{made}: {comparison.extent(entry)} of {manifest.dataset}."


def _source(manifest: Manifest) -> str:
    """Of which code the command is meant."""
    commit = str(manifest.git.get("commit", ""))
    if not commit:
        return f"With vosbench {manifest.versions.get('vosbench', '(version unknown)')}."
    changed = ", with changes that were not committed" if manifest.git.get("dirty") else ""
    return f"In commit {commit}{changed}."


def _parts(manifest: Manifest, entry: Entry) -> Iterator[dict[str, object]]:
    method: Facts = [
        ("method", manifest.method),
        ("label", manifest.label),
        ("seed", str(manifest.seed)),
        ("device", manifest.device),
        ("mode", manifest.mode),
        ("protocol", manifest.protocol),
        ("dataset", " ".join(filter(None, (manifest.dataset, manifest.dataset_variant)))),
        ("run folder", manifest.run),
        ("created", manifest.created),
    ]
    overridden = set(manifest.overrides)
    settings = [
        (name, f"{value} (set by hand)" if name in overridden else value)
        for name, value in _listed(manifest.settings)
    ]
    sessions = [
        (f"{session.session} {day(session.created)}", _machine_line(session.machine))
        for session in entry.sessions
    ]
    yield _part("Run", method)
    yield _part("Settings", settings, "The method has none.")
    yield _part("Network and weights", _listed(manifest.provenance), "It has no network of ours.")
    yield _part("Machine", _listed(manifest.machine), "Not recorded.")
    if len(sessions) > 1:
        yield _part("Timed in several sessions", sessions)
    yield _part("Versions", _listed(manifest.versions), "Not recorded.")
    yield _part("What else the masks depend on", _rest(manifest), "Not recorded.")


def _rest(manifest: Manifest) -> Facts:
    """Parts of the key of the masks that no other list has."""
    said = ("settings.", "provenance.", "method", "seed", "device")
    return [(name, is_) for name, is_ in manifest.key_parts.items() if not name.startswith(said)]


def _part(title: str, facts: Facts, empty: str = "") -> dict[str, object]:
    return {"title": title, "facts": facts, "empty": empty}


def _listed(facts: Mapping[str, object]) -> Facts:
    """Names and values; what is nested goes by names with dots."""
    return list(_flat("", facts))


def _flat(prefix: str, facts: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in facts.items():
        if isinstance(value, Mapping):
            yield from _flat(f"{prefix}{name}.", value)
        else:
            yield prefix + name, _said(value)


def _said(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_said, value))
    if value is None:
        return "–"
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def _machine_line(machine: Mapping[str, object]) -> str:
    return ", ".join(str(machine[key]) for key in ("cpu", "gpu", "os") if machine.get(key))


def _records(comparison: Comparison, entry: Entry, run: str) -> Table:
    """What became of each sequence."""
    rows = []
    for name in comparison.sequences:
        outcome = entry.outcomes.get(name)
        about = Subject(entry.title, run, name)
        state = outcome.state if outcome is not None else "not asked for"
        figures: list[float | None] = [None, None, None]
        if outcome is not None:
            figures = [outcome.mean(figure) for figure in ("J&F", "J_mean", "F_mean")]
        frames = outcome.frames_scored if outcome is not None else None
        rows.append(
            Row(
                (
                    Cell(name, about=about),
                    Cell(state),
                    *(Cell(value, about=about) for value in figures),
                    Cell(frames),
                    Cell(outcome.reason if outcome is not None else ""),
                )
            )
        )
    return Table(
        title=f"{entry.title} by sequence",
        columns=(
            Column("sequence", "sequence"),
            Column("state", "state"),
            *(Column(name, name, "percent", "up") for name in ("J&F", "J", "F")),
            Column("frames", "frames", "count"),
            Column("reason", "reason"),
        ),
        rows=tuple(rows),
    )
