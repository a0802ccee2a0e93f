"""The fixture `vosbench` in the tests of others, as they would write them."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.gate.small_clips import NAMES, write_clip, write_method

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[1]

TEST = """\
def test_mover(vosbench):
    verdict = vosbench.check(
        "mover", dataset="folders", root="clips", plugin="mover.py", baseline="mover.json", {more}
    )
    assert verdict.outcome == "pass"
"""

OPTIONS = ("-p", "vosbench.pytest_plugin", "-rs", "--no-header")
ENVIRONMENT = {
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", "")))),
}


def lay_out(folder: Path) -> None:
    """Clips, a method that follows them, and a test of it."""
    for name in NAMES:
        write_clip(folder / "clips", name, frames=3)
    write_method(folder)
    write_test(folder)


def write_test(folder: Path, more: str = "only=['exact', 'quality']") -> None:
    (folder / "test_mover.py").write_text(TEST.format(more=more))


class Repository:
    """A user's repository with one test, in a folder of its own below the root."""

    def __init__(
        self, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, kept: bytes
    ) -> None:
        self._pytester = pytester
        self._kept = kept
        self.folder = pytester.path / "checks"
        lay_out(self.folder)
        for name, value in ENVIRONMENT.items():
            monkeypatch.setenv(name, value)

    @property
    def baseline(self) -> Path:
        return self.folder / "mover.json"

    def method(self, *, off: int = 0, body: str = "") -> None:
        write_method(self.folder, off=off, body=body)

    def test(self, more: str) -> None:
        write_test(self.folder, more)

    def run(self, *arguments: str) -> pytest.RunResult:
        return self._pytester.runpytest_subprocess(*OPTIONS, *arguments)

    def made(self) -> "Repository":
        """The same with a baseline of masks and scores."""
        self.baseline.write_bytes(self._kept)
        return self


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The baseline of a repository as it is laid out; it does not say where that is."""
    root = tmp_path_factory.mktemp("kept")
    lay_out(root / "checks")
    subprocess.run(
        [sys.executable, "-m", "pytest", *OPTIONS, "--vosbench-update"],
        cwd=root,
        env=os.environ | ENVIRONMENT,
        check=True,
    )
    return (root / "checks/mover.json").read_bytes()


@pytest.fixture
def repository(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, kept: bytes
) -> Repository:
    return Repository(pytester, monkeypatch, kept)


def said(result: pytest.RunResult) -> str:
    return result.stdout.str() + result.stderr.str()


def test_a_baseline_is_made_and_then_held_to(repository: Repository) -> None:
    missing = repository.run()
    missing.assert_outcomes(failed=1)
    assert "there is no baseline" in said(missing)
    assert "`pytest checks/test_mover.py::test_mover --vosbench-update` makes one" in said(missing)
    assert not repository.baseline.exists()
    written = repository.run("--vosbench-update")
    written.assert_outcomes(skipped=1)
    assert "mover.json was written anew, and nothing compared" in said(written)
    repository.run().assert_outcomes(passed=1)


def test_a_baseline_is_made_in_a_new_folder_and_over_another(repository: Repository) -> None:
    text = TEST.format(more="only='exact', sequences='bear'")
    new = text.replace("mover.json", "baselines/mover.json")
    over = text.replace("test_mover(", "test_over(")
    (repository.folder / "test_mover.py").write_text(f"{new}\n\n{over}")
    before = repository.made().baseline.read_bytes()
    repository.run("--vosbench-update").assert_outcomes(skipped=2)
    assert repository.baseline.read_bytes() != before
    repository.run().assert_outcomes(passed=2)


def test_a_regression_fails_with_the_verdict_and_no_traceback(repository: Repository) -> None:
    repository.made().method(off=3)
    result = repository.run()
    result.assert_outcomes(failed=1)
    assert "regression: mover held to" in said(result)
    assert "regression: exact: the masks of bear are other ones" in said(result)
    assert "regression: quality: J&F over 7 objects" in said(result)
    assert "Traceback" not in said(result) and "pytest_plugin.py" not in said(result)


def test_five_more_steps_are_a_regression_without_being_asked_for(repository: Repository) -> None:
    repository.test("sequences=['bear']")
    repository.run("--vosbench-update").assert_outcomes(skipped=1)
    (repository.folder / "mover.py").rename(repository.folder / "unchanged.py")
    repository.method(body="import torch; [torch.ones(3) + 1 for _ in range(5)]")
    file = repository.folder / "test_mover.py"
    changed = file.read_text()
    unchanged = changed.replace("mover.py", "unchanged.py").replace("test_mover", "test_same")
    file.write_text(f"{unchanged}\n\n{changed}")
    result = repository.run()
    result.assert_outcomes(passed=1, failed=1)
    assert "regression: counted: " in said(result)
    assert "regression: exact" not in said(result)


def test_a_stale_baseline_is_skipped_with_its_reason(repository: Repository) -> None:
    repository.made().test("only=['exact'], seed=1")
    result = repository.run()
    result.assert_outcomes(skipped=1)
    assert "stale baseline: seed was 0 and is 1" in said(result)
    assert "--vosbench-update" in said(result)


def test_where_nothing_can_be_said_a_test_fails_if_asked_to(repository: Repository) -> None:
    repository.made().test("only=['exact'], settings={'lift': 1}")
    result = repository.run("-o", "vosbench_inconclusive=fail")
    result.assert_outcomes(failed=1)
    assert "inconclusive: comparable: stale baseline: setting lift was 0 and is 1" in said(result)


def test_a_baseline_of_another_format_is_no_pass(repository: Repository) -> None:
    repository.made()
    text = repository.baseline.read_text()
    assert '"format": 1' in text
    repository.baseline.write_text(text.replace('"format": 1', '"format": 0'))
    repository.run().assert_outcomes(skipped=1)


def test_a_baseline_of_what_fails_is_not_written(repository: Repository) -> None:
    repository.made().method(body="raise RuntimeError('out of luck')")
    before = repository.baseline.read_bytes()
    result = repository.run("--vosbench-update")
    result.assert_outcomes(failed=1)
    assert "a baseline is of what works" in said(result) and "out of luck" in said(result)
    assert repository.baseline.read_bytes() == before


MISTAKES = {
    "only=['exakt']": "there is no gate 'exakt' (did you mean exact?)",
    "only='exakt'": "there is no gate 'exakt' (did you mean exact?)",
    "allow=['weihgts']": "allow has 'weihgts' (did you mean weights?)",
    "mode='stream'": "mode is 'stream', expected 'streaming' or 'throughput'",
    "settings={'lifd': 1}": "(did you mean lift?)",
    "rules='none.toml'": "none.toml with rules of gates",
    "sequences=['ant']": "'ant'",
}


def test_a_mistake_is_one_sentence(repository: Repository) -> None:
    repository.baseline.write_text("{}")
    written = (TEST.format(more=more) for more in MISTAKES)
    tests = (text.replace("mover(", f"mover_{index}(") for index, text in enumerate(written))
    (repository.folder / "test_mover.py").write_text("\n\n".join(tests))
    result = repository.run("--vosbench-update")
    result.assert_outcomes(failed=len(MISTAKES))
    for sentence in MISTAKES.values():
        assert sentence in said(result)
    assert "another exception" not in said(result)
    assert "Traceback" not in said(result) and "pytest_plugin.py" not in said(result)


def test_a_mistake_in_the_settings_of_pytest_is_told_before_any_test(
    repository: Repository,
) -> None:
    result = repository.run("-o", "vosbench_inconclusive=pass")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "vosbench_inconclusive is 'pass', expected 'skip' or 'fail'" in said(result)


def test_warnings_of_a_method_are_no_failures(repository: Repository) -> None:
    repository.made().method(body="import warnings; warnings.warn('old', DeprecationWarning)")
    result = repository.run("-W", "error")
    result.assert_outcomes(passed=1, warnings=1)


def test_rules_lie_beside_the_test(repository: Repository) -> None:
    (repository.folder / "gate.toml").write_text('gates = ["quality"]\n[quality]\ndrop = 0.99\n')
    repository.test("rules='gate.toml'")
    repository.made().method(off=1)
    repository.run().assert_outcomes(passed=1)


def entry_point(folder: Path) -> None:
    """What an installed vosbench says of itself, made of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    metadata = folder / "announced-1.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: announced\nVersion: 1\n")
    points = project["entry-points"]["pytest11"]
    lines = [f"{name} = {module}\n" for name, module in points.items()]
    (metadata / "entry_points.txt").write_text("[pytest11]\n" + "".join(lines))


def test_pytest_finds_the_plugin_by_itself_and_imports_little(tmp_path: Path) -> None:
    entry_point(tmp_path / "site")
    (tmp_path / "test_it.py").write_text(
        "import sys\n"
        "def test_it(pytestconfig):\n"
        "    assert pytestconfig.pluginmanager.hasplugin('vosbench')\n"
        "    ours = {name for name in sys.modules if name.startswith('vosbench.')}\n"
        "    assert ours == {'vosbench.pytest_plugin'}\n"
        "    assert not {'torch', 'numpy', 'click', 'PIL'} & set(sys.modules)\n"
    )
    others = ("benchmark", "cov", "hypothesispytest", "xdist")
    switched_off = [argument for name in others for argument in ("-p", f"no:{name}")]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "pytest", "-q", *switched_off, "test_it.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path / "site"), str(ROOT)])},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
