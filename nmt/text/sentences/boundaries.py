"""Where sentences end: what sentencex says, corrected for the languages with rules of their own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from nmt.languages import base_code
from nmt.text.sentences.abbreviations import ABBREVIATIONS, LETTERED, Abbreviations

_COMMAS = frozenset(",\u060c\u3001\uff0c\u104a")
"""Of Latin, Arabic, Chinese, full-width and Burmese text: punctuation that does not end a sentence."""
_OPENING = "\"'\u2018\u201a\u201c\u201e\u00ab\u2039(\\[\u00bf\u00a1\u2013\u2014"
_CLOSING = "\"'\u2019\u201d\u201c\u00bb\u203a)\\]"
_POSSIBLE = re.compile(rf"(?<![.!?\u2026])[.!?\u2026]++(?:\s?[{_CLOSING}]+)?\s+(?=[{_OPENING}]*[^\W\d_a-z])")
"""A mark that may end a sentence before a capital or a letter of a script without capitals."""
_END = re.compile(rf"([.!?\u2026]+)((?:\s?[{_CLOSING}])*)\s*$")
_BEGINS_WORD = re.compile(rf"(?:^|[\s{_OPENING}])[.!?\u2026]+$")
"""A mark without a word before it or a space behind it."""
_TOKEN = re.compile(rf"[^\s{_OPENING}]+$")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_INITIALS = re.compile(r"(?:[^\W\d_a-z\u00df-\u00f6\u00f8-\u00ff]\.-?){0,5}[^\W\d_a-z\u00df-\u00f6\u00f8-\u00ff]")
_ORDINAL = re.compile(r"\d{1,3}|\d{1,2}\.\d{1,2}")
"""Also a date without its year: am 3.12."""
_ROMAN = re.compile(r"[IVXLCDM]+")
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_ELISION = re.compile(r"^(?:[cdjlmnst]|qu)['\u2019]", re.IGNORECASE)


def corrected(text: str, ends: Sequence[int], language: str) -> list[int]:
    """Return where the sentences of `text` end, if sentencex says that they end at `ends`. All spaces are plain."""
    rules = ABBREVIATIONS.get(base_code(language))
    # Where only marks are left, nothing begins.
    last = next((place for place in range(len(text), 0, -1) if text[place - 1].isalnum()), 0)
    possible = [end for end in ends if end == len(text) or (end < last and _may_end(text, end))]
    if rules is None:
        return possible
    own = {match.end() for match in _POSSIBLE.finditer(text)} - {*ends}
    kept = [end for end in possible if end == len(text) or _is_end(text, end, rules)]
    return sorted([*kept, *(end for end in own if _is_end(text, end, rules, is_own=True))])


def _may_end(text: str, place: int) -> bool:
    """Whether a sentence of any language can end before `place`: not at the stop of `.NET` and `./run`, and not before
    a closing tag."""
    return not (_BEGINS_WORD.search(text[max(0, place - 100) : place]) or text.startswith(("[/", "</"), place))


def _is_end(text: str, place: int, rules: Abbreviations, is_own: bool = False) -> bool:
    """Whether a sentence ends before `place`. `is_own` says that sentencex sees no end there."""
    left, right = text[max(0, place - 100) : place], text[place : place + 60]
    mark = _END.search(left)
    if mark is None:
        return not is_own and ends_sentence(left.rstrip()[-1:])
    first = right.lstrip(_OPENING.replace("\\", ""))[:1]
    if first.islower() or right[:1] in ",;:)-":
        is_plain_stop = mark[1] == "." and not mark[2]
        return (
            not is_own and is_plain_stop and left[-1:].isspace() and not _is_abbreviation(left[: mark.start()], rules)
        )
    if right[:1] in "\u2013\u2014" and right[1:2].islower():
        return False
    if mark[1] != "." or mark[2]:
        return not (is_own and mark[1].startswith(("..", "\u2026")))
    return _stop_ends(left[: mark.start()], right, rules, is_own)


def _stop_ends(left: str, right: str, rules: Abbreviations, is_own: bool) -> bool:
    """Whether the full stop between `left` and `right` ends a sentence."""
    found = _TOKEN.search(left)
    token = _ELISION.sub("", found[0]) if found else ""
    word = _WORD.search(right)
    begins = (
        word is not None and word.start() <= 1 and (word[0].lower() in rules.starters or right[:1] in "\u00bf\u00a1")
    )
    before = left[: found.start()].split() if found else []
    lower = token.lower() if len(token) > 1 else token
    joined = (
        re.sub(r"\W", "", before[-1].lower()) + "." + token.lower() if before and before[-1].endswith(".") else lower
    )
    is_number = right[:1].isdigit() or (
        word is not None and word.start() == 0 and _ROMAN.fullmatch(word[0]) is not None
    )
    if lower in rules.last or joined in rules.last:
        return not right[:1].isdigit()
    if lower in rules.before_number and is_number:
        return False
    if lower in rules.before_name or joined in rules.before_name:
        return begins
    if lower in rules.before or joined in rules.before:
        return False
    if rules.ordinals_after and _ORDINAL.fullmatch(token):
        after = word[0].lower() if word is not None and word.start() == 0 else ""
        is_ordinal = bool(before) and before[-1].lower().strip("(") in rules.ordinals_after and not begins
        return not (is_ordinal or after in rules.ordinals_before)
    if _INITIALS.fullmatch(token):
        is_lettered = bool(before) and before[-1].lower() in LETTERED
        return begins or (is_lettered and right[:1].isupper())
    if is_own:
        return begins or _LONG_WORD.fullmatch(token) is not None or "/" in token or right[:1] in _OPENING
    return True


def _is_abbreviation(left: str, rules: Abbreviations) -> bool:
    """Whether the full stop after `left` belongs to its last word. The next word is in lower case."""
    found = _TOKEN.search(left)
    token = _ELISION.sub("", found[0]).lower() if found else ""
    known = rules.before | rules.before_name | rules.last
    is_short = len(token) <= 1 or "." in token or token.isdigit() or _ROMAN.fullmatch(token.upper()) is not None
    return token in known or is_short or token in rules.before_number


def ends_sentence(character: str) -> bool:
    """Whether a sentence that ends in `character` has a full stop of its own, in whatever script."""
    if character.isascii():
        return character in {".", "!", "?", ":", ";"}
    return unicodedata.category(character) == "Po" and character not in _COMMAS
