"""Detection of languages, and what `source: auto` makes of it, with and without the packages' character models."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from servers import SHIPPED, running_server

from nmt.errors import PackageCorrupt
from nmt.language_model.character_ngrams import CharacterModel
from nmt.runtime import ModelPackage
from nmt.runtime.package import add_files
from service.settings import Settings
from service.translating.detection import Detected, Detector, chosen
from service.translating.translators import Translators

SERVED = ("de", "en", "es", "fr")


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with running_server(Settings(models_dir=SHIPPED, threads=1)) as connected:
        yield connected


def translated(client: httpx.Client, text: str, target: str) -> dict[str, Any]:
    response = client.post("/translate", json={"q": text, "source": "auto", "target": target})
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


@pytest.mark.parametrize(
    ("text", "language", "target"),
    [
        ("Hola", "es", "en"),
        ("Merci", "fr", "en"),
        ("Guten Tag", "de", "en"),
        ("Good morning", "en", "de"),
        ("the", "en", "fr"),
        ("Hello", "en", "es"),
    ],
)
def test_single_words_and_greetings_are_detected(client: httpx.Client, text: str, language: str, target: str) -> None:
    found = translated(client, text, target)
    assert found["detectedLanguage"]["language"] == language
    assert found["translatedText"] != text
    assert client.post("/detect", json={"q": text}).json()[0]["language"] == language


def test_a_text_that_is_clearly_in_the_target_language_stays(client: httpx.Client) -> None:
    found = translated(client, "Guten Tag", "de")
    assert found["translatedText"] == "Guten Tag"
    assert found["detectedLanguage"]["language"] == "de"


@pytest.mark.parametrize("target", SERVED)
def test_a_text_without_letters_is_translated_from_a_source(client: httpx.Client, target: str) -> None:
    found = translated(client, "12:30", target)["detectedLanguage"]
    assert found["language"] != target
    assert found["confidence"] == 0.0


def test_on_a_tie_the_target_language_loses() -> None:
    tie = [Detected("de", 50.0), Detected("en", 50.0)]
    assert chosen(tie, ["en"], "de") == Detected("en", 50.0)
    assert chosen(tie, ["de"], "en") == Detected("de", 50.0)
    assert chosen([Detected("de", 89.9), Detected("en", 10.1)], ["en"], "de").language == "en"
    assert chosen([Detected("de", 90.0), Detected("en", 10.0)], ["en"], "de").language == "de"


def test_among_sources_the_most_probable_is_chosen() -> None:
    ranked = [Detected("pt", 60.0), Detected("es", 30.0), Detected("fr", 6.0), Detected("en", 4.0)]
    assert chosen(ranked, ["fr", "es"], "en") == Detected("es", 30.0)


def test_where_no_source_can_be_detected_the_text_is_translated_from_the_first() -> None:
    assert chosen([Detected("en", 100.0)], ["xx", "yy"], "en") == Detected("xx", 0.0)


@given(st.lists(st.floats(0.0, 100.0), min_size=4, max_size=4), st.sampled_from(SERVED))
def test_only_a_confident_detection_leaves_a_text_untranslated(confidences: list[float], target: str) -> None:
    ranked = [Detected(language, confidence) for language, confidence in zip(SERVED, confidences, strict=True)]
    found = chosen(ranked, [language for language in SERVED if language != target], target)
    assert found.language != target or found.confidence >= 90.0


def test_a_package_without_character_models_still_detects(tmp_path: Path) -> None:
    copy = shutil.copytree(SHIPPED / "en-de", tmp_path / "en-de")
    (copy / "characters.npz").unlink()
    manifest = json.loads((copy / "manifest.json").read_text())
    del manifest["files"]["characters.npz"]
    (copy / "manifest.json").write_text(json.dumps({**manifest, "format_version": 6}))
    with running_server(Settings(models_dir=tmp_path, threads=1)) as client:
        found = client.post("/detect", json={"q": "Wo ist der nächste Bahnhof?"}).json()
        assert (found[0]["language"], len(found)) == ("de", 2)
        assert translated(client, "Good morning!", "de")["translatedText"] == "Guten Morgen!"


def test_damaged_character_models_are_refused_when_the_package_is_loaded(package: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(package, tmp_path / "en-xx")
    add_files(ModelPackage.open(copy), {"characters.npz": b"not a file of arrays"})
    with pytest.raises(PackageCorrupt, match=r"characters\.npz"):
        Translators(Settings(models_dir=tmp_path, threads=1))


MODELS = {"xx": CharacterModel.learn({"kabo": 30, "tiru": 20}), "yy": CharacterModel.learn({"sem": 30, "lun": 20})}


def test_languages_that_py3langid_does_not_know_are_detected_by_their_models() -> None:
    detector = Detector(["xx", "yy", "zz"], MODELS)
    assert [each.language for each in detector.detect("kabo")] == ["xx", "yy"]
    assert [each.language for each in detector.detect("lun sem")] == ["yy", "xx"]


def test_characters_that_no_model_knows_say_nothing() -> None:
    languages = {"de": MODELS["xx"], "en": MODELS["yy"]}
    known, plain = Detector(["de", "en"], languages), Detector(["de", "en"], {})
    assert known.detect("Ω Ψ") == plain.detect("Ω Ψ")
    assert known.detect("kabo 語")[0].language == "de"


def test_a_language_without_a_model_keeps_the_confidence_of_py3langid() -> None:
    text = "Buenos días a todos"
    models = {"de": MODELS["xx"], "en": MODELS["yy"]}
    plain = {each.language: each.confidence for each in Detector(["de", "en", "es"], {}).detect(text)}
    found = {each.language: each.confidence for each in Detector(["de", "en", "es"], models).detect(text)}
    assert found["es"] == plain["es"]
    assert found["de"] + found["en"] == pytest.approx(plain["de"] + plain["en"], abs=0.2)
