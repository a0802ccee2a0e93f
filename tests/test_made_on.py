"""The dataset that a run was made on, opened again."""

import dataclasses
from pathlib import Path

import pytest

from tests.tiny_runs import BEAR, dataset, only, request, run
from vosbench.datasets.options import DatasetOptions
from vosbench.errors import UsageError
from vosbench.made_on import dataset_of
from vosbench.records import Manifest


@pytest.fixture
def manifest(tmp_path: Path) -> Manifest:
    run(request(), dataset(BEAR), tmp_path)
    return only(tmp_path).manifest


class TestDatasetOfARun:
    @pytest.mark.parametrize("variant", ["", "seed4", "count3", "seed4-count3"])
    def test_generated_ones_are_known_from_the_manifest(
        self, manifest: Manifest, variant: str
    ) -> None:
        made = dataclasses.replace(manifest, dataset="synthetic", dataset_variant=variant)
        opened = dataset_of(made, DatasetOptions())
        assert opened.variant == variant
        assert len(opened.sequences) == (3 if "count3" in variant else 10)

    def test_one_that_lies_somewhere_says_what_it_needs(self, manifest: Manifest) -> None:
        made = dataclasses.replace(manifest, dataset="davis2016")
        with pytest.raises(UsageError, match="davis2016 needs --root"):
            dataset_of(made, DatasetOptions())

    def test_another_variant_is_refused(self, manifest: Manifest) -> None:
        made = dataclasses.replace(
            manifest,
            dataset="sample",
            dataset_variant="train",
            command="vosbench run --split train",
        )
        with pytest.raises(UsageError, match=r"variant train of dataset sample.*--split train"):
            dataset_of(made, DatasetOptions())
