"""Folders of masks as they are unzipped, with what archivers and file managers leave in them."""

from pathlib import Path

import pytest

from vosbench.errors import DataError
from vosbench.mask_folders import annotation_folder, folders_in, frames_in, visible


def test_what_is_left_behind_is_passed_over(tmp_path: Path) -> None:
    for folder in ("__MACOSX", ".thumbnails", "@eaDir", "cows"):
        (tmp_path / folder).mkdir()
    for name in (".DS_Store", "Thumbs.db", "._00000.png", "00000.png"):
        (tmp_path / "cows" / name).write_bytes(b"")
    assert folders_in(tmp_path) == ["cows"]
    assert visible(tmp_path) == [tmp_path / "cows"]
    assert frames_in(tmp_path / "cows") == ("00000",)


def test_a_folder_of_leavings_holds_no_sequence(tmp_path: Path) -> None:
    (tmp_path / "__MACOSX").mkdir()
    with pytest.raises(DataError, match="holds no folder of a sequence"):
        annotation_folder(tmp_path)
