"""The embedded sample and generated sequences."""

import re

import numpy as np
import pytest

from vosbench.arrays import check_image, check_mask
from vosbench.datasets.options import DatasetOptions
from vosbench.datasets.synthetic import DATASETS, open_dataset
from vosbench.errors import UsageError


@pytest.mark.parametrize("name", DATASETS)
def test_names_and_protocol(name: str) -> None:
    dataset = open_dataset(name, DatasetOptions())
    assert dataset.name == name
    assert dataset.protocol == "davis2017"
    assert len({sequence.name for sequence in dataset.sequences}) == len(dataset.sequences)


def test_the_sample_is_small_named_and_has_several_objects() -> None:
    sequences = open_dataset("sample", DatasetOptions()).sequences
    assert len(sequences) == 4
    assert all(re.fullmatch(r"sample-\d-[a-z]+", sequence.name) for sequence in sequences)
    assert sorted(len(sequence.object_ids()) for sequence in sequences) == [1, 1, 2, 3]
    assert all(len(sequence) == 20 for sequence in sequences)


def test_the_sample_is_the_same_whatever_the_options() -> None:
    plain = open_dataset("sample", DatasetOptions()).sequences
    seeded = open_dataset("sample", DatasetOptions(seed=9, count=1)).sequences
    assert [s.name for s in plain] == [s.name for s in seeded]
    assert [s.fingerprint() for s in plain] == [s.fingerprint() for s in seeded]


def test_frames_and_annotations_fit_and_are_the_callers_own() -> None:
    sequence = open_dataset("synthetic", DatasetOptions(count=1)).sequences[0]
    assert sequence.frames[:2] == ("00000", "00001") and len(sequence) == 24
    image, mask = sequence.read_image(23), sequence.read_annotation(23)
    assert mask is not None
    check_image(image)
    check_mask(mask, size=(240, 432))
    image[:], mask[:] = 0, 0
    assert sequence.read_image(23).any()
    first = sequence.read_annotation(0)
    assert first is not None and first.any()


def test_count_and_seed_decide_what_is_generated() -> None:
    assert len(open_dataset("synthetic", DatasetOptions()).sequences) == 10
    first = open_dataset("synthetic", DatasetOptions(seed=1, count=2)).sequences
    again = open_dataset("synthetic", DatasetOptions(seed=1, count=3)).sequences
    other = open_dataset("synthetic", DatasetOptions(seed=2, count=2)).sequences
    assert [s.fingerprint() for s in first] == [s.fingerprint() for s in again[:2]]
    prints = {s.fingerprint() for s in (*first, *other)}
    assert len(prints) == 4
    assert all(re.fullmatch("[0-9a-f]{64}", text) for text in prints)
    assert not np.array_equal(first[0].read_image(0), other[0].read_image(0))


@pytest.mark.parametrize(
    ("options", "variant"),
    [
        (DatasetOptions(), ""),
        (DatasetOptions(count=10), ""),
        (DatasetOptions(seed=3), "seed3"),
        (DatasetOptions(count=2), "count2"),
        (DatasetOptions(seed=3, count=2), "seed3-count2"),
        (DatasetOptions(split="train", resolution="1080p"), ""),
    ],
)
def test_what_is_generated_otherwise_is_a_variant(options: DatasetOptions, variant: str) -> None:
    assert open_dataset("synthetic", options).variant == variant
    assert open_dataset("sample", options).variant == ""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (DatasetOptions(count=0), "0 generated sequences were asked for; ask for 1 or more"),
        (DatasetOptions(seed=-1), "cannot have the seed -1; give 0 or more"),
    ],
)
def test_unusable_options_are_named(options: DatasetOptions, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        open_dataset("synthetic", options)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(UsageError, match="no generated dataset 'noise'; it is sample or synthetic"):
        open_dataset("noise", DatasetOptions())


def test_the_large_ones_are_as_large_and_long_as_real_ones():
    (sequence,) = open_dataset("synthetic-480p", DatasetOptions(count=1)).sequences
    assert sequence.name == "synthetic-480p-0-000"
    assert len(sequence) == 60
    assert sequence.read_image(0).shape == (480, 854, 3)
