"""DeepL's client for Node.js, each of its public methods. `make test-clients` installs it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RunNode = Callable[[str], Any]
pytestmark = pytest.mark.clients

DEEPL = """const deepl = require('deepl-node');
    const client = new deepl.DeepLClient('key', {serverUrl: '%s', minTimeout: 60000});"""


def test_deepl_node_translates_lists_and_counts(node: RunNode, address: str) -> None:
    found = node(f"""{DEEPL % address}
        const texts = await client.translateText(['Good morning!', 'Hello!'], 'en', 'de');
        const xml = await client.translateText('<a>Good morning!</a><b>Hello!</b>', 'en', 'de',
            {{tagHandling: 'xml', ignoreTags: ['b'], splitSentences: 'off', formality: 'prefer_more'}});
        const detected = await client.translateText('Wo ist der Bahnhof?', null, 'en-US');
        const usage = await client.getUsage();
        const languages = await client.getTargetLanguages();
        return {{texts: texts.map(each => each.text), xml: xml.text, detected: detected.detectedSourceLang,
            counted: usage.character.count > 0, languages: languages.map(each => each.code)}};""")
    assert found == {
        "texts": ["Guten Morgen!", "Hallo!"],
        "xml": "<a>Guten Morgen!</a><b>Hello!</b>",
        "detected": "de",
        "counted": True,
        "languages": ["de", "en-US", "en-GB", "es", "fr"],
    }


def test_deepl_node_keeps_glossaries_of_one_pair(node: RunNode, address: str) -> None:
    found = node(f"""{DEEPL % address}
        const entries = new deepl.GlossaryEntries({{entries: {{cat: 'Kater'}}}});
        const made = await client.createGlossary('animals', 'en', 'de', entries);
        const result = await client.translateText('The cat sleeps.', 'en', 'de', {{glossary: made}});
        const kept = await client.getGlossaryEntries(made);
        await client.deleteGlossary(made);
        return {{text: result.text, entries: kept.entries(), left: (await client.listGlossaries()).length}};""")
    assert "Kater" in found["text"]
    assert (found["entries"], found["left"]) == ({"cat": "Kater"}, 0)


def test_deepl_node_keeps_glossaries_of_several_pairs(node: RunNode, address: str) -> None:
    found = node(f"""{DEEPL % address}
        const of = (target, terms) => ({{sourceLangCode: 'en', targetLangCode: target,
            entries: new deepl.GlossaryEntries({{entries: terms}})}});
        const made = await client.createMultilingualGlossary('animals', [of('de', {{cat: 'Kater'}})]);
        await client.updateMultilingualGlossaryDictionary(made, of('fr', {{cat: 'matou'}}));
        await client.updateMultilingualGlossaryDictionaryWithCsv(made, 'en', 'fr', 'dog,clebs');
        await client.updateMultilingualGlossaryName(made, 'pets');
        const french = await client.getMultilingualGlossaryDictionaryEntries(made, 'en', 'fr');
        const replaced = await client.replaceMultilingualGlossaryDictionary(made, of('de', {{cat: 'Mieze'}}));
        await client.replaceMultilingualGlossaryDictionaryWithCsv(made, 'en', 'es', 'cat,minino');
        await client.deleteMultilingualGlossaryDictionary(made, 'en', 'fr');
        const kept = await client.getMultilingualGlossary(made.glossaryId);
        const empty = await client.createMultilingualGlossary('empty', []);
        const csv = await client.createMultilingualGlossaryWithCsv('csv', 'en', 'de', 'cat,Kater');
        const listed = await client.listMultilingualGlossaries();
        for (const each of listed) await client.deleteMultilingualGlossary(each);
        return {{name: kept.name, pairs: kept.dictionaries.map(each => each.targetLangCode),
            french: french.entries.entries(), replaced: replaced.entryCount, empty: empty.dictionaries.length,
            csv: csv.dictionaries[0].entryCount, listed: listed.length}};""")
    assert found == {
        "name": "pets",
        "pairs": ["de", "es"],
        "french": {"cat": "matou", "dog": "clebs"},
        "replaced": 1,
        "empty": 0,
        "csv": 1,
        "listed": 3,
    }


def test_deepl_node_reads_glossaries_of_one_pair_from_csv(node: RunNode, address: str) -> None:
    found = node(f"""{DEEPL % address}
        const made = await client.createGlossaryWithCsv('animals', 'en', 'de', Buffer.from('cat,Kater,en,de'));
        const kept = await client.getGlossary(made.glossaryId);
        const wrong = await client.translateText('Die Katze', 'de', 'en-US', {{glossary: made}})
            .then(() => '', error => error.message);
        await client.deleteGlossary(made);
        const pairs = await client.getGlossaryLanguagePairs();
        const sources = await client.getSourceLanguages();
        return {{count: kept.entryCount, wrong, pairs: pairs.length, sources}};""")
    assert (found["count"], found["pairs"]) == (1, 12)
    assert "No dictionary found for language pair" in found["wrong"]
    assert found["sources"][0] == {"code": "de", "name": "German"}


def test_deepl_node_translates_documents(node: RunNode, address: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Good morning!")
    found = node(f"""{DEEPL % address}
        const directory = '{tmp_path}';
        await client.translateDocument(directory + '/a.txt', directory + '/b.txt', 'en', 'de');
        const handle = await client.uploadDocument(Buffer.from('Hello!'), 'en', 'de', {{filename: 'c.txt'}});
        const {{status}} = await client.isDocumentTranslationComplete(handle);
        await client.downloadDocument(handle, directory + '/d.txt');
        const after = await client.getDocumentStatus(handle);
        const same = await client.translateDocument(Buffer.from('Guten Morgen!'), directory + '/e.txt', null, 'de',
            {{filename: 'e.txt'}}).then(() => '', error => error.message);
        return {{billed: status.billedCharacters, status: after.status, same}};""")
    assert (tmp_path / "b.txt").read_text() == "Guten Morgen!"
    assert (tmp_path / "d.txt").read_text() == "Hallo!"
    assert (found["billed"], found["status"]) == (6, "done")
    assert "Source and target language are equal" in found["same"]


def test_deepl_node_is_told_what_is_absent(node: RunNode, address: str) -> None:
    found = node(f"""{DEEPL % address}
        const calls = [
            client.rephraseText('Hello!', 'en-US'),
            client.getAllStyleRules(),
            client.createStyleRule({{name: 'x', language: 'en'}}),
            client.getStyleRule('1'),
            client.updateStyleRuleName('1', 'y'),
            client.deleteStyleRule('1'),
            client.updateStyleRuleConfiguredRules('1', {{}}),
            client.createStyleRuleCustomInstruction('1', {{label: 'x', prompt: 'be brief'}}),
            client.getStyleRuleCustomInstruction('1', '2'),
            client.updateStyleRuleCustomInstruction('1', '2', {{label: 'x', prompt: 'be brief'}}),
            client.deleteStyleRuleCustomInstruction('1', '2'),
        ];
        return (await Promise.allSettled(calls)).map(each => each.reason?.message ?? '');""")
    assert len(found) == 11
    assert all("this server " in message for message in found)


def test_every_public_method_of_deepl_node_is_called(node: RunNode) -> None:
    methods = node("""const deepl = require('deepl-node');
        return [deepl.DeepLClient, deepl.Translator].flatMap(each => Object.getOwnPropertyNames(each.prototype));""")
    written = Path(__file__).read_text(encoding="utf-8")
    public = {name for name in methods if "TranslationMemor" not in name and not name.startswith("internal")}
    assert {name for name in public if f"client.{name}(" not in written} == {"constructor", "constructUserAgentString"}
