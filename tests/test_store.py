"""Run folders: what is written comes back, and nothing is trusted that is not what was written."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tiny_runs import dataset, request, sequence, silent
from vosbench.atomic import check_name
from vosbench.errors import DataError, UsageError
from vosbench.record_json import canonical_json, from_json, to_json
from vosbench.records import Manifest, ObjectScore, SequenceRecord, Statistic
from vosbench.runner import run_dataset
from vosbench.store import RunFolder, load_runs
from vosbench.timing_records import Memory, TimedPass, Timing

TEXT = st.text(max_size=12)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
STATISTICS = st.builds(Statistic, mean=FLOATS, recall=FLOATS, decay=FLOATS)
SCORES = st.builds(ObjectScore, TEXT, st.integers(), st.integers(), J=STATISTICS, F=STATISTICS)
SECONDS = st.dictionaries(TEXT, FLOATS, max_size=3)
MEMORY = st.builds(Memory, host=st.none() | st.integers(), allocated=st.none() | st.integers())
PASSES = st.builds(
    TimedPass,
    seconds=SECONDS,
    latencies=st.lists(FLOATS, max_size=3).map(tuple),
    adapting=st.lists(st.integers(), max_size=2).map(tuple),
    first_mask=st.none() | FLOATS,
    device_seconds=SECONDS,
    memory=st.dictionaries(TEXT, MEMORY, max_size=2),
    joules=st.none() | FLOATS,
    throttled=st.none() | st.booleans(),
)
TIMINGS = st.builds(
    Timing,
    frames=st.integers(),
    objects=st.integers(),
    passes=st.lists(PASSES, max_size=2).map(tuple),
    size=st.lists(st.integers(), max_size=2).map(tuple),
    machine=TEXT,
    cold_start=st.none() | FLOATS,
)
RECORDS = st.builds(
    SequenceRecord,
    sequence=TEXT,
    state=st.sampled_from(["done", "failed"]),
    key=TEXT,
    key_parts=st.dictionaries(TEXT, TEXT, max_size=3),
    reason=TEXT,
    masks_sha256=TEXT,
    protocol=TEXT,
    scores=st.lists(SCORES, max_size=2).map(tuple),
    timing=st.none() | TIMINGS,
    scores_key=TEXT,
)


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    """A finished run over two sequences."""
    data = dataset(sequence("bear"), sequence("cat"))
    run = run_dataset(request(), data, tmp_path, progress=silent())
    return RunFolder(tmp_path / run.manifest.run)


class TestRecordsAsJson:
    @given(RECORDS)
    def test_a_record_comes_back_as_it_was(self, record: SequenceRecord) -> None:
        assert from_json(to_json(record), SequenceRecord) == record

    def test_not_a_number_survives_as_valid_json(self) -> None:
        text = to_json(Statistic(mean=0.25, recall=1.0, decay=math.nan))
        assert json.loads(text)["decay"] is None
        assert math.isnan(from_json(text, Statistic).decay)

    def test_a_field_of_a_later_version_is_passed_over(self) -> None:
        given_fields = {"mean": 0.0, "recall": 0.0, "decay": 0.0, "spread": 3}
        assert from_json(json.dumps(given_fields), Statistic) == Statistic(0.0, 0.0, 0.0)

    @pytest.mark.parametrize(
        ("text", "where"),
        [
            ('{"mean": 0.5, "recall": 1}', r"Statistic\.decay is missing"),
            ('{"mean": "high", "recall": 1, "decay": 0}', r"Statistic\.mean is 'high'"),
            ('{"mean": true, "recall": 1, "decay": 0}', r"Statistic\.mean is True"),
            ("[]", r"Statistic is \[\], expected dict"),
            ("[" * 100_000, "nested too deeply"),
            ("", "Expecting value"),
        ],
    )
    def test_what_does_not_fit_is_named(self, text: str, where: str) -> None:
        with pytest.raises(ValueError, match=where):
            from_json(text, Statistic)

    @given(st.dictionaries(TEXT, st.integers() | TEXT | st.none(), max_size=4))
    def test_equal_mappings_have_one_text(self, mapping: dict[str, object]) -> None:
        assert canonical_json(mapping) == canonical_json(dict(reversed(mapping.items())))


class TestReading:
    def test_runs_come_in_the_order_of_their_names(self, tmp_path: Path) -> None:
        for seed in (2, 0, 1):
            run_dataset(request(seed=seed), dataset(sequence("a")), tmp_path, progress=silent())
        assert [run.manifest.seed for run in load_runs(tmp_path)] == [0, 1, 2]

    def test_no_folder_and_other_folders_hold_no_runs(self, tmp_path: Path) -> None:
        (tmp_path / "other").mkdir()
        assert load_runs(tmp_path) == ()
        assert load_runs(tmp_path / "nowhere") == ()

    def test_every_way_to_cut_a_record_short_names_its_file(self, folder: RunFolder) -> None:
        path = folder.path / "records" / "bear.json"
        whole = path.read_bytes().rstrip()
        for length in range(len(whole)):
            path.write_bytes(whole[:length])
            with pytest.raises(DataError, match=r"bear\.json"):
                folder.record("bear")

    @given(content=st.binary(max_size=200))
    def test_any_bytes_for_a_record_name_its_file(
        self, tmp_path_factory: pytest.TempPathFactory, content: bytes
    ) -> None:
        path = tmp_path_factory.getbasetemp() / "fuzz" / "records" / "bear.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"bear\.json"):
            RunFolder(path.parents[1]).record("bear")

    def test_corrupt_files_are_named(self, folder: RunFolder) -> None:
        record = folder.path / "records" / "cat.json"
        record.write_text(record.read_text().replace('"state"', '"stat"'))
        with pytest.raises(DataError, match=r"cat\.json is corrupt: SequenceRecord\.state"):
            load_runs(folder.path.parent)
        (folder.path / "manifest.json").write_text("{}")
        with pytest.raises(DataError, match=r"manifest\.json is corrupt: Manifest\.run"):
            load_runs(folder.path.parent)

    def test_a_record_under_another_name_is_not_believed(self, folder: RunFolder) -> None:
        records = folder.path / "records"
        (records / "bear.json").write_bytes((records / "cat.json").read_bytes())
        with pytest.raises(DataError, match="is the record of 'cat'"):
            folder.load()

    def test_a_manifest_cannot_name_files_elsewhere(self, folder: RunFolder) -> None:
        manifest = folder.path / "manifest.json"
        manifest.write_text(manifest.read_text().replace('"bear"', '"../../../etc/passwd"'))
        with pytest.raises(DataError, match="cannot be the name of a sequence"):
            folder.load()

    def test_sequences_without_a_record_are_missing(self, folder: RunFolder) -> None:
        (folder.path / "records" / "bear.json").unlink()
        assert [record.sequence for record in folder.load().records] == ["cat"]


class TestWriting:
    def test_leftovers_of_a_killed_run_are_cleared_and_nothing_else(
        self, folder: RunFolder
    ) -> None:
        before = sorted(folder.path.rglob("*"))
        for name in ("masks/.bear.part", "masks/.cat.old"):
            (folder.path / name).mkdir()
            (folder.path / name / "00000.png").write_bytes(b"half")
        for name in ("records/.cat.json.part", "scores/.cat.csv.part", ".manifest.json.part"):
            (folder.path / name).write_text("half")
        with folder.locked():
            pass
        assert sorted(folder.path.rglob("*")) == before

    def test_two_runners_exclude_each_other_and_the_second_can_follow(
        self, folder: RunFolder
    ) -> None:
        with (
            folder.locked(),
            pytest.raises(UsageError, match="another run is writing"),
            RunFolder(folder.path).locked(),
        ):
            pass
        with RunFolder(folder.path).locked():
            pass

    def test_a_failed_attempt_leaves_the_masks_of_before(self, folder: RunFolder) -> None:
        before = {path.name: path.read_bytes() for path in folder.masks("bear").iterdir()}
        with pytest.raises(RuntimeError), folder.staging("bear", ("00000",)) as staged:
            assert staged.folder.is_dir()
            raise RuntimeError
        assert not staged.folder.exists()
        assert {path.name: path.read_bytes() for path in folder.masks("bear").iterdir()} == before

    def test_a_link_in_the_place_of_masks_is_replaced_not_followed(
        self, folder: RunFolder, tmp_path: Path
    ) -> None:
        precious = tmp_path / "precious"
        precious.mkdir()
        (precious / "file").write_text("keep me")
        place = folder.masks("bear")
        for path in place.iterdir():
            path.unlink()
        place.rmdir()
        place.symlink_to(precious, target_is_directory=True)
        data = dataset(sequence("bear"), sequence("cat"))
        run_dataset(request(), data, folder.path.parent, progress=silent())
        assert (precious / "file").read_text() == "keep me"
        assert len(list(precious.iterdir())) == 1
        assert not place.is_symlink()

    def test_frames_of_one_name_are_refused(self, folder: RunFolder) -> None:
        with (
            pytest.raises(DataError, match="two frames of one name"),
            folder.staging("bear", ("00000", "00000")),
        ):
            pass


class TestNames:
    @given(st.text(max_size=30))
    def test_a_name_is_refused_or_stays_in_its_folder(self, name: str) -> None:
        home = Path("/runs/masks")
        try:
            check_name(name, "sequence")
        except DataError:
            return
        assert (home / name).parent == home
        assert (home / name).resolve() == home / name

    @pytest.mark.parametrize("name", ["bear", "00000", "blackswan-2", "-abc_D", "día 1", "a.b"])
    def test_ordinary_names_pass(self, name: str) -> None:
        assert check_name(name, "frame") == name

    def test_only_the_sequences_own_record_is_asked_for(self, folder: RunFolder) -> None:
        for name in ("../records/bear", "..", "a/b"):
            with pytest.raises(DataError, match="cannot be the name"):
                folder.record(name)


def test_a_manifest_from_before_variants_is_one_of_the_default(folder: RunFolder) -> None:
    path = folder.path / "manifest.json"
    facts = json.loads(path.read_text())
    del facts["dataset_variant"]
    path.write_text(json.dumps(facts))
    manifest = folder.manifest()
    assert manifest is not None
    assert manifest.dataset_variant == ""


def test_a_manifest_comes_back_as_it_was(folder: RunFolder) -> None:
    manifest = folder.manifest()
    assert manifest is not None
    assert from_json(to_json(manifest), Manifest) == manifest
