"""What is kept, what is computed again, and why masks do not depend on how a run came about."""

import dataclasses
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests import tiny_runs
from tests.tiny_runs import (
    BEAR,
    CAT,
    DOG,
    ZOO,
    Counted,
    Jitter,
    content,
    dataset,
    fits_of,
    folder_of,
    only,
    request,
    run,
    sequence,
)
from vosbench.arrays import Image, Mask
from vosbench.errors import UsageError
from vosbench.progress import Progress
from vosbench.runner import evaluate_run, run_dataset
from vosbench.store import load_runs


class TestResuming:
    def test_a_finished_run_segments_nothing_and_changes_nothing(self, tmp_path: Path) -> None:
        first = run(request(), ZOO, tmp_path)
        before = content(tmp_path, "**/*.*")
        build = Counted()
        assert run(request(build), ZOO, tmp_path) == first
        assert build.fits == 0
        assert content(tmp_path, "**/*.*") == before

    def test_fresh_computes_everything(self, tmp_path: Path) -> None:
        assert fits_of(tmp_path) == 3
        assert fits_of(tmp_path, fresh=True) == 3

    def test_only_the_sequence_that_is_new_is_computed(self, tmp_path: Path) -> None:
        assert fits_of(tmp_path, dataset(BEAR, DOG)) == 2
        assert fits_of(tmp_path, ZOO) == 1
        assert [record.sequence for record in only(tmp_path).records] == ["bear", "cat", "dog"]

    @pytest.mark.parametrize(
        "change",
        [
            {"source_sha256": "1" * 64},
            {"origin": "tests 1.1"},
            {"settings": {"reach": 3}},
            {"build": lambda: Jitter(weights="w1")},
        ],
        ids=["source", "origin", "settings", "weights"],
    )
    def test_whatever_the_masks_depend_on_makes_them_anew(
        self, tmp_path: Path, change: Mapping[str, Any]
    ) -> None:
        assert fits_of(tmp_path) == 3
        assert fits_of(tmp_path, **change) == 3
        assert fits_of(tmp_path, **change) == 0

    def test_a_precision_switch_makes_them_anew(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert fits_of(tmp_path) == 3
        monkeypatch.setattr("vosbench.request.precision", lambda: "matmul=high")
        assert fits_of(tmp_path) == 3

    def test_a_sequence_whose_files_changed_is_computed_anew(self, tmp_path: Path) -> None:
        assert fits_of(tmp_path) == 3
        assert fits_of(tmp_path, dataset(BEAR, sequence("cat", ids=(2, 5), shift=2), DOG)) == 1

    def test_a_mask_that_was_altered_or_lost_is_made_anew(self, tmp_path: Path) -> None:
        run(request(), ZOO, tmp_path)
        masks = folder_of(tmp_path) / "masks"
        before = content(masks, "*/*.png")
        (masks / "bear" / "00002.png").unlink()
        (masks / "dog" / "00001.png").write_bytes((masks / "dog" / "00000.png").read_bytes())
        assert fits_of(tmp_path) == 2
        assert content(masks, "*/*.png") == before

    def test_a_corrupt_record_is_computed_anew_and_not_in_silence(self, tmp_path: Path) -> None:
        run(request(), ZOO, tmp_path)
        record = folder_of(tmp_path) / "records" / "cat.json"
        record.write_text('{"sequence": "cat", "state"')
        said, build = io.StringIO(), Counted()
        run_dataset(request(build), ZOO, tmp_path, progress=Progress(said))
        assert build.fits == 1
        assert str(record) in said.getvalue()

    def test_a_corrupt_manifest_is_made_anew_and_not_in_silence(self, tmp_path: Path) -> None:
        run(request(), ZOO, tmp_path)
        manifest = folder_of(tmp_path) / "manifest.json"
        manifest.write_text("{")
        said = io.StringIO()
        build = Counted()
        again = run_dataset(request(build), ZOO, tmp_path, progress=Progress(said))
        assert "manifest.json is corrupt" in said.getvalue()
        assert (build.fits, again) == (0, only(tmp_path))

    def test_a_folder_that_was_renamed_goes_by_its_name(self, tmp_path: Path) -> None:
        done = run(request(), ZOO, tmp_path)
        folder_of(tmp_path).rename(tmp_path / "first try")
        renamed = only(tmp_path)
        assert renamed.manifest.run == "first try"
        assert evaluate_run(tmp_path / renamed.manifest.run, ZOO) == renamed
        assert renamed.records == done.records

    def test_changed_metrics_score_stored_masks_and_segment_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = run(request(), ZOO, tmp_path)
        monkeypatch.setattr("vosbench.provenance.source_sha256", lambda file: "2" * 64)
        build = Counted()
        after = run(request(build), ZOO, tmp_path)
        assert build.fits == 0
        for old, new in zip(before.records, after.records, strict=True):
            assert new.scores_key != old.scores_key
            assert dataclasses.replace(new, scores_key=old.scores_key) == old

    def test_another_protocol_scores_stored_masks_and_segments_nothing(
        self, tmp_path: Path
    ) -> None:
        assert fits_of(tmp_path) == 3
        merged = dataclasses.replace(ZOO, protocol="davis2016")
        assert fits_of(tmp_path, merged) == 0
        after = only(tmp_path)
        assert after.manifest.protocol == "davis2016"
        assert [len(record.scores) for record in after.records] == [1, 1, 1]

    def test_scores_that_were_lost_are_computed_again(self, tmp_path: Path) -> None:
        run(request(), ZOO, tmp_path)
        scores = folder_of(tmp_path) / "scores" / "cat.csv"
        before = scores.read_bytes()
        scores.unlink()
        assert fits_of(tmp_path) == 0
        assert scores.read_bytes() == before

    def test_records_made_with_something_else_do_not_count_while_a_run_is_cut_short(
        self, tmp_path: Path
    ) -> None:
        run(request(), ZOO, tmp_path)
        with pytest.raises(KeyboardInterrupt):
            run(request(lambda: Interrupted("cat"), source_sha256="3" * 64), ZOO, tmp_path)
        assert [record.sequence for record in only(tmp_path).records] == ["bear"]
        # the results of before are not thrown away until there are new ones
        assert fits_of(tmp_path) == 1

    def test_other_settings_of_the_user_have_a_folder_of_their_own(self, tmp_path: Path) -> None:
        run(request(), ZOO, tmp_path)
        run(request(overrides={"reach": 3}, settings={"reach": 3}), ZOO, tmp_path)
        run(request(overrides={"weights": "/a/very/long/path/to/w.safetensors"}), ZOO, tmp_path)
        names = [found.manifest.run for found in load_runs(tmp_path)]
        assert len(names) == 3
        assert all(name.startswith("jitter__tiny__seed0") and "/" not in name for name in names)

    def test_a_variant_of_a_dataset_has_a_folder_of_its_own(self, tmp_path: Path) -> None:
        run(request(), ZOO, tmp_path)
        for variant in ("seed3", "../odd one"):
            run(request(), dataclasses.replace(ZOO, variant=variant), tmp_path)
        odd, seeded, default = sorted(load_runs(tmp_path), key=lambda found: found.manifest.run)
        assert default.manifest.run == "jitter__tiny__seed0"
        assert seeded.manifest.run == "jitter__tiny-seed3__seed0"
        assert odd.manifest.run.startswith("jitter__tiny-")
        shown = [found.manifest.dataset_variant for found in (default, odd, seeded)]
        assert shown == ["", "../odd one", "seed3"]
        assert {found.manifest.dataset for found in (default, odd, seeded)} == {"tiny"}


class Interrupted(Jitter):
    """Somebody presses Ctrl-C in the sequence `victim`."""

    def __init__(self, victim: str) -> None:
        super().__init__()
        self._victim = tiny_runs.stripes(sequence(victim).read_image(0))

    def fit(self, image: Image, mask: Mask) -> None:
        if tiny_runs.stripes(image) == self._victim:
            raise KeyboardInterrupt
        super().fit(image, mask)


class TestSeeds:
    def test_masks_do_not_depend_on_the_order_of_sequences(self, tmp_path: Path) -> None:
        run(request(), ZOO, tmp_path / "a")
        run(request(), dataset(DOG, CAT, BEAR), tmp_path / "b")
        assert content(folder_of(tmp_path / "a"), "masks/*/*") == content(
            folder_of(tmp_path / "b"), "masks/*/*"
        )

    def test_another_seed_gives_other_masks_in_another_folder(self, tmp_path: Path) -> None:
        one, two = (run(request(seed=seed), ZOO, tmp_path) for seed in (0, 1))
        assert one.manifest.run != two.manifest.run
        assert one.records[0].masks_sha256 != two.records[0].masks_sha256

    def test_a_method_that_draws_from_its_own_seed_alone_gets_the_runs(
        self, tmp_path: Path
    ) -> None:
        seeds: list[int] = []

        class Own(Jitter):
            def fit(self, image: Image, mask: Mask) -> None:
                seeds.append(self.seed)
                super().fit(image, mask)
                self.seed = 99

        run(request(Own, seed=7), ZOO, tmp_path)
        assert seeds == [7, 7, 7]

    def test_a_seed_that_a_generator_cannot_take_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="seed -1"):
            run(request(seed=-1), ZOO, tmp_path)
