"""Pictures and captions are read, held out and refused as they should be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nmt.caption.training.config import PRESET, check_settings
from nmt.caption.training.data import CaptionSources, PreparedCaptions, prepare_captions
from nmt.corpus import CorpusSpec
from nmt.errors import ConfigError, CorpusError
from nmt.training.settings.config import DataConfig
from nmt.training.settings.settings import Settings

SHADES = {f"{shade}.png": shade for shade in range(0, 250, 10)}
DATA = DataConfig(held_out=4, vocabulary_size=300)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    directory = tmp_path / "pictures"
    directory.mkdir()
    for name, shade in SHADES.items():
        Image.new("L", (16, 16), shade).save(directory / name)
    return directory


def prepared(
    pictures: Path, lines: list[str], config: DataConfig = DATA, valid: list[str] | None = None
) -> PreparedCaptions:
    run = pictures.parent / "run"
    run.mkdir(exist_ok=True)
    tables = []
    for name, rows in (("train", lines), ("valid", valid)):
        path = pictures.parent / f"{name}.tsv"
        path.write_text("".join(f"{row}\n" for row in rows or ()), encoding="utf-8")
        tables.append((CorpusSpec.parse(str(path)),) if rows else ())
    return prepare_captions(CaptionSources(pictures, tables[0], "en", tables[1]), config, 16, run, lambda _: None)


LINES = [f"{name}\tshade  {shade} of gray" for name, shade in SHADES.items()]


def test_each_caption_comes_with_its_own_picture(pictures: Path) -> None:
    corpus = prepared(pictures, LINES)
    batch = corpus.train.batch(range(len(corpus.train)))
    for picture, ids in zip(batch.source, batch.target_output, strict=True):
        caption = corpus.tokenizer.decode(ids.tolist())
        assert caption == f"shade {int(picture[0, 8, 8])} of gray"
        assert picture.shape == (3, 16, 16)
    for index, pair in enumerate(corpus.valid_pairs):
        assert corpus.valid_picture(index)[0, 8, 8] == SHADES[pair.source]


def test_a_picture_is_held_out_with_all_its_captions(pictures: Path) -> None:
    corpus = prepared(pictures, [*LINES, *(line.replace("shade", "tone") for line in LINES)])
    held_out = [pair.source for pair in corpus.valid_pairs]
    assert sorted(held_out) == sorted([*set(held_out)] * 2)
    trained = {int(shade) for shade in corpus.train.batch(range(len(corpus.train))).source[:, 0, 8, 8]}
    assert trained.isdisjoint(SHADES[name] for name in held_out)
    assert len(corpus.train) + len(held_out) == 2 * len(LINES)


def test_validation_captions_may_be_given(pictures: Path) -> None:
    corpus = prepared(pictures, LINES[2:], valid=LINES[:2])
    assert [pair.source for pair in corpus.valid_pairs] == ["0.png", "10.png"]
    assert len(corpus.train) == len(LINES) - 2


def test_captions_that_are_too_long_are_counted_and_left_out(pictures: Path) -> None:
    corpus = prepared(
        pictures, [*LINES, "0.png\t" + "very " * 50 + "dark"], DataConfig(4, 300, max_subwords=30), LINES[:1]
    )
    assert corpus.too_long == 1
    longest = max(len(corpus.tokenizer.encode(f"shade {shade} of gray")) for shade in SHADES.values())
    assert corpus.max_subwords == longest + 1  # <END>


def test_the_fingerprint_follows_pictures_and_captions(pictures: Path) -> None:
    first = prepared(pictures, LINES).fingerprint()
    assert prepared(pictures, LINES).fingerprint() == first
    assert prepared(pictures, [*LINES[:-1], "240.png\twhite"]).fingerprint() != first
    Image.fromarray(np.full((16, 16), 7, dtype=np.uint8)).save(pictures / "0.png")
    assert prepared(pictures, LINES).fingerprint() != first


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "none.png\tnothing",
            r"train\.tsv line 26: .*none\.png cannot be read \(No such file or directory\)",
        ),
        ("0.png\t ", r"train\.tsv line 26: 0\.png has no caption"),
        ("text.png\ta text", r"train\.tsv line 26: .*text\.png: not a picture of a known format"),
    ],
)
def test_a_fault_is_named_with_its_line(pictures: Path, line: str, message: str) -> None:
    (pictures / "text.png").write_text("hello")
    with pytest.raises(CorpusError, match=message):
        prepared(pictures, [*LINES, line])


def test_one_picture_is_not_enough(pictures: Path) -> None:
    with pytest.raises(CorpusError, match="give those of two pictures or more"):
        prepared(pictures, LINES[:1])


def test_settings_of_translators_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"--set: model\.attention is for translators"):
        check_settings(Settings.parse(["model.attention=dot"]))
    with pytest.raises(ConfigError, match=r"--set: data\.cleaning\.max_ratio is for translators"):
        check_settings(Settings.parse(["data.cleaning.max_ratio=3"]))
    check_settings(Settings.parse(["model.cell=gru", "training.max_updates=5", "data.held_out=3"]))


def test_the_defaults_can_be_given_back() -> None:
    usual = Settings().with_preset(PRESET).values()
    check_settings(Settings.parse(["model.attention=none", f"data.joint={str(usual['data.joint']).lower()}"]))
