"""`vosbench baseline` and `vosbench gate` as scripts meet them."""

import json
from pathlib import Path

import pytest

from tests.gate.small_clips import Place, write_method
from vosbench import machine
from vosbench.errors import DataError
from vosbench.gate.facts import read_baseline


class TestBaseline:
    def test_it_says_what_it_is_of_and_what_made_it(self, gated: Place) -> None:
        facts = read_baseline(gated.file)
        assert (facts.method, facts.dataset, facts.seed) == ("mover", "folders", 0)
        assert len(facts.sequences) == 7
        assert facts.made["command"].startswith("vosbench baseline")  # type: ignore[attr-defined]
        assert {"created", "commit", "dirty", "versions", "machine"} <= set(facts.made)
        assert gated.file.stat().st_size < 10_000

    @pytest.mark.parametrize("dirty", [True, False])
    def test_it_warns_of_code_that_no_commit_has(
        self, place: Place, right: Path, monkeypatch: pytest.MonkeyPatch, dirty: bool
    ) -> None:
        state = {"commit": "c" * 40, "dirty": dirty}
        monkeypatch.setattr("vosbench.gate.taking.git_state", lambda *root: state)
        told = place.baseline(plugin=right)
        assert ("changes that are not committed" in told.err) is dirty
        assert read_baseline(place.file).made["commit"] == "c" * 40

    def test_two_of_the_same_code_hold_the_same(self, gated: Place, right: Path) -> None:
        first = json.loads(gated.file.read_text())
        assert gated.baseline(plugin=right).code == 0
        second = json.loads(gated.file.read_text())
        assert first.pop("made") and second.pop("made")
        assert first == second

    def test_it_is_not_made_of_what_fails(self, place: Place, tmp_path: Path) -> None:
        failing = write_method(tmp_path / "failing", body="raise RuntimeError('out of luck')")
        told = place.baseline(plugin=failing)
        assert told.code == 2
        assert "bear: RuntimeError: out of luck" in told.err
        assert not place.file.exists()

    def test_a_method_is_asked_for(self, place: Place) -> None:
        told = place.call("baseline", place.file)
        assert (told.code, "--method NAME" in told.err) == (1, True)


class TestAddPlatform:
    def add(self, place: Place, plugin: Path, *arguments: object) -> int:
        where = ("--root", place.folder / "clips", "--plugin", plugin)
        return place.call("baseline", place.file, "--add-platform", *where, *arguments).code

    def test_a_platform_joins(
        self, gated: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Roundings of another machine, made large: a pixel on one clip."""
        body = "self._wrong = 1.5 if (self._mask > 0).any(axis=0).sum() == 12 else 1"
        rounded = write_method(tmp_path / "rounded", off=2, body=body)
        rounded.write_text(rounded.read_text().replace("2 * self._wrong", "int(2 * self._wrong)"))
        here = machine.fingerprint
        monkeypatch.setattr(machine, "fingerprint", lambda *given: here(*given) | {"cpu": "B 2000"})
        told = gated.gate(plugin=rounded, only="exact")
        assert told.code == 4
        assert "the baseline has no masks of this platform (cpu " in told.out
        generous = tmp_path / "gate.toml"
        generous.write_text("[quality]\ndrop = 0.05\nsequence_drop = 0.3")
        assert self.add(gated, rounded) in (3, 4)
        assert len(read_baseline(gated.file).masks) == 1
        assert self.add(gated, rounded, "--rules", generous) == 0
        facts = read_baseline(gated.file)
        assert [each.platform["cpu"] == "B 2000" for each in facts.masks] == [False, True]
        assert list(facts.masks[1].scores) == ["dog"]
        told = gated.gate(plugin=rounded, only="exact")
        assert told.code == 0, told.out
        assert self.add(gated, rounded, "--rules", generous) == 0  # nothing more to add
        assert read_baseline(gated.file) == facts

    def test_a_known_platform_keeps_its_masks(self, gated: Place, tmp_path: Path) -> None:
        before = gated.file.read_bytes()
        assert self.add(gated, write_method(tmp_path / "worse", off=3)) == 3
        assert gated.file.read_bytes() == before

    def test_what_it_is_of_is_not_asked_again(self, gated: Place, right: Path) -> None:
        assert self.add(gated, right, "--method", "copy-first") == 1
        assert self.add(gated, right, "--set", "lift=1") == 1


class TestKeptRuns:
    @pytest.fixture
    def run(self, gated: Place, right: Path) -> Path:
        runs = gated.folder / "runs"
        where = ("--dataset", "folders", "--root", gated.folder / "clips", "--plugin", right)
        assert gated.call("run", "--method", "mover", *where, "--runs", runs).code == 0
        (made,) = runs.iterdir()
        return made

    def test_a_kept_run_is_held_to_it(self, gated: Place, run: Path) -> None:
        told = gated.call("gate", gated.file, "--run", run)
        assert told.code == 0, told.out
        assert "not asked: counted and timed, which need passes of their own" in told.out
        assert gated.call("gate", gated.file, "--run", run.name, "--runs", run.parent).code == 0

    def test_a_sequence_without_a_record_is_a_regression(self, gated: Place, run: Path) -> None:
        (run / "records/elk.json").unlink()
        told = gated.call("gate", gated.file, "--run", run)
        assert told.code == 3
        assert "the run has no result for elk" in told.out

    def test_a_run_without_records_has_not_run(self, gated: Place, run: Path) -> None:
        for record in run.glob("records/*.json"):
            record.unlink()
        told = gated.call("gate", gated.file, "--run", run)
        assert (told.code, "nothing ran" in told.out) == (4, True)

    def test_a_run_of_another_method_is_no_match(self, gated: Place) -> None:
        where = ("--dataset", "folders", "--root", gated.folder / "clips")
        runs = gated.folder / "others"
        assert gated.call("run", "--method", "copy-first", *where, "--runs", runs).code == 0
        (made,) = runs.iterdir()
        told = gated.call("gate", gated.file, "--run", made)
        assert told.code == 4
        assert "method was mover and is copy-first" in told.out

    def test_what_a_kept_run_cannot_be_asked_is_refused(self, gated: Place, run: Path) -> None:
        for more in (("--only", "counted"), ("--device", "cpu"), ("--set", "lift=1")):
            assert gated.call("gate", gated.file, "--run", run, *more).code == 1


class TestGate:
    def test_the_run_is_kept_where_asked_for(self, gated: Place, right: Path) -> None:
        assert gated.gate("--runs", gated.folder / "now", plugin=right).code == 0
        (made,) = (gated.folder / "now").iterdir()
        assert (made / "masks/bear/00001.png").is_file()

    def test_a_verdict_can_go_to_a_file(self, gated: Place, right: Path) -> None:
        out = gated.folder / "out/verdict.txt"
        assert gated.gate("--out", out, plugin=right).code == 0
        assert out.read_text().startswith("pass")

    def test_gates_that_do_not_exist_are_refused(self, gated: Place, right: Path) -> None:
        told = gated.gate(plugin=right, only="exat")
        assert (told.code, "did you mean exact?" in told.err) == (1, True)

    def test_a_missing_or_broken_baseline_is_told(self, gated: Place, right: Path) -> None:
        gated.file.write_text("{")
        told = gated.gate(plugin=right)
        assert (told.code, "is no baseline" in told.err) == (5, True)
        gated.file.unlink()
        told = gated.gate(plugin=right)
        assert (told.code, "`vosbench baseline` makes one" in told.err) == (5, True)
        with pytest.raises(DataError, match="there is no baseline"):
            read_baseline(gated.file)

    def test_something_to_hold_it_to_is_asked_for(self, place: Place) -> None:
        told = place.call("gate")
        assert (told.code, "say what to hold a run to" in told.err) == (1, True)

    def test_files_of_pytest_benchmark_are_held_to_each_other(self, place: Place) -> None:
        file = Path(__file__).with_name("pytest_benchmark_4.json")
        told = place.call("gate", "--pytest-benchmark", file, file)
        assert told.code in (0, 4), told.err  # few rounds say little
        assert str(file) in told.out
        told = place.call("gate", place.file, "--pytest-benchmark", file, file)
        assert (told.code, "leave out" in told.err) == (1, True)

    def test_a_forgotten_plugin_is_told(self, gated: Place) -> None:
        told = gated.gate()
        assert (told.code, "no method 'mover'" in told.err) == (1, True)
