"""What made a result: versions of distributions, state of the checkout, digests of source code."""

import ast
import hashlib
import platform
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import vosbench
from vosbench.errors import DataError

RELEVANT = ("numpy", "pillow", "safetensors", "scikit-image", "scipy", "torch", "torchvision")
"""Distributions whose versions stand in every manifest, beside python and vosbench."""

GIT_SECONDS = 10
"""How long git may take to answer before a run goes on without its answer."""


def versions(distributions: Iterable[str] = RELEVANT) -> dict[str, str]:
    """Distribution → installed version; those that are not installed are left out.

    >>> versions(["numpy", "no-such-distribution"]).keys() - {"numpy"} == {"python", "vosbench"}
    True
    """
    found = {"python": platform.python_version(), "vosbench": vosbench.__version__}
    for name in distributions:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def git_state(root: Path | None = None) -> Mapping[str, object]:
    """`{"commit": hex, "dirty": bool}` of the checkout at `root`; empty where there is none.

    Files that git does not track make no tree dirty: a folder of runs usually lies among them, and
    the code of methods is covered by `source_sha256`.

    Args:
        root: top folder of a checkout; the one that vosbench is imported from unless given. A
            folder that merely lies inside another repository (an installed vosbench) has no state.
    """
    root = Path(vosbench.__file__).parents[1] if root is None else root
    try:
        if Path(_git(root, "rev-parse", "--show-toplevel")).resolve() != root.resolve():
            return {}
        commit = _git(root, "rev-parse", "HEAD")
        changes = _git(root, "status", "--porcelain", "--untracked-files=no")
    except (OSError, subprocess.SubprocessError):
        return {}
    return {"commit": commit, "dirty": bool(changes)}


def checkout_around(folder: Path) -> Path | None:
    """Top folder of the checkout that a folder lies in; None where it lies in none."""
    try:
        return Path(_git(folder, "rev-parse", "--show-toplevel"))
    except (OSError, subprocess.SubprocessError):
        return None


def _git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    answer = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=GIT_SECONDS
    )
    return answer.stdout.strip()


def source_sha256(file: Path) -> str:
    """Hex sha256 over a module and every module of its package that it imports, however far.

    Modules of vosbench count for outsiders too. Imports are found by parsing, wherever they stand
    in a file; nothing is executed. Other distributions are not followed (their versions say what
    they are), nor are modules that code asks for by a computed name.

    The digest depends on module names and contents, not on where they lie, so a checkout and an
    installation of the same code agree.

    Raises:
        DataError: a file cannot be read or parsed.
    """
    start = _module_of(file.resolve())
    waiting = [start, *_resolve(start.name, start)]
    contents: dict[str, str] = {}
    while waiting:
        module = waiting.pop()
        if module.name in contents:
            continue
        source = _read(module.file)
        contents[module.name] = hashlib.sha256(source).hexdigest()
        for name in _imported_names(module, source):
            waiting.extend(_resolve(name, module))
    lines = (f"{name} {contents[name]}\n" for name in sorted(contents))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@dataclass(frozen=True)
class _Module:
    """A source file under its import name.

    Attributes:
        name: dotted; a package goes by its own name.
        file: its source.
        home: folder that holds the top-level package; None for a file outside any package.
    """

    name: str
    file: Path
    home: Path | None

    @property
    def package(self) -> str:
        """What a relative import in this file is relative to."""
        is_package = self.file.name == "__init__.py"
        return self.name if is_package else self.name.rpartition(".")[0]


def _module_of(file: Path) -> _Module:
    """The module that a file is, by the packages around it."""
    core = Path(vosbench.__file__).resolve().parent
    top = core if file.is_relative_to(core) else _top_package(file)
    if top is None:
        return _Module(file.stem, file, None)
    parts = list(file.relative_to(top.parent).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    if top != core and str(top.parent) in (str(Path(home).resolve()) for home in vosbench.__path__):
        parts.insert(0, "vosbench")  # a part of vosbench that a checkout keeps beside the core
    return _Module(".".join(parts), file, top.parent)


def _top_package(file: Path) -> Path | None:
    """Folder of the outermost package around a file; None when it lies in no package."""
    top = None
    for folder in file.parents:
        if not (folder / "__init__.py").is_file():
            break
        top = folder
    return top


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise DataError(f"cannot read the source {file}: {error.strerror}") from error


def _imported_names(module: _Module, source: bytes) -> Iterator[str]:
    """Dotted names that the source imports; `from a import b` names both `a` and `a.b`."""
    try:
        tree = ast.parse(source, filename=str(module.file))
    except (SyntaxError, ValueError) as error:
        raise DataError(f"{module.file} is no Python source: {error}") from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, node)
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _absolute(module: _Module, node: ast.ImportFrom) -> str:
    """The dotted name that an import is from, relative ones resolved."""
    if node.level == 0:
        return node.module or ""
    parts = module.package.split(".")
    parts = parts[: len(parts) - (node.level - 1)]
    return ".".join([*parts, *([node.module] if node.module else [])])


def _resolve(name: str, importer: _Module) -> Iterator[_Module]:
    """The modules that importing `name` executes: it and the packages around it.

    Only those of vosbench and of the importer's own package; a name that is no module (a class, a
    function) yields the packages around it.
    """
    parts = name.split(".")
    if parts[0] == "vosbench":
        tops = [Path(folder) for folder in vosbench.__path__]
    elif importer.home is not None and parts[0] == importer.name.partition(".")[0]:
        tops = [importer.home / parts[0]]
    else:
        return
    for end in range(1, len(parts) + 1):
        for top in tops:
            file = _source_at(top.joinpath(*parts[1:end]))
            if file is not None:
                yield _Module(".".join(parts[:end]), file, importer.home)
                break


def _source_at(path: Path) -> Path | None:
    """The source of the package or module at `path` without extension, if there is one."""
    for file in (path / "__init__.py", path.parent / f"{path.name}.py"):
        if file.is_file():
            return file
    return None
