"""Every public method of DeepL's client for Python: the other tests call most of them, these call the rest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import deepl
import pytest

TESTS = Path(__file__).parents[1]
CSV = '"cat","Kater",en,de\n'
NOT_CALLED = {"server_url"}
"""What sends nothing. Methods of translation memories are left out by their name."""


@pytest.fixture(scope="module")
def client(address: str) -> deepl.DeepLClient:
    return deepl.DeepLClient("any key", server_url=address).set_app_info("tests", "1.0")


def test_every_public_method_is_called() -> None:
    files = [*Path(__file__).parent.glob("*.py"), *(TESTS / "service" / "dialects" / "deepl").glob("*.py")]
    written = "".join(file.read_text(encoding="utf-8") for file in files)
    methods = {name for name in dir(deepl.DeepLClient) if not name.startswith("_") and "translation_memor" not in name}
    assert {name for name in methods - NOT_CALLED if f".{name}(" not in written} == set()


def test_glossaries_are_made_from_csv(client: deepl.DeepLClient) -> None:
    single = client.create_glossary_from_csv("animals", "EN", "DE", CSV)
    translated = client.translate_text_with_glossary("The cat sleeps.", single)
    assert "Kater" in translated.text
    several = client.create_multilingual_glossary_from_csv("animals", "EN", "DE", CSV)
    client.update_multilingual_glossary_dictionary_from_csv(several, "EN", "FR", "cat,matou,en,fr\n")
    replaced = client.replace_multilingual_glossary_dictionary_from_csv(several, "EN", "FR", "cat,chat\ndog,chien\n")
    assert replaced.entry_count == 2
    pairs = client.get_multilingual_glossary(several.glossary_id).dictionaries
    assert [(each.source_lang, each.target_lang) for each in pairs] == [("EN", "DE"), ("EN", "FR")]
    for glossary_id in (single.glossary_id, several.glossary_id):
        client.delete_multilingual_glossary(glossary_id)


def test_a_glossary_of_other_languages_is_refused_in_the_words_that_clients_look_for(client: deepl.DeepLClient) -> None:
    made = client.create_glossary("animals", "EN", "DE", {"cat": "Kater"})
    with pytest.raises(deepl.DeepLException, match="No dictionary found for language pair"):
        client.translate_text("Die Katze", source_lang="DE", target_lang="EN-US", glossary=made.glossary_id)
    client.delete_glossary(made)


def test_documents_are_files_or_handles(client: deepl.DeepLClient, tmp_path: Path) -> None:
    source, target = tmp_path / "a.txt", tmp_path / "b.txt"
    source.write_text("Good morning!")
    client.translate_document_from_filepath(source, target, source_lang="EN", target_lang="DE")
    assert target.read_text() == "Guten Morgen!"
    handle = client.translate_document_upload("Hello!", filename="c.txt", source_lang="EN", target_lang="DE")
    assert client.translate_document_wait_until_done(handle).billed_characters == 6


Call = Callable[[deepl.DeepLClient], object]
ABSENT: list[Call] = [
    lambda client: client.rephrase_text("Hello!", target_lang="EN-US"),
    lambda client: client.correct_text("Helo!"),
    lambda client: client.get_all_style_rules(),
    lambda client: client.create_style_rule("x", "en"),
    lambda client: client.get_style_rule("1"),
    lambda client: client.update_style_rule_name("1", "y"),
    lambda client: client.delete_style_rule("1"),
    lambda client: client.update_style_rule_configured_rules("1", {}),
    lambda client: client.create_style_rule_custom_instruction("1", "x", "be brief"),
    lambda client: client.get_style_rule_custom_instruction("1", "2"),
    lambda client: client.update_style_rule_custom_instruction("1", "2", "x", "be brief"),
    lambda client: client.delete_style_rule_custom_instruction("1", "2"),
]


@pytest.mark.parametrize("call", ABSENT)
def test_what_is_absent_is_refused_in_a_sentence(client: deepl.DeepLClient, call: Call) -> None:
    with pytest.raises(deepl.DeepLException, match=r"this server (does not|has no)"):
        call(client)
