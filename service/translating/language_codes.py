"""Language codes as clients write them: in any case, with a region or a script, of two letters or three."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from nmt.languages import base_code

if TYPE_CHECKING:
    from iso639 import Lang


def served_code(code: str, served: Iterable[str]) -> str:
    """Return which language of `served` the `code` names: `en` for `EN`, `en-US`, `eng`; `zh` for `zh_Hans_CN`.

    The longest beginning of the code that is served wins. A code without a region also names the only variant that is
    served. Return the code in lower case if it names none.
    """
    by_tag = {_tag(each): each for each in sorted(served)}
    tag = whole = _tag(code)
    while tag:
        if tag in by_tag:
            return by_tag[tag]
        tag = tag.rpartition("-")[0]
    variants = [each for known, each in by_tag.items() if known.startswith(f"{whole}-")]
    return variants[0] if len(variants) == 1 else whole


def aliases(code: str) -> list[str]:
    """Return the codes of three letters that ISO 639 has for a language code of two."""
    language = _language(base_code(code))
    found = (language.pt2t, language.pt2b, language.pt3) if language else ()
    return sorted({alias for alias in found if alias and alias != code})


def code_of_three_letters(code: str) -> str:
    """Return the code of three letters of a language, or its own code if it has none."""
    language = _language(base_code(code))
    return str(language.pt3) if language and language.pt3 else code


def language_name(code: str) -> str:
    """Return the English name of a language, or its code if it has none."""
    language = _language(base_code(code))
    return str(language.name) if language else code


def _tag(code: str) -> str:
    """Return `code` in lower case with hyphens, and its language in two letters where ISO 639 has such a code."""
    first, _, others = code.strip().replace("_", "-").lower().partition("-")
    language = _language(first) if len(first) == 3 else None
    short = str(language.pt1) if language and language.pt1 else first
    return f"{short}-{others}" if others else short


@lru_cache(maxsize=1024)
def _language(code: str) -> Lang | None:
    from iso639 import Lang  # its tables of all languages take 10 MB
    from iso639.exceptions import InvalidLanguageValue

    try:
        return Lang(code) if code.isascii() and code.isalpha() and len(code) in {2, 3} else None
    except InvalidLanguageValue:
        return None
