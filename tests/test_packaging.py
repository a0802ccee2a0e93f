"""However vosbench is installed, `vosbench` is the only name it takes, and all of it is there."""

import json
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NEVER_COPIED = shutil.ignore_patterns(
    ".*", "__pycache__", "*.egg-info", "build", "dist", "runs", "shared"
)

pytest.importorskip("setuptools", minversion="77", reason="packages are built with setuptools ≥ 77")

# Run without site-packages of its own: an editable vosbench there would answer instead.
PROBE = """
import importlib, json, site, sys
place, *libraries = sys.argv[1:]
sys.path += libraries
sys.path.insert(0, place)
site.addsitedir(place)
names = ["vosbench", "vosbench.cli", "vosbench.methods.stored", "vosbench.reports.tables"]
names += ["vosbench.reports.html_report", "vosbench.reports.formats.render"]
import vosbench
from vosbench.registry import dataset_entries, method_entries
print(json.dumps({
    "files": [importlib.import_module(name).__file__ for name in names],
    "generic": [n for n in ("methods", "reports", "cli") if importlib.util.find_spec(n)],
    "methods": [entry.name for entry in method_entries() if not entry.problem],
    "datasets": [entry.name for entry in dataset_entries() if not entry.problem],
}))
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout to build in, so that building leaves no traces in the original."""
    copy = tmp_path_factory.mktemp("checkout") / "vosbench"
    shutil.copytree(ROOT, copy, ignore=NEVER_COPIED, ignore_dangling_symlinks=True)
    for link in ("methods", "reports", "cli.py"):  # of `make dev`
        path = copy / "vosbench" / link
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
    readme = copy / "README.md"
    if not readme.exists():
        readme.write_text("vosbench\n")
    return copy


def build(hook: str, source: Path, out: Path, *arguments: object) -> Path:
    """What a hook of the build backend makes of `source`, as pip would call it."""
    code = (
        "import sys; from setuptools import build_meta;"
        f"print(build_meta.{hook}(sys.argv[1], *{arguments!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(out)], cwd=source, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return out / done.stdout.splitlines()[-1]


def unpack(archive: Path, folder: Path) -> Path:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(folder)
        return folder
    with tarfile.open(archive) as sdist:
        sdist.extractall(folder, filter="data")
    return next(folder.iterdir())


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("build_wheel", checkout, tmp_path_factory.mktemp("wheel"))


def probe(place: Path) -> dict[str, list[str]]:
    """What an interpreter finds that has `place` as its site-packages."""
    libraries = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", PROBE, str(place), *libraries],
        cwd=place,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    assert {"copy-first", "stored"} <= set(found["methods"])
    assert {"davis2016", "davis2017", "folders"} <= set(found["datasets"])
    return found


def members(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def expected(checkout: Path) -> set[str]:
    """Every file that an installation needs, by its place in site-packages."""
    sources = {
        "vosbench": ["**/*.py", "py.typed"],
        "methods": ["*.py", "ablations/*.toml", "weights/*.safetensors", "weights/*.json*"],
        "reports": ["**/*.py", "data/*", "html_report/templates/*", "html_report/static/*"],
    }
    found = {"vosbench/cli.py"}
    for folder, patterns in sources.items():
        files = {file for pattern in patterns for file in (checkout / folder).glob(pattern)}
        prefix = "" if folder == "vosbench" else "vosbench/"
        found |= {prefix + file.relative_to(checkout).as_posix() for file in files}
    return found


def test_a_wheel_holds_everything_under_one_name(wheel: Path, checkout: Path) -> None:
    assert members(wheel) == expected(checkout)


def test_a_wheel_works_and_brings_the_command(wheel: Path, tmp_path: Path) -> None:
    place = unpack(wheel, tmp_path)
    found = probe(place)
    assert all(Path(file).is_relative_to(place) for file in found["files"])
    assert found["generic"] == []
    (points,) = place.glob("*.dist-info/entry_points.txt")
    assert "vosbench = vosbench.cli:main" in points.read_text()
    assert list(place.glob("*.dist-info/licenses/LICENSE"))


def test_a_source_distribution_builds_the_same_wheel(
    wheel: Path, checkout: Path, tmp_path: Path
) -> None:
    for name in ("sdist", "unpacked", "wheel"):
        (tmp_path / name).mkdir()
    source = unpack(build("build_sdist", checkout, tmp_path / "sdist"), tmp_path / "unpacked")
    assert members(build("build_wheel", source, tmp_path / "wheel")) == members(wheel)
    assert (source / "tests" / Path(__file__).name).is_file()
    assert (source / "CHANGELOG.md").is_file()


@pytest.mark.parametrize("mode", ["lenient", "strict", "compat"])
def test_an_editable_install_works(checkout: Path, tmp_path: Path, mode: str) -> None:
    source, place = tmp_path / "source", tmp_path / "site"
    shutil.copytree(checkout, source)
    place.mkdir()
    unpack(build("build_editable", source, tmp_path, {"editable_mode": mode}), place)
    found = probe(place)
    assert all(Path(file).is_relative_to(source) for file in found["files"])
    # setuptools' compat mode puts the whole checkout on the path; the others take one name
    assert found["generic"] == ([] if mode != "compat" else ["methods", "reports", "cli"])


def test_a_bare_checkout_works(checkout: Path) -> None:
    assert all(Path(file).is_relative_to(checkout) for file in probe(checkout)["files"])
