"""Two files of pytest-benchmark held to each other: real ones, of benchmarks of a known length.

The clock of most is the work that was asked for, so that nothing depends on the machine.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vosbench.errors import DataError
from vosbench.gate.findings import INCONCLUSIVE, PASS, REGRESSION, TIMED, Finding, Verdict
from vosbench.gate.pytest_files import fewest_rounds, judge_files
from vosbench.gate.rules import TimedRules

CLOCK = '''
import os
import random
_random = random.Random(os.environ['SEED'])
_now = 0.0


def now():
    return _now


def work(seconds):
    """Pass so much time, and now and then the time of somebody else's work."""
    global _now
    _now += seconds * _random.lognormvariate(0, 0.02) * _random.choice([1] * 11 + [1.5])
'''

BENCHMARKS = """
import os
from time import process_time

import pytest

from clock import work

PACE = float(os.environ.get("PACE", "1"))


@pytest.mark.parametrize("size", [1, 2])
def test_sizes(benchmark, size):
    benchmark.pedantic(work, (0.01 * size,), rounds=24)


@pytest.mark.parametrize("thing", [object()])
def test_paced(benchmark, thing):
    benchmark.pedantic(work, (0.02 * PACE,), rounds=24, iterations=3)


def test_hasty(benchmark):
    benchmark.pedantic(work, (0.01,), rounds=3)


@pytest.mark.benchmark(timer=process_time)
def test_real(benchmark):
    benchmark.pedantic(sum, (range(int(200_000 * PACE)),), rounds=30, warmup_rounds=2)
"""

CALM = "paced or sizes"
"""Benchmarks that can be judged whatever the machine does."""

Files = Callable[..., Path]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """A file of pytest-benchmark for each pace and choice of benchmarks, each made but once."""
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "clock.py").write_text(CLOCK)
    (folder / "test_tiny.py").write_text(BENCHMARKS)
    made: dict[tuple[str, ...], Path] = {}

    def measure(pace: float = 1, chosen: str = CALM, *options: str) -> Path:
        key = (str(pace), chosen, *options)
        if key not in made:
            made[key] = _measured(folder, f"{len(made)}.json", pace, chosen, *options)
        return made[key]

    return measure


def _measured(folder: Path, name: str, pace: float, chosen: str, *options: str) -> Path:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", chosen]
    command += ["-p", "pytest_benchmark.plugin", "--benchmark-timer=clock.now"]
    environment = {**os.environ, "PACE": str(pace), "SEED": name}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    ran = subprocess.run(
        [*command, *(options or (f"--benchmark-json={folder / name}",))],
        cwd=folder, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    if not options:
        return folder / name
    (saved,) = folder.glob(".benchmarks/*/*.json")
    return saved


def changed(path: Path, to: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """A copy of a file with something changed."""
    content = json.loads(path.read_text())
    change(content)
    to.write_text(json.dumps(content))
    return to


def judged(old: Path, new: Path, **rules: Any) -> Verdict:
    return judge_files(old, new, TimedRules(**rules))


def about(verdict: Verdict, name: str) -> Finding:
    (found,) = (each for each in verdict.findings if name in each.what)
    return found


def test_equal_files_pass(files: Files):
    verdict = judged(files(), files(1.0, f"({CALM})"))
    assert (verdict.outcome, verdict.exit_code) == (PASS, 0)
    assert [each.what for each in verdict.findings] == [
        "test_tiny.py::test_sizes[1]", "test_tiny.py::test_sizes[2]",
        "test_tiny.py::test_paced[thing0]",
    ]  # fmt: skip
    assert {each.gate for each in verdict.findings} == {TIMED}
    first = verdict.findings[0]
    assert first.unit == "seconds"
    assert first.baseline == pytest.approx(0.01, rel=0.1)
    assert first.measured == pytest.approx(0.01, rel=0.1)


def test_a_slower_benchmark_is_named(files: Files):
    verdict = judged(files(), files(2.0))
    assert (verdict.outcome, verdict.exit_code) == (REGRESSION, 3)
    (slower,) = verdict.told(REGRESSION)
    assert slower.what == "test_tiny.py::test_paced[thing0]"
    assert "takes 2.0" in slower.why and "1.25 times is allowed" in slower.why
    assert slower.baseline == pytest.approx(0.02, rel=0.1)
    assert slower.measured == pytest.approx(0.04, rel=0.1)


def test_a_slowdown_that_does_not_matter_passes(files: Files):
    assert judged(files(), files(1.1)).outcome == PASS
    assert judged(files(), files(1.1), slower=0.02).outcome == REGRESSION


def test_faster_passes(files: Files):
    assert judged(files(2.0), files()).outcome == PASS


def test_real_seconds(files: Files):
    verdict = judged(files(1.0, "real"), files(3.0, "real"))
    assert [each.verdict for each in verdict.findings] == [REGRESSION]
    assert judged(files(1.0, "real"), files(1.0, "(real)")).outcome != REGRESSION


def test_a_benchmark_that_vanished_is_inconclusive_and_named(files: Files):
    verdict = judged(files(), files(1.0, "sizes"))
    assert (verdict.outcome, verdict.exit_code) == (INCONCLUSIVE, 4)
    assert about(verdict, "paced").why.startswith("test_tiny.py::test_paced[thing0] has vanished")
    assert len(verdict.told(PASS)) == 2


def test_a_new_benchmark_is_a_note(files: Files):
    verdict = judged(files(1.0, "sizes"), files())
    assert verdict.outcome == PASS
    (note,) = verdict.notes
    assert "1 new benchmark" in note and "test_paced" in note


def test_files_that_share_no_benchmark_are_inconclusive(files: Files):
    verdict = judged(files(1.0, "sizes"), files(1.0, "paced"))
    assert verdict.outcome == INCONCLUSIVE
    assert not verdict.told(PASS)


@pytest.mark.parametrize("empty", ["old", "new", "both"])
def test_nothing_ran(files: Files, tmp_path: Path, empty: str):
    full = files()
    none = changed(full, tmp_path / "none.json", lambda content: content["benchmarks"].clear())
    old, new = (none if empty in (which, "both") else full for which in ("old", "new"))
    verdict = judged(old, new)
    assert verdict.outcome == INCONCLUSIVE
    (only,) = verdict.findings
    assert only.why.startswith("nothing ran")


def test_too_few_rounds_are_inconclusive(files: Files):
    verdict = judged(files(1.0, "hasty"), files(1.0, "(hasty)"))
    (only,) = verdict.findings
    assert only.verdict == INCONCLUSIVE
    assert "too few rounds, 3 then and 3 now; take 7 or more" in only.why


def test_as_many_rounds_as_are_asked_for_suffice(files: Files, tmp_path: Path):
    enough = fewest_rounds(1 - TimedRules().level)

    def file(name: str, seconds: float, rounds: int) -> Path:
        def change(content: dict[str, Any]) -> None:
            (one,) = content["benchmarks"]
            one["stats"]["data"] = [seconds + 1e-6 * number for number in range(rounds)]

        return changed(files(1.0, "hasty"), tmp_path / f"{name}.json", change)

    old = file("old", 0.01, enough)
    assert judged(old, file("new", 0.02, enough)).outcome == REGRESSION
    assert judged(old, file("few", 0.02, enough - 2)).outcome == INCONCLUSIVE


@pytest.mark.parametrize(
    ("fact", "value"), [("node", "other"), ("machine", "riscv64"), ("python_version", "3.99.0")]
)
def test_another_machine_is_inconclusive(files: Files, tmp_path: Path, fact: str, value: str):
    def change(content: dict[str, Any]) -> None:
        content["machine_info"][fact] = value

    verdict = judged(files(), changed(files(2.0), tmp_path / "new.json", change))
    assert verdict.outcome == INCONCLUSIVE
    (only,) = verdict.findings
    assert only.what == "machine"
    assert value.removesuffix(".0") in only.why


def test_another_processor_is_inconclusive(files: Files, tmp_path: Path):
    def change(content: dict[str, Any]) -> None:
        content["machine_info"]["cpu"]["brand_raw"] = "Abacus"

    verdict = judged(files(), changed(files(), tmp_path / "new.json", change))
    (only,) = verdict.findings
    assert only.verdict == INCONCLUSIVE and "Abacus now" in only.why


def test_a_file_that_says_nothing_of_its_machine_is_inconclusive(files: Files, tmp_path: Path):
    old = changed(files(), tmp_path / "old.json", lambda content: content.pop("machine_info"))
    verdict = judged(old, files())
    (only,) = verdict.findings
    assert only.verdict == INCONCLUSIVE and f"{old} does not say" in only.why


def fingerprinted(path: Path, to: Path, node: str = "a", **facts: Any) -> Path:
    def change(content: dict[str, Any]) -> None:
        content["machine_info"]["node"] = node
        content["machine_info"]["vosbench"] = {"id": "aaaa", "cpu": "Test", "threads": 1} | facts

    return changed(path, to, change)


def test_the_fingerprint_decides_where_both_have_it(files: Files, tmp_path: Path):
    old = fingerprinted(files(), tmp_path / "old.json")
    same = fingerprinted(files(), tmp_path / "same.json", node="b")
    assert judged(old, same).outcome == PASS
    other = fingerprinted(files(), tmp_path / "other.json", id="bbbb", cpu="Abacus")
    assert "cpu Test then and Abacus now" in judged(old, other).findings[0].why
    unnamed = fingerprinted(files(), tmp_path / "unnamed.json", id="cccc")
    assert "fingerprint aaaa then and cccc now" in judged(old, unnamed).findings[0].why
    threads = fingerprinted(files(), tmp_path / "threads.json", threads=2)
    assert "threads 1 then and 2 now" in judged(old, threads).findings[0].why
    assert judged(old, threads).outcome == INCONCLUSIVE


def test_one_fingerprint_alone_leaves_it_to_the_rest(files: Files, tmp_path: Path):
    old = fingerprinted(files(), tmp_path / "old.json", node="elsewhere")
    assert "host elsewhere then" in judged(old, files()).findings[0].why


def test_another_clock_is_inconclusive(files: Files, tmp_path: Path):
    def change(content: dict[str, Any]) -> None:
        for each in content["benchmarks"]:
            each["options"]["timer"] = "process_time"

    verdict = judged(files(), changed(files(), tmp_path / "new.json", change))
    (only,) = verdict.findings
    assert only.verdict == INCONCLUSIVE and "now then and process_time now" in only.why


def test_other_parameters_under_one_name_are_inconclusive(files: Files, tmp_path: Path):
    def change(content: dict[str, Any]) -> None:
        content["benchmarks"][0]["params"]["size"] = 9

    verdict = judged(files(), changed(files(), tmp_path / "new.json", change))
    (only,) = verdict.told(INCONCLUSIVE)
    assert '{"size":1} then and {"size":9} now' in only.why


def test_statistics_without_samples_are_inconclusive(files: Files, tmp_path: Path):
    saved = files(1.0, CALM, "--benchmark-save=saved")  # no --benchmark-save-data
    verdict = judged(saved, files())
    assert verdict.outcome == INCONCLUSIVE
    assert all("no samples" in each.why for each in verdict.findings)


def test_times_that_a_clock_cannot_tell_are_inconclusive(files: Files, tmp_path: Path):
    def change(content: dict[str, Any]) -> None:
        content["benchmarks"][0]["stats"]["data"][3] = 0.0

    (only,) = judged(files(), changed(files(), tmp_path / "new.json", change)).told(INCONCLUSIVE)
    assert "no time at all" in only.why


def with_work(path: Path, to: Path, seconds: float) -> Path:
    def change(content: dict[str, Any]) -> None:
        for each in content["benchmarks"]:
            each["extra_info"]["known_work_seconds"] = [seconds, seconds]

    return changed(path, to, change)


def test_a_busy_machine_is_told_from_a_slower_benchmark(files: Files, tmp_path: Path):
    old = with_work(files(), tmp_path / "old.json", 0.002)
    alike = judged(old, with_work(files(2.0), tmp_path / "alike.json", 0.002))
    assert alike.outcome == REGRESSION
    assert "known work beside it takes 1.00 times" in about(alike, "paced").why
    busy = judged(old, with_work(files(2.0), tmp_path / "busy.json", 0.004))
    assert busy.outcome == INCONCLUSIVE
    assert "2.00 times: the machine was busier; measure both again" in about(busy, "paced").why


def test_a_slower_benchmark_does_not_pass_because_the_machine_was_busy_then(
    files: Files, tmp_path: Path
):
    old = with_work(files(2.0), tmp_path / "old.json", 0.004)
    verdict = judged(old, with_work(files(2.0), tmp_path / "new.json", 0.002))
    assert verdict.outcome == INCONCLUSIVE
    assert "the machine was busier then" in about(verdict, "paced").why


def test_samples_that_scatter_are_inconclusive(files: Files, tmp_path: Path):
    def change(content: dict[str, Any]) -> None:
        del content["benchmarks"][1:]
        content["benchmarks"][0]["stats"]["data"] = [0.008, 0.03] * 12

    verdict = judged(files(1.0, "sizes"), changed(files(), tmp_path / "new.json", change))
    scattered = about(verdict, "sizes[1]")
    assert scattered.verdict == INCONCLUSIVE and "scatter" in scattered.why


def test_many_thousand_samples_take_no_longer(files: Files, tmp_path: Path):
    def file(name: str, seconds: float) -> Path:
        def change(content: dict[str, Any]) -> None:
            samples = [seconds * (1 + number % 7 / 100) for number in range(150_000)]
            content["benchmarks"][0]["stats"]["data"] = samples
            del content["benchmarks"][1:]

        return changed(files(), tmp_path / f"{name}.json", change)

    assert judged(file("old", 1e-6), file("same", 1e-6)).outcome == PASS
    assert judged(file("old", 1e-6), file("slow", 1.5e-6)).outcome == REGRESSION


def test_files_of_version_4(tmp_path: Path):
    old = Path(__file__).with_name("pytest_benchmark_4.json")
    assert json.loads(old.read_text())["version"] == "4.0.0"
    assert judged(old, old).outcome == PASS

    def change(content: dict[str, Any]) -> None:
        thing = content["benchmarks"][1]
        assert thing["params"]["thing"].startswith("UNSERIALIZABLE[<object object at 0x")
        thing["params"]["thing"] = "UNSERIALIZABLE[<object object at 0x1234>]"
        thing["stats"]["data"] = [2 * seconds for seconds in thing["stats"]["data"]]

    verdict = judged(old, changed(old, tmp_path / "new.json", change))
    assert [each.what for each in verdict.told(REGRESSION)] == ["test_tiny.py::test_thing[thing0]"]


def entry(data: str) -> str:
    """A file with one benchmark that has these samples."""
    return f'{{"benchmarks": [{{"fullname": "t", "stats": {{"data": {data}}}}}]}}'


FOREIGN = {
    "empty": ("", "is no JSON"),
    "cut off": ('{"benchmarks": [', "is no JSON"),
    "not text": ("\udcff", "is no JSON"),
    "deep": ("[" * 100_000, "is no JSON"),
    "a list": ("[]", "no list of benchmarks"),
    "another program's": ('{"results": []}', "no list of benchmarks"),
    "no names": ('{"benchmarks": [{}]}', "benchmark 1 of"),
    "not objects": ('{"benchmarks": [3]}', "benchmark 1 of"),
    "text": (entry('["1"]'), "no times"),
    "truth": (entry("[true]"), "no times"),
    "negative": (entry("[-1]"), "no times"),
    "endless": (entry("[Infinity]"), "no times"),
    "no list of times": (entry("7"), "no times"),
    "twice": (entry("[1]").replace("[{", '[{"fullname": "t", "stats": {}}, {'), "two results of t"),
}


@pytest.mark.parametrize(("content", "words"), FOREIGN.values(), ids=FOREIGN)
def test_other_files_are_refused_in_a_sentence(
    files: Files, tmp_path: Path, content: str, words: str
):
    path = tmp_path / "other.json"
    path.write_bytes(content.encode(errors="surrogateescape"))
    for old, new in ((path, files()), (files(), path)):
        with pytest.raises(DataError) as caught:
            judged(old, new)
        message = str(caught.value)
        assert str(path) in message and "\n" not in message
        assert words in message and message.endswith(("writes one", "keep one of them"))


def test_files_that_are_not_there_are_refused(files: Files, tmp_path: Path):
    with pytest.raises(DataError, match="there is no file"):
        judged(files(), tmp_path / "none.json")
    with pytest.raises(DataError, match="cannot be read"):
        judged(tmp_path, files())
