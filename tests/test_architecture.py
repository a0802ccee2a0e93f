"""Imports point one way: the core knows no plug-in, reports run nothing, methods judge nothing."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# prefix of a module → what it must not import, and why
RULES = {
    "vosbench.": (
        ("vosbench.methods", "vosbench.reports", "vosbench.cli"),
        "the core works without plug-ins, reports and command line",
    ),
    "vosbench.methods.": (
        ("vosbench.runner", "vosbench.registry", "vosbench.store", "vosbench.reports"),
        "a method neither runs nor judges itself",
    ),
    "vosbench.reports.": (
        ("torch", "torchvision", "vosbench.methods", "vosbench.runner", "vosbench.registry"),
        "reports read records",
    ),
}
GENERIC = ("methods", "reports", "cli")
DOORS = ("vosbench.cli", "vosbench.pytest_plugin")


def modules() -> Iterator[tuple[str, Path]]:
    """Import name and file of every module of the distribution."""
    for folder, package in (("vosbench", ""), ("methods", "vosbench."), ("reports", "vosbench.")):
        for file in sorted((ROOT / folder).rglob("*.py")):
            if package or not is_moved(file):  # `make dev` links the moved ones into the core
                yield package + ".".join(file.relative_to(ROOT).with_suffix("").parts), file
    yield "vosbench.cli", ROOT / "cli.py"


def is_moved(file: Path) -> bool:
    return file.relative_to(ROOT / "vosbench").parts[0] in ("methods", "reports", "cli.py")


def imported(file: Path) -> set[str]:
    """Every dotted name that a file imports; `from a import b` gives `a` and `a.b`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}, line {node.lineno}: imports are absolute"
            found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def within(name: str, prefixes: tuple[str, ...]) -> bool:
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)


def rule_of(module: str) -> tuple[tuple[str, ...], str]:
    """The rule of the longest prefix; the doors to the outside may import all."""
    if module in DOORS:
        return (), ""
    return RULES[max((prefix for prefix in RULES if module.startswith(prefix)), key=len)]


@pytest.mark.parametrize(("module", "file"), [pytest.param(m, f, id=m) for m, f in modules()])
def test_imports_point_one_way(module: str, file: Path) -> None:
    forbidden, reason = rule_of(module)
    names = imported(file)
    wrong = sorted(name for name in names if within(name, forbidden))
    assert not wrong, f"{module} imports {wrong}, but {reason}"
    generic = sorted(name for name in names if within(name, GENERIC))
    assert not generic, f"{module} imports {generic}; write vosbench.{generic[0]}"


def test_the_rules_see_a_forbidden_import(tmp_path: Path) -> None:
    file = tmp_path / "core.py"
    file.write_text("def f():\n    from vosbench import methods\n    import cli\n")
    assert within("vosbench.methods", rule_of("vosbench.runner")[0])
    assert {"vosbench.methods", "cli"} <= imported(file)


def test_reports_work_without_torch() -> None:
    code = (
        "import importlib, pkgutil, sys; import vosbench.reports as reports\n"
        "for found in pkgutil.walk_packages(reports.__path__, 'vosbench.reports.'):\n"
        "    importlib.import_module(found.name)\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_files_are_named_after_ideas() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "base"}
    assert not [module for module, file in modules() if file.stem.strip("_") in vague]
