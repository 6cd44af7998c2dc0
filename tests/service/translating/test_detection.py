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
from nmt.runtime.package import rewrite_package
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
def test_a_text_without_letters_is_not_translated(client: httpx.Client, target: str) -> None:
    found = translated(client, "12:30", target)
    assert found["translatedText"] == "12:30"
    assert found["detectedLanguage"]["language"] != target
    assert found["detectedLanguage"]["confidence"] == 0.0


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Buongiorno, vorrei un caff\u00e8 per favore.", "Italian (it, "),
        ("Dzie\u0144 dobry, gdzie jest najbli\u017cszy dworzec?", "Polish (pl, "),
        ("\u6211\u559c\u6b22\u732b\u548c\u72d7\u3002", "Chinese (zh, "),
        ("Bom dia, onde fica a esta\u00e7\u00e3o de comboios mais pr\u00f3xima?", "Portuguese (pt, "),
    ],
)
def test_a_text_in_a_language_that_is_not_served_is_refused_and_named(
    client: httpx.Client, text: str, language: str
) -> None:
    response = client.post("/translate", json={"q": ["Where is the station?", text], "source": "auto", "target": "de"})
    assert response.status_code == 400
    assert f"the text was detected as {language}" in response.json()["error"]
    assert client.post("/detect", json={"q": text}).json()[0]["language"] == language.split("(")[1][:2]


def test_any_served_language_is_detected_and_translated_through_another(client: httpx.Client) -> None:
    found = translated(client, "Bonjour, comment allez-vous ?", "de")
    assert found["detectedLanguage"]["language"] == "fr"
    assert found["translatedText"].startswith(("Hallo", "Guten"))


def test_without_pivots_a_served_language_that_has_no_package_to_the_target_is_refused_and_named() -> None:
    with running_server(Settings(models_dir=SHIPPED, threads=1, pivot=False)) as direct:
        body = {"q": "Bonjour, comment allez-vous ?", "source": "auto", "target": "de"}
        error = direct.post("/translate", json=body).json()["error"]
        assert "the text was detected as French (fr, " in error
        assert "set source to one of en" in error


def test_markup_says_nothing_about_the_language(client: httpx.Client) -> None:
    body = {"q": "<blockquote><strong><em>Hola</em></strong></blockquote>", "source": "auto", "target": "en"}
    found = client.post("/translate", json={**body, "format": "html"}).json()
    assert found["detectedLanguage"]["language"] == "es"


def test_the_language_of_a_list_is_that_of_its_texts_together(client: httpx.Client) -> None:
    assert client.post("/detect", json={"q": ["Hotel", "Guten Tag"]}).json()[0]["language"] == "de"
    assert client.post("/detect", json={"q": []}).status_code == 400


def test_on_a_tie_the_target_language_loses() -> None:
    tie = [Detected("de", 50.0), Detected("en", 50.0)]
    assert chosen(tie, ["en"], "de") == Detected("en", 50.0)
    assert chosen(tie, ["de"], "en") == Detected("de", 50.0)
    assert chosen([Detected("de", 89.9), Detected("en", 10.1)], ["en"], "de").language == "en"
    assert chosen([Detected("de", 90.0), Detected("en", 10.0)], ["en"], "de").language == "de"


def test_the_most_probable_language_is_chosen_also_if_it_is_no_source() -> None:
    ranked = [Detected("pt", 60.0), Detected("es", 30.0), Detected("fr", 6.0), Detected("en", 4.0)]
    assert chosen(ranked, ["fr", "es"], "en") == Detected("pt", 60.0)
    assert chosen(ranked[1:], ["fr", "es"], "en") == Detected("es", 30.0)


def test_in_doubt_between_the_target_and_no_source_a_source_is_chosen() -> None:
    ranked = [Detected("en", 60.0), Detected("pt", 30.0), Detected("fr", 10.0), Detected("de", 0.0)]
    assert chosen(ranked, ["de", "fr"], "en") == Detected("fr", 10.0)
    assert chosen(ranked, ["de"], "en") == Detected("en", 60.0)


def test_where_no_source_can_be_detected_the_first_has_no_confidence() -> None:
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
    rewrite_package(ModelPackage.open(copy), {"characters.npz": b"not a file of arrays"})
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
