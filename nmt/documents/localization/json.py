"""Messages in JSON: i18next and others with nested keys, ARB of Flutter, `messages.json` of browser extensions."""

from __future__ import annotations

from collections.abc import Iterator

from nmt.documents.localization.json_source import Json, JsonSource
from nmt.documents.localization.plural_keys import missing_keys
from nmt.documents.patches import Edit, PatchedText

_LOCALE = "@@locale"


def read_json(name: str, content: bytes, target: str | None) -> PatchedText:
    """Read the messages `name`. All strings are translated, whatever their keys, except in two formats:

    - ARB, whose keys with `@` describe a message. Its `@@locale` becomes `target`.
    - `messages.json`, of which only each `message` is translated, and no `description`.

    Plurals of i18next get the categories that `target` has and the file lacks, as copies of `other`.
    """
    file = JsonSource(name, content)
    missing = missing_keys(file.root, target) if target else {}
    read = (file.passage(value, missing.get(value.start, ())) for value in _messages(file.root))
    passages = [passage for passage in read if passage is not None]
    locale = file.root.get(_LOCALE)
    edits = [Edit(locale.start, locale.end, file.written(target))] if locale and locale.text and target else []
    return PatchedText(file.source, passages, edits=edits)


def _messages(root: Json) -> Iterator[Json]:
    messages = [child.get("message") for _, child in root.children]
    if messages and all(each is not None and each.text is not None for each in messages):
        yield from (each for each in messages if each is not None)
        return
    is_arb = any(key == _LOCALE or key.startswith("@") for key, _ in root.children)
    for key, child in root.children:
        if not (is_arb and key.startswith("@")):
            yield from child.strings()
    if root.text is not None:
        yield root
