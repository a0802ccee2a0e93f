"""In what the manifests of two runs differ, and what may explain other masks."""

import json
from pathlib import Path

from tests.difference.changed_runs import another, edit_manifest, paint
from tests.tiny_runs import CAT, DOG, Jitter, Stored, dataset, sequence
from vosbench.difference.runs import run_difference
from vosbench.difference.text import difference_text


class TestManifests:
    def test_a_setting_is_named_and_suspected(self, made: Path, tmp_path: Path) -> None:
        changes = {"settings": {"reach": 5}, "overrides": {"reach": 5}}
        other = another(tmp_path, build=lambda: Jitter(reach=5), **changes)
        found = run_difference(made, other)
        assert [(one.group, one.name, one.first, one.second) for one in found.fields] == [
            ("masks", "settings.reach", "2", "5"),
            ("other", "overrides.reach", None, 5),
            *[("other", one.name, one.first, one.second) for one in found.fields[2:]],
        ]
        assert {one.name for one in found.fields[2:]} <= {"created"}
        (suspect,) = found.suspects
        assert (suspect.name, suspect.why) == ("settings.reach", "setting reach: 2 → 5")

    def test_groups_come_in_order_and_digests_are_short(self, made: Path, copy: Path) -> None:
        manifest = json.loads((copy / "manifest.json").read_text())
        edit_manifest(
            copy,
            key_parts=manifest["key_parts"] | {"source_sha256": "ab" * 32, "torch": "1.0"},
            versions=manifest["versions"] | {"numpy": "1.0"},
            machine=manifest["machine"] | {"cpu": "Abacus"},
            created="2020-01-01T00:00:00+00:00",
            command="vosbench run --twice",
            label="jitters",
        )
        lines = difference_text(run_difference(made, copy)).splitlines()
        start = lines.index("What masks depend on (A → B):")
        names = [line.split(":")[0].strip() for line in lines[start:]]
        assert names == [
            "What masks depend on (A → B)",
            "source_sha256",
            "torch",
            "Machine and versions (A → B)",
            "machine.cpu",
            "versions.numpy",
            "The rest (A → B)",
            "label",
            "created",
            "command",
        ]
        assert "  source_sha256: 000000000000 → abababababab" in lines

    def test_what_is_measured_is_never_twice_the_same_and_no_difference(
        self, made: Path, copy: Path
    ) -> None:
        manifest = json.loads((copy / "manifest.json").read_text())
        edit_manifest(
            copy, machine=manifest["machine"] | {"probe": {"matmul": 0.5}, "idle_watts": 9}
        )
        assert run_difference(made, copy).fields == ()

    def test_equal_masks_leave_nobody_suspected(self, made: Path, copy: Path) -> None:
        edit_manifest(copy, key_parts={"seed": "7"})
        assert run_difference(made, copy).suspects == ()

    def suspects(self, first: Path, second: Path) -> list[str]:
        return [suspect.name for suspect in run_difference(first, second).suspects]

    def test_other_annotations_are_suspected_first(self, made: Path, tmp_path: Path) -> None:
        other = another(tmp_path, dataset(sequence("bear", shift=2), CAT, DOG), seed=3)
        found = run_difference(made, other)
        assert [suspect.name for suspect in found.suspects] == ["sequence_sha256", "seed"]
        assert found.suspects[0].why == "the frames or annotations are not the same (bear)"

    def test_other_imported_masks(self, tmp_path: Path) -> None:
        folders = [
            another(tmp_path / name, build=lambda name=name, id_=id_: Stored(id_, name))
            for name, id_ in (("a", 0), ("b", 1))
        ]
        assert self.suspects(*folders) == ["masks_sha256"]

    def test_another_method_is_blamed_and_not_its_settings(
        self, made: Path, tmp_path: Path
    ) -> None:
        other = another(tmp_path, method="other", settings={"rate": 1.0}, seed=3)
        assert self.suspects(made, other) == ["method", "seed"]

    def test_where_the_keys_are_the_same(self, made: Path, copy: Path) -> None:
        paint(copy / "masks/cat/00003.png", 5, 1)
        assert self.suspects(made, copy) == ["masks"]
        edit_manifest(copy, machine={"cpu": "Abacus"})
        assert self.suspects(made, copy) == ["machine", "masks"]
