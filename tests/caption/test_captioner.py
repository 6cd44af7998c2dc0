"""Captions of a package, and what its manifest says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from nmt.caption import CAPTIONER, Captioner, CaptionPackage
from nmt.errors import OptionOutOfRange, PackageCorrupt, PackageNotFound
from nmt.runtime import ModelPackage, packages_in

PICTURES = [np.full((3, 16, 16), shade, dtype=np.uint8) for shade in (0, 90, 255)]


@pytest.fixture(scope="module")
def path(make_captioner: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_captioner(tmp_path_factory.mktemp("models") / "captions-en")


@pytest.fixture(scope="module")
def captioner(path: Path) -> Iterator[Captioner]:
    with Captioner.load(path, threads=1) as captioner:
        yield captioner


def test_a_caption_does_not_depend_on_the_other_pictures(captioner: Captioner) -> None:
    together = captioner.captions(PICTURES)
    assert [captioner.captions([picture])[0] for picture in PICTURES] == together
    assert len({each.text for each in together}) > 1


@pytest.mark.parametrize("beam_size", [1, 4])
def test_captions_have_a_score_and_end(captioner: Captioner, beam_size: int) -> None:
    for caption in captioner.captions(PICTURES, beam_size=beam_size):
        assert caption.score < 0
        assert caption.reached_end or caption.text


def test_a_wider_beam_finds_a_caption_that_is_no_less_probable(captioner: Captioner) -> None:
    greedy, wide = (captioner.captions(PICTURES, beam_size=size) for size in (1, 8))
    assert all(after.score >= before.score - 1e-6 for before, after in zip(greedy, wide, strict=True))


def test_an_impossible_beam_is_refused(captioner: Captioner) -> None:
    with pytest.raises(OptionOutOfRange, match="beam_size is 0"):
        captioner.captions(PICTURES, beam_size=0)


def test_no_pictures_have_no_captions(captioner: Captioner) -> None:
    assert captioner.captions([]) == []


def test_packages_of_both_kinds_lie_side_by_side(path: Path, package: Path, tmp_path: Path) -> None:
    for each in (path, package):
        (tmp_path / each.name).symlink_to(each)
    assert [each.name for each in packages_in(tmp_path)] == [package.name]
    assert [each.name for each in packages_in(tmp_path, CAPTIONER)] == [path.name]
    assert len(list(packages_in(tmp_path, None))) == 2


def test_a_package_of_the_other_kind_is_named(path: Path, package: Path) -> None:
    with pytest.raises(PackageNotFound, match="captions-en: the package of a captioner, not of a translator"):
        ModelPackage.open(path)
    with pytest.raises(PackageNotFound, match="en-xx: the package of a translator, not of a captioner"):
        CaptionPackage.open(package)


def test_a_changed_file_is_found(make_captioner: Callable[..., Path], tmp_path: Path) -> None:
    path = make_captioner(tmp_path / "captions")
    (path / "encoder.onnx").write_bytes(b"other")
    with pytest.raises(PackageCorrupt, match=r"encoder\.onnx: SHA-256"):
        CaptionPackage.open(path)


def test_a_package_without_a_needed_file_is_damaged(make_captioner: Callable[..., Path], tmp_path: Path) -> None:
    path = make_captioner(tmp_path / "captions")
    manifest = json.loads((path / "manifest.json").read_text())
    del manifest["files"]["target.spm"]
    (path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(PackageCorrupt, match=r"lists no file target\.spm"):
        CaptionPackage.open(path)
