"""Digests of source code follow imports and nothing else; git and versions say what is so."""

import subprocess
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import pytest

import vosbench
from vosbench.errors import DataError
from vosbench.provenance import git_state, source_sha256, versions

ROOT = Path(__file__).resolve().parents[1]

PACKAGE = {
    "theirs/__init__.py": "",
    "theirs/method.py": "from vosbench.method import Method\nfrom theirs import blocks\n",
    "theirs/blocks.py": "def build():\n    from .deep import layers\n    return layers\n",
    "theirs/deep/__init__.py": "from .. import constants\n",
    "theirs/deep/layers.py": "import numpy as np\n",
    "theirs/constants.py": "RATE = 0.1\n",
    "theirs/unrelated.py": "",
    "elsewhere.py": "",
}


def write(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root / "theirs" / "method.py"


@pytest.mark.parametrize(
    ("changed", "matters"),
    [
        ("theirs/method.py", True),
        ("theirs/blocks.py", True),
        ("theirs/deep/__init__.py", True),
        ("theirs/deep/layers.py", True),
        ("theirs/constants.py", True),
        ("theirs/__init__.py", True),
        ("theirs/unrelated.py", False),
        ("elsewhere.py", False),
    ],
)
def test_a_change_matters_where_the_module_imports_it(
    tmp_path: Path, changed: str, matters: bool
) -> None:
    file = write(tmp_path, PACKAGE)
    before = source_sha256(file)
    with (tmp_path / changed).open("a") as source:
        source.write("# changed\n")
    assert (source_sha256(file) != before) is matters


def test_the_same_code_elsewhere_has_the_same_digest(tmp_path: Path) -> None:
    assert source_sha256(write(tmp_path / "a", PACKAGE)) == source_sha256(
        write(tmp_path / "b", PACKAGE)
    )


def test_modules_of_vosbench_count_for_outsiders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write(tmp_path, PACKAGE)
    before = source_sha256(file)
    core = tmp_path / "vosbench"
    core.mkdir()
    for source in Path(vosbench.__file__).parent.glob("*.py"):
        (core / source.name).write_bytes(source.read_bytes())
    monkeypatch.setattr(vosbench, "__path__", [str(core)])
    assert source_sha256(file) == before
    with (core / "runner.py").open("a") as text:
        text.write("# methods do not import the runner\n")
    assert source_sha256(file) == before
    with (core / "arrays.py").open("a") as text:
        text.write("# vosbench.method imports this\n")
    assert source_sha256(file) != before


def test_parts_that_a_checkout_keeps_beside_the_core_are_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    core, methods = tmp_path / "vosbench", tmp_path / "methods"
    checkout = {
        "vosbench/__init__.py": "",
        "vosbench/method.py": "",
        "methods/__init__.py": "",
        "methods/eosvos.py": "from vosbench.methods._network import Network\n",
        "methods/_network.py": "import vosbench.method\n",
    }
    write(tmp_path, checkout)
    monkeypatch.setattr(vosbench, "__file__", str(core / "__init__.py"))
    monkeypatch.setattr(vosbench, "__path__", [str(core), str(tmp_path)])
    beside = source_sha256(methods / "eosvos.py")
    # installed, the same files lie inside the package
    (core / "methods").mkdir()
    for file in methods.iterdir():
        file.rename(core / "methods" / file.name)
    monkeypatch.setattr(vosbench, "__path__", [str(core)])
    assert source_sha256(core / "methods" / "eosvos.py") == beside
    for name in ("methods/_network.py", "method.py"):
        before = source_sha256(core / "methods" / "eosvos.py")
        (core / name).write_text("import vosbench.method\nx = 1\n")
        assert source_sha256(core / "methods" / "eosvos.py") != before


def test_a_file_in_no_package_and_imports_in_a_ring(tmp_path: Path) -> None:
    ring = {
        "theirs/__init__.py": "",
        "theirs/method.py": "import theirs.other\n",
        "theirs/other.py": "import theirs.method\n",
    }
    assert len(source_sha256(write(tmp_path, ring))) == 64
    alone = tmp_path / "plugin.py"
    alone.write_text("import os\nimport not_installed\n")
    before = source_sha256(alone)
    alone.write_text("import os\nimport not_installed  # changed\n")
    assert source_sha256(alone) != before


def test_nothing_is_executed(tmp_path: Path) -> None:
    file = tmp_path / "plugin.py"
    file.write_text(f"open({str(tmp_path / 'trace')!r}, 'w')\nraise SystemExit\n")
    source_sha256(file)
    assert not (tmp_path / "trace").exists()


def test_a_source_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"cannot read the source .*nowhere\.py"):
        source_sha256(tmp_path / "nowhere.py")
    (tmp_path / "broken.py").write_text("def (:\n")
    with pytest.raises(DataError, match=r"broken\.py is no Python source"):
        source_sha256(tmp_path / "broken.py")


def test_versions_name_what_is_installed_and_nothing_else() -> None:
    found = versions()
    assert {"scikit-image", "scipy", "torch"} <= found.keys()  # frames and masks depend on them
    assert found["numpy"] == metadata.version("numpy")
    assert found["vosbench"] == vosbench.__version__
    assert "no-such-distribution" not in versions(["no-such-distribution"])


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_the_state_of_a_checkout(tmp_path: Path) -> None:
    try:
        git(tmp_path, "init", "--quiet")
    except FileNotFoundError:
        pytest.skip("git is not installed")
    (tmp_path / "inside").mkdir()
    (tmp_path / "file").write_text("one")
    git(tmp_path, "add", "file")
    git(tmp_path, "commit", "--quiet", "-m", "first")
    commit = git(tmp_path, "rev-parse", "HEAD")
    (tmp_path / "untracked").write_text("a run, say")
    assert git_state(tmp_path) == {"commit": commit, "dirty": False}
    (tmp_path / "file").write_text("two")
    assert git_state(tmp_path) == {"commit": commit, "dirty": True}
    assert git_state(tmp_path / "inside") == {}, "a folder inside a repository is no checkout"


def test_no_checkout_has_no_state(tmp_path: Path) -> None:
    assert git_state(tmp_path) == {}
