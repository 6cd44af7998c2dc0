"""Plurals in the keys of i18next: `item_one`, `item_other`, and `item_ordinal_other` of ordinals."""

from __future__ import annotations

from nmt.documents.localization.json_source import Json
from nmt.plural_categories import ALL, categories

_OTHER = "_other"
_ORDINAL = "_ordinal"


def missing_keys(root: Json, language: str) -> dict[int, list[str]]:
    """Return the keys that plurals need in `language` and lack, by the start of the value of `other`."""
    found: dict[int, list[str]] = {}
    waiting = [root]
    while waiting:
        parent = waiting.pop()
        waiting += [child for _, child in parent.children]
        present = {key for key, child in parent.children if child.text is not None} if parent.is_object else set()
        for key, child in parent.children:
            stem = key.removesuffix(_OTHER)
            if key in present and key != stem and present & {f"{stem}_{each}" for each in ALL}:
                kind = "selectordinal" if stem.endswith(_ORDINAL) else "plural"
                needed = [f"{stem}_{each}" for each in categories(language, kind)]
                found[child.start] = [each for each in needed if each not in present]
    return found
