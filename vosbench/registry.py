"""Methods and datasets by name: built in, brought by other distributions, or from a file.

A method is a module with a literal `VARIANTS` (name → settings that differ from the constructor's
defaults) and one public class that derives from `Method` or `MaskSource`. A dataset is a module
with a literal `DATASETS` (name → one line about it) and a function
`open_dataset(name, options) -> Dataset`. Listing parses the files; only what is asked for is
imported. Where two claim one name, the first keeps it: vosbench, then installed distributions,
then files.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import cast

from vosbench.datasets.options import DatasetOptions
from vosbench.errors import UsageError
from vosbench.method import MaskSource, Method
from vosbench.plugins import Source, find_sources, read_literal
from vosbench.provenance import source_sha256
from vosbench.sequence import Dataset
from vosbench.settings import (
    DEVICE,
    Setting,
    constructor_settings,
    find_setting,
    resolve,
    takes_device,
)
from vosbench.wording import suggestion

METHODS = "vosbench.methods"
"""Package of the built-in methods, and the entry-point group by which others add to them."""

DATASETS = "vosbench.datasets"
"""Package of the built-in datasets, and the entry-point group by which others add to them."""


@dataclass(frozen=True)
class Entry:
    """A method or a dataset as listed: what its file says, without importing it.

    Attributes:
        name: as in `--method` or `--dataset`; the file's own name when the file cannot be read.
        summary: one line about it.
        source: where it comes from.
        settings: those that the variant of a method fixes; empty for a dataset.
        problem: why it cannot be used, one sentence; empty when it can.
    """

    name: str
    summary: str
    source: Source
    settings: Mapping[str, object] = field(default_factory=dict)
    problem: str = ""

    @property
    def origin(self) -> str:
        """Who brings it: `vosbench 0.1.0`, another distribution, or the path of a file."""
        return self.source.origin


@dataclass(frozen=True)
class LoadedMethod:
    """A method ready to be built.

    Attributes:
        entry: as listed.
        settings: all of them with their values: defaults, then variant, then overrides.
        overrides: those that the user set.
        build: makes a new instance.
        source_sha256: digest over the code that the masks depend on.
        label: how tables call it: its setting `label` if it has one, else its name.
    """

    entry: Entry
    settings: Mapping[str, object]
    overrides: Mapping[str, object]
    build: Callable[[], Method | MaskSource]
    source_sha256: str
    label: str


def method_entries(plugins: Iterable[Path] = ()) -> tuple[Entry, ...]:
    """Every method that can be asked for, and those that cannot, with the reason."""
    sources = find_sources(METHODS, plugins)
    return tuple(_first_come(entry for source in sources for entry in _methods_of(source)))


def dataset_entries() -> tuple[Entry, ...]:
    """Every dataset that can be asked for, and those that cannot, with the reason."""
    sources = find_sources(DATASETS)
    return tuple(_first_come(entry for source in sources for entry in _datasets_of(source)))


def method_settings(name: str, *, plugins: Iterable[Path] = ()) -> tuple[Setting, ...]:
    """The settings that method `name` takes.

    Raises:
        UsageError: no such method, or one that cannot be imported.
    """
    return constructor_settings(_method_class(_choose("method", name, method_entries(plugins))))


def load_method(
    name: str,
    overrides: Mapping[str, str] | None = None,
    *,
    device: str = "cpu",
    plugins: Iterable[Path] = (),
) -> LoadedMethod:
    """Method `name`, imported, with every setting resolved.

    Args:
        name: of a variant.
        overrides: settings as text, over those of the variant.
        device: given to the constructor if it has an argument of that name.
        plugins: files that bring further methods.

    Raises:
        UsageError: no such method (the closest is suggested), a method that cannot be imported, an
            unknown or missing setting, or text that does not fit a setting's type.
    """
    (loaded,) = load_variants(name, [overrides or {}], device=device, plugins=plugins)
    return loaded


def load_variants(
    name: str,
    overrides: Iterable[Mapping[str, str]],
    *,
    device: str = "cpu",
    plugins: Iterable[Path] = (),
) -> tuple[LoadedMethod, ...]:
    """Method `name` with one set of overrides after another, its code read once.

    Raises:
        UsageError: as `load_method`.
    """
    entry = _choose("method", name, method_entries(plugins))
    cls = _method_class(entry)
    known = constructor_settings(cls)
    digest = source_sha256(entry.source.file)
    placed = {DEVICE: device} if takes_device(cls) else {}

    def loaded(texts: Mapping[str, str]) -> LoadedMethod:
        parsed = {key: find_setting(name, known, key).parse(text) for key, text in texts.items()}
        settings = resolve(name, known, {**entry.settings, **parsed})
        return LoadedMethod(
            entry=entry,
            settings=settings,
            overrides=parsed,
            build=partial(cls, **settings, **placed),
            source_sha256=digest,
            label=str(settings.get("label") or name),
        )

    return tuple(loaded(texts) for texts in overrides)


def open_dataset(name: str, options: DatasetOptions) -> Dataset:
    """Dataset `name` with its sequences; no frame is read yet.

    Raises:
        UsageError: no such dataset (the closest is suggested).
        DataError: it is not where `options` say, or not complete.
    """
    entry = _choose("dataset", name, dataset_entries())
    opener = getattr(entry.source.load(), "open_dataset", None)
    if opener is None:
        raise UsageError(f"{entry.source.file} has no function open_dataset(name, options)")
    return cast(Dataset, opener(name, options))


def _methods_of(source: Source) -> Iterator[Entry]:
    """One entry a variant, or one that says why there is none."""
    try:
        statement = read_literal(source, "VARIANTS")
        variants = _variants(source, statement.value)
    except UsageError as error:
        yield Entry(source.file.stem, "", source, problem=str(error))
        return
    for name, settings in variants.items():
        yield Entry(name, statement.summary, source, settings)


def _variants(source: Source, value: object) -> dict[str, dict[str, object]]:
    if value is None:
        raise UsageError(f"{source.file} has no VARIANTS, a literal such as {{'my-method': {{}}}}")
    if isinstance(value, dict) and all(
        isinstance(name, str) and isinstance(settings, dict) and all(map(_is_text, settings))
        for name, settings in value.items()
    ):
        return value
    raise UsageError(f"VARIANTS in {source.file} must map names to settings, each a dict")


def _datasets_of(source: Source) -> Iterator[Entry]:
    """One entry a dataset; a built-in module that states none is a part of others."""
    try:
        value = read_literal(source, "DATASETS").value
        if value is None and source.built_in:
            return
        if not isinstance(value, dict) or not all(
            isinstance(name, str) and isinstance(summary, str) for name, summary in value.items()
        ):
            raise UsageError(f"{source.file} needs DATASETS, a literal that maps names to one line")
    except UsageError as error:
        yield Entry(source.file.stem, "", source, problem=str(error))
        return
    for name, summary in value.items():
        yield Entry(name, summary, source)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _first_come(entries: Iterable[Entry]) -> Iterator[Entry]:
    """The entries, those marked whose name is taken already."""
    owners: dict[str, Entry] = {}
    for entry in entries:
        owner = owners.get(entry.name)
        if entry.problem or owner is None:
            yield entry
        else:
            taken = f"the name {entry.name} belongs to {owner.origin}; {entry.source.file} must "
            yield replace(entry, problem=f"{taken}call its own otherwise")
        if not entry.problem:
            owners.setdefault(entry.name, entry)


def _choose(kind: str, name: str, entries: tuple[Entry, ...]) -> Entry:
    """The entry to use for `name`; raises `UsageError` if there is none."""
    claims = [entry for entry in entries if entry.name == name]
    # what the user gave by hand must not be passed over in silence
    for entry in claims:
        if entry.problem and (entry.source.given or len(claims) == 1):
            raise UsageError(f"{kind} {name} cannot be used: {entry.problem}")
    usable = [entry for entry in claims if not entry.problem]
    if usable:
        return usable[0]
    known = sorted(entry.name for entry in entries if not entry.problem)
    broken = "".join(f"; {e.problem}" for e in entries if e.problem and e.source.given)
    raise UsageError(
        f"no {kind} {name!r}{suggestion(name, known)}; there are {', '.join(known)}{broken}"
    )


def _method_class(entry: Entry) -> type[Method] | type[MaskSource]:
    """The one public class of a method's module that derives from the protocol."""
    module = entry.source.load()
    found = [
        value
        for name, value in vars(module).items()
        if inspect.isclass(value)
        and issubclass(value, Method | MaskSource)
        and value.__module__ == module.__name__
        and not name.startswith("_")
    ]
    if len(found) != 1:
        names = ", ".join(cls.__name__ for cls in found) or "none"
        raise UsageError(
            f"{entry.source.file} must define one public class that derives from Method or "
            f"MaskSource; it defines {names}"
        )
    if inspect.isabstract(found[0]):
        lacking = ", ".join(sorted(found[0].__abstractmethods__))
        raise UsageError(f"{found[0].__name__} in {entry.source.file} does not define {lacking}")
    return found[0]
