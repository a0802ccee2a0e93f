"""Where plug-ins live and what they state about themselves, read without importing any of them."""

import ast
import hashlib
import importlib.metadata
import importlib.util
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from vosbench import __version__
from vosbench.errors import UsageError


@dataclass(frozen=True)
class Source:
    """One module that may provide plug-ins, found but not imported.

    Attributes:
        module: name to import it by.
        file: its source.
        origin: who brings it: a distribution and its version, or the path of a file.
        built_in: True for a module of vosbench itself.
        given: True for a file that the user named, which has no installed module.
        problem: why it cannot be read, one sentence; empty when it can.
    """

    module: str
    file: Path
    origin: str
    built_in: bool = False
    given: bool = False
    problem: str = ""

    def load(self) -> ModuleType:
        """Import it.

        Raises:
            UsageError: its code raises; the original exception is the cause.
        """
        try:
            return self._execute() if self.given else importlib.import_module(self.module)
        except (Exception, SystemExit) as error:
            reason = f"{type(error).__name__}: {error}"
            raise UsageError(f"{self.file} cannot be imported: {reason}") from error

    def _execute(self) -> ModuleType:
        """Run the file anew, so that an edited plug-in is never an old one."""
        spec = importlib.util.spec_from_file_location(self.module, self.file)
        if spec is None or spec.loader is None:
            raise ImportError(f"{self.file} is no Python source file")
        module = importlib.util.module_from_spec(spec)
        sys.modules[self.module] = module  # dataclasses look their module up while it runs
        try:
            spec.loader.exec_module(module)
        except BaseException:
            del sys.modules[self.module]
            raise
        return module


@dataclass(frozen=True)
class Statement:
    """What the source of a plug-in says: its docstring's first line and one literal.

    Attributes:
        summary: first line of the module's docstring.
        value: the literal, or None when the module assigns no such name.
    """

    summary: str
    value: object


def find_sources(group: str, files: Iterable[Path] = ()) -> tuple[Source, ...]:
    """Modules of package `group`, then of entry points of that group, then `files`.

    `group` names both a package of vosbench (`vosbench.methods`) and the entry-point group by
    which other distributions add to it. The order is the order of precedence.
    """
    return (*_own(group), *_installed(group), *(_given(file) for file in files))


def read_literal(source: Source, name: str) -> Statement:
    """The summary of a module and the literal it assigns to `name`, parsed, not executed.

    Raises:
        UsageError: the file cannot be read or parsed, or the value is no literal.
    """
    if source.problem:
        raise UsageError(source.problem)
    try:
        tree = ast.parse(source.file.read_bytes(), filename=str(source.file))
    except (OSError, SyntaxError, ValueError) as error:
        raise UsageError(f"{source.file} cannot be read as Python: {error}") from error
    docstring = ast.get_docstring(tree) or ""
    return Statement(docstring.partition("\n")[0], _literal(tree, name, source.file))


def _literal(tree: ast.Module, name: str, file: Path) -> object:
    for node in tree.body:
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            targets = [node.target]
        if not any(isinstance(target, ast.Name) and target.id == name for target in targets):
            continue
        assert isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        try:
            return ast.literal_eval(node.value)
        except ValueError as error:
            raise UsageError(
                f"{name} in {file}, line {node.lineno}, must be a literal: it is read without "
                "running the file"
            ) from error
    return None


def _own(package: str) -> Iterator[Source]:
    spec = importlib.util.find_spec(package)
    folders = (spec.submodule_search_locations if spec else None) or ()
    for folder in folders:
        for file in sorted(Path(folder).glob("*.py")):
            if not file.name.startswith("_"):
                yield Source(
                    f"{package}.{file.stem}", file, f"vosbench {__version__}", built_in=True
                )


def _installed(group: str) -> Iterator[Source]:
    for point in sorted(importlib.metadata.entry_points(group=group)):
        distribution = point.dist
        origin = f"{distribution.name} {distribution.version}" if distribution else point.name
        try:
            spec = _find_without_import(point.module)
        except ImportError as error:
            problem = f"entry point {point.name!r} of {origin} leads nowhere: {error}"
            yield Source(point.module, Path(point.name), origin, problem=problem)
        else:
            yield Source(point.module, Path(spec.origin or point.name), origin)


def _find_without_import(module: str) -> ModuleSpec:
    """The spec of a module; unlike `importlib.util.find_spec`, its parents' code does not run."""
    parent, _, _ = module.rpartition(".")
    path: Sequence[str] | None = None
    if parent:
        above = _find_without_import(parent)
        path = above.submodule_search_locations or []
        if above.origin is None:  # a namespace package has no code to run
            path = list(importlib.import_module(parent).__path__)
    spec = _ask_finders(module, path)
    if spec is None:
        raise ImportError(f"no module named {module!r}")
    return spec


def _ask_finders(name: str, path: Sequence[str] | None) -> ModuleSpec | None:
    for finder in sys.meta_path:
        spec = finder.find_spec(name, path)
        if spec is not None:
            return spec
    return None


def _given(file: Path) -> Source:
    path = file.expanduser().resolve()
    # two files of one name must not share a module
    digest = hashlib.sha256(str(path).encode()).hexdigest()[:8]
    module = f"_vosbench_plugin_{path.stem}_{digest}"
    problem = "" if path.is_file() else f"plug-in {file} does not exist; give the path of a file"
    return Source(module, path, str(file), given=True, problem=problem)
