"""A package is whole or refused."""

from __future__ import annotations

import ctypes
import json
import shutil
import threading
from pathlib import Path

import pytest

from nmt.errors import ConfigError, PackageCorrupt, PackageNotFound
from nmt.runtime import (
    LengthStatistics,
    Manifest,
    ModelPackage,
    Translator,
    Vocabularies,
    Vocabulary,
    check_replaceable,
    packages_in,
    write_package,
)
from nmt.runtime.manifest import FORMAT_VERSION
from nmt.runtime.package import rewrite_package


@pytest.fixture
def copy(package: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(package, tmp_path / "models" / "en-xx"))


def change_manifest(package: Path, **changes: object) -> None:
    path = package / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_every_file_is_listed_with_its_hash(package: Path) -> None:
    opened = ModelPackage.open(package)
    assert set(opened.manifest.files) == {path.name for path in package.iterdir()} - {"manifest.json"}


def test_a_directory_without_manifest_is_no_package(tmp_path: Path) -> None:
    with pytest.raises(PackageNotFound, match="no model package here"):
        ModelPackage.open(tmp_path)


def test_one_changed_byte_is_noticed(copy: Path) -> None:
    content = bytearray((copy / "step.onnx").read_bytes())
    content[100] ^= 1
    (copy / "step.onnx").write_bytes(content)
    with pytest.raises(PackageCorrupt, match=r"step\.onnx: SHA-256 is .* damaged or was changed"):
        ModelPackage.open(copy)


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "joint.spm").unlink()
    with pytest.raises(PackageCorrupt, match=r"joint\.spm: listed in manifest\.json but missing"):
        ModelPackage.open(copy)


@pytest.mark.parametrize("name", ["../outside", "/etc/hostname", "sub/../../x", ".."])
def test_a_file_name_that_leads_out_of_the_package_is_refused(copy: Path, name: str) -> None:
    change_manifest(copy, files={name: "0" * 64})
    with pytest.raises(PackageCorrupt, match="leads out of the package"):
        ModelPackage.open(copy)


def test_a_newer_format_asks_for_an_upgrade(copy: Path) -> None:
    change_manifest(copy, format_version=99)
    with pytest.raises(PackageCorrupt, match="package format 99, this version reads 3 to 9; upgrade"):
        ModelPackage.open(copy)


def test_an_older_format_says_how_to_renew_it(copy: Path) -> None:
    change_manifest(copy, format_version=1)
    with pytest.raises(PackageCorrupt, match="package format 1, this version reads 3 to 9; run the nmt train"):
        ModelPackage.open(copy)


def test_format_3_translates_and_has_no_alignment(package: Path, copy: Path) -> None:
    files = {
        name: digest for name, digest in ModelPackage.open(copy).manifest.files.items() if name != "attention.onnx"
    }
    change_manifest(copy, format_version=3, files=files)
    (copy / "attention.onnx").unlink()
    with Translator.load(package, threads=1) as new, Translator.load(copy, threads=1) as old:
        results = old.translate(["red cat"])
        assert [each.translations for each in results] == [each.translations for each in new.translate(["red cat"])]
        assert old.align(results) == [None]


def test_a_file_added_to_format_6_makes_it_the_current_one_that_translates_the_same(copy: Path) -> None:
    change_manifest(copy, format_version=6)
    before = ModelPackage.open(copy)
    with Translator(before, threads=1) as old:
        expected = [each.translations for each in old.translate(["red cat"])]
    rewrite_package(before, {"characters.npz": b"models"})
    after = ModelPackage.open(copy)
    assert (after.manifest.format_version, after.read("characters.npz")) == (FORMAT_VERSION, b"models")
    assert after.manifest.version != before.manifest.version
    with Translator(after, threads=1) as new:
        assert [each.translations for each in new.translate(["red cat"])] == expected


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format_version": 1}'])
def test_a_broken_manifest_is_named(copy: Path, content: str) -> None:
    (copy / "manifest.json").write_text(content)
    with pytest.raises(PackageCorrupt, match=r"manifest\.json"):
        ModelPackage.open(copy)


def test_the_version_follows_the_files(package: Path, copy: Path) -> None:
    manifest = ModelPackage.open(package).manifest
    assert manifest.version == ModelPackage.open(copy).manifest.version
    assert manifest.version != manifest.model_copy(update={"files": {"x": "0"}}).version


def small_manifest() -> Manifest:
    vocabulary = Vocabulary(file="joint.spm", size=3)
    return Manifest(
        name="a-b",
        source="a",
        target="b",
        created="2026-01-01",
        model={},
        vocabulary=Vocabularies(source=vocabulary, target=vocabulary),
        length=LengthStatistics(mean=1.0, deviation=0.1, k_sigma=4.0, minimum=10),
    )


FILES = {"encoder.onnx": b"e", "step.onnx": b"s", "arrays.npz": b"a", "joint.spm": b"j"}


def test_writing_replaces_an_older_package_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write_package(tmp_path / "a-b", small_manifest(), {**FILES, "old.txt": b"old"})
    write_package(tmp_path / "a-b", small_manifest(), FILES)
    assert not (tmp_path / "a-b" / "old.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["a-b"]
    assert list(packages_in(tmp_path)) == [tmp_path / "a-b"]


def test_whoever_looks_while_a_package_is_replaced_finds_one(tmp_path: Path) -> None:
    directory = tmp_path / "a-b"
    write_package(directory, small_manifest(), FILES)
    found: list[bool] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            found.append(directory.exists())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        for number in range(100):
            write_package(directory, small_manifest(), {**FILES, "step.onnx": bytes([number])})
    finally:
        done.set()
        watcher.join()
    assert all(found)
    assert ModelPackage.open(directory).read("step.onnx") == bytes([99])


def test_a_system_that_cannot_exchange_directories_replaces_packages_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: object())
    write_package(tmp_path / "a-b", small_manifest(), {**FILES, "old.txt": b"old"})
    write_package(tmp_path / "a-b", small_manifest(), FILES)
    assert not (tmp_path / "a-b" / "old.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["a-b"]


def test_a_write_that_fails_leaves_the_older_package(tmp_path: Path) -> None:
    write_package(tmp_path / "a-b", small_manifest(), FILES)
    with pytest.raises(OSError, match="No such file"):
        write_package(tmp_path / "a-b", small_manifest(), {**FILES, "missing/directory": b"x"})
    assert ModelPackage.open(tmp_path / "a-b").read("step.onnx") == b"s"
    assert [path.name for path in tmp_path.iterdir()] == ["a-b"]


def test_a_package_replaces_nothing_but_a_package(tmp_path: Path) -> None:
    write_package(tmp_path / "models" / "a-b", small_manifest(), FILES)
    with pytest.raises(ConfigError, match="models: holds a-b, which a package written there would replace"):
        write_package(tmp_path / "models", small_manifest(), FILES)
    (tmp_path / "models" / "a-b" / "notes.txt").write_text("mine")
    with pytest.raises(ConfigError, match=r"a-b: holds notes\.txt, which"):
        write_package(tmp_path / "models" / "a-b", small_manifest(), FILES)
    assert (tmp_path / "models" / "a-b" / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("content", ["{", "[]", '{"name": "some page"}'])
def test_a_manifest_of_something_else_makes_no_package(tmp_path: Path, content: str) -> None:
    tmp_path.joinpath("manifest.json").write_text(content)
    with pytest.raises(ConfigError, match=r"holds manifest\.json"):
        check_replaceable(tmp_path)


def test_an_empty_directory_and_a_damaged_package_can_be_written_to(tmp_path: Path) -> None:
    check_replaceable(tmp_path)
    write_package(tmp_path / "a-b", small_manifest(), FILES)
    (tmp_path / "a-b" / "step.onnx").write_bytes(b"")
    check_replaceable(tmp_path / "a-b")
