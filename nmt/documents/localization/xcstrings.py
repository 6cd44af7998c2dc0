"""Xcode's string catalogs (`.xcstrings`): the strings without a translation to the target language."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from nmt.documents.localization.json_source import Json, JsonSource
from nmt.documents.localization.message import Message
from nmt.documents.patches import Passage, PatchedText
from nmt.errors import DocumentError
from nmt.plural_categories import categories

_DONE = ("translated", "needs_review")


def read_xcstrings(name: str, content: bytes, target: str | None) -> PatchedText:
    """Read the catalog `name`, which holds all languages. Those other than `target` stay.

    Translations get the state `needs_review`. A plural gets the forms that the source has, and copies of `other` for
    those that the language has besides. Strings that vary by device, or that have substitutions, stay.
    """
    file = JsonSource(name, content)
    source, strings = file.root.get("sourceLanguage"), file.root.get("strings")
    if source is None or not source.text or strings is None or not strings.is_object:
        raise DocumentError(f"{name} is no string catalog: it has no sourceLanguage or no strings")
    if not target:
        raise DocumentError(f"{name} holds many languages: say the target language")
    passages = [
        passage
        for key, entry in strings.children
        if entry.is_object and (passage := _passage(file, key, entry, source.text, target)) is not None
    ]
    return PatchedText(file.source, passages, fills=True)


def _passage(file: JsonSource, key: str, entry: Json, source: str, target: str) -> Passage | None:
    present = entry.get("localizations", target)
    state = present.get("stringUnit", "state") if present else None
    is_done = present is not None and (state is None or state.text in _DONE)
    kept = entry.get("extractionState"), entry.get("shouldTranslate")
    is_stale = kept[0] is not None and kept[0].text == "stale"
    is_constant = kept[1] is not None and file.source.text[kept[1].start : kept[1].end] == "false"
    if is_done or is_stale or is_constant:
        return None
    forms = _forms(key, entry.get("localizations", source))
    messages = {form: Message(text) for form, text in forms.items()}
    if not all(message.fragments for message in messages.values()) or not messages:
        return None

    def written(texts: Sequence[str]) -> str:
        remaining = iter(texts)
        translated = {
            form: message.translated([next(remaining) for _ in message.fragments]) for form, message in messages.items()
        }
        if "other" in translated:
            needed = dict.fromkeys(categories(target, "plural"), translated["other"])
            translated = dict(sorted((needed | translated).items()))  # as Xcode sorts them
        return before + _indented(_localization(translated), depth) + after

    start, end, before, after, depth = _place(entry, target)
    fragments = tuple(fragment for message in messages.values() for fragment in message.fragments)
    return Passage(start, end, fragments, written)


def _forms(key: str, source: Json | None) -> dict[str, str]:
    """Return the texts of a string by the form of its plural. The form is empty if there is one text."""
    if source is None:
        return {"": key}
    value, plural = source.get("stringUnit", "value"), source.get("variations", "plural")
    if source.get("substitutions") is not None:
        return {}
    if plural is not None:
        values = {form: each.get("stringUnit", "value") for form, each in plural.children}
        return {form: value.text for form, value in values.items() if value is not None and value.text is not None}
    return {"": value.text} if value is not None and value.text is not None else {}


def _localization(texts: dict[str, str]) -> dict[str, Any]:
    units = {form: {"stringUnit": {"state": "needs_review", "value": text}} for form, text in texts.items()}
    return units.get("", {"variations": {"plural": units}})


def _indented(value: dict[str, Any], depth: int) -> str:
    """Return `value` as Xcode writes it, at a depth of objects."""
    text = json.dumps(value, indent=2, separators=(",", " : "), ensure_ascii=False)
    return text.replace("\n", "\n" + "  " * depth)


def _place(entry: Json, target: str) -> tuple[int, int, str, str, int]:
    """Return where the localization goes, what stands before and after it there, and its depth.

    Xcode sorts keys, so it goes before the first key that is greater.
    """
    present, languages = entry.get("localizations", target), entry.get("localizations")
    if present is not None:
        return present.start, present.end, "", "", 4
    if languages is not None and languages.children:
        return *_inserted(languages, target, 4), 4
    if languages is not None:
        return languages.start, languages.end, f'{{\n        "{target}" : ', "\n      }", 4
    start, end, before, after = _inserted(entry, "localizations", 3)
    return start, end, f'{before}{{\n        "{target}" : ', f"\n      }}{after}", 4


def _inserted(parent: Json, key: str, depth: int) -> tuple[int, int, str, str]:
    """Return where a value with a new `key` goes in an object, and what stands before and after it there."""
    indent = "\n" + "  " * depth
    if not parent.children:
        return parent.start, parent.end, f'{{{indent}"{key}" : ', indent[:-2] + "}"
    previous = [child for name, child in parent.children if name < key]
    if previous:
        return previous[-1].end, previous[-1].end, f',{indent}"{key}" : ', ""
    start = parent.start + 1
    return start, start, f'{indent}"{key}" : ', ","
