"""Casing of texts in capitals, which are translated like a sentence and returned in their original casing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

from nmt.text.protected.spans import outside_spans, split_at_spans

_LEAST_WORDS = 2
"""Minimum number of words. A single word in capitals may be an abbreviation, which keeps its spelling."""
_LEAST_LETTERS = 5

_SHORT = 3
"""Maximum number of words in a phrase that is read with capitals too."""
_IS_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")


_LETTERS = re.compile(r"[^\W\d_]+")
_FORMAL = re.compile(
    r"^(?:(?:bitte|wann|warum|was|wen|wie|wieso|wo|woher|wohin) )?"
    r"(?!(?:gegen|neben|wegen|zwischen) )(?:\w+(?:en|ern|eln)|sind) (?=sie\b)",
    re.IGNORECASE,
)
"""What precedes the German "Sie" of a question or a request: a verb at the beginning or behind the question word. Of
4,200 such sentences of Tatoeba, 96 % have the formal "Sie", which lower case makes "she" or "they"."""


class Casing(Enum):
    """Casing of a text."""

    SENTENCE = "sentence"
    CAPITALS = "capitals"
    TITLE = "title"


def casing_of(text: str) -> Casing:
    """Return CAPITALS or TITLE if the text has several words and all are so written, else SENTENCE. Ignores protected
    parts."""
    free = " ".join(outside_spans(text))
    if free.islower():
        return Casing.SENTENCE
    words = (word for word in free.split() if any(map(str.isalpha, word)))
    if free.isupper():
        is_long = len(list(words)) >= _LEAST_WORDS or sum(map(str.isalpha, free)) >= _LEAST_LETTERS
        return Casing.CAPITALS if is_long else Casing.SENTENCE
    titles = 0
    for word in words:
        if not _is_title(word):  # such as the second word of most sentences
            return Casing.SENTENCE
        titles += 1
    return Casing.TITLE if titles > _LEAST_WORDS else Casing.SENTENCE


def as_sentence(text: str) -> str:
    """Return `text` in lower case with its first letter capitalised. Protected parts stay unchanged."""
    parts = split_at_spans(text)
    parts[::2] = [part.lower() for part in parts[::2]]
    first = next((index for index, part in enumerate(parts) if any(map(str.isalpha, part))), 0)
    if first % 2 == 0:
        parts[first] = capitalised(parts[first])
    return "".join(parts)


def is_lower(text: str) -> bool:
    """Return whether `text` has letters, and none of them is a capital. Ignores protected parts."""
    return " ".join(outside_spans(text)).islower()


def recased(text: str, usual: Mapping[str, str]) -> str:
    """Return `text` with each word written as `usual` has it by its case-folded form.

    Protected parts stay unchanged.
    """
    parts = split_at_spans(text)
    parts[::2] = [_LETTERS.sub(lambda word: usual.get(word[0].casefold(), word[0]), part) for part in parts[::2]]
    return "".join(parts)


def with_formal_address(text: str) -> str:
    """Return a German sentence without its capitals with that of the formal "Sie" where it is most likely."""
    match = _FORMAL.match(text)
    return text if match is None else f"{text[: match.end()]}S{text[match.end() + 1 :]}"


def other_reading(text: str) -> str | None:
    """Return a word or a short phrase in the other case, in which a model may know it. None for any other text.

    A word begins with a capital or not. A phrase without capitals has one for each word, as German nouns have.
    """
    words = text.rstrip(".!?:").split()
    if not 1 <= len(words) <= _SHORT or not all(_IS_WORD.fullmatch(word) for word in words):
        return None
    if text.islower():
        return " ".join(word[0].upper() + word[1:] for word in text.split())
    return text.lower() if len(words) == 1 and len(text) > 1 and text[1:].islower() else None


def in_casing(text: str, casing: Casing) -> str:
    """Return the translation `text` in its source's casing. Protected parts stay unchanged. A title in lower case stays
    so, because not every language capitalises its titles."""
    if casing is not Casing.CAPITALS:
        return text
    parts = split_at_spans(text)
    parts[::2] = [part.upper() for part in parts[::2]]
    return "".join(parts)


def capitalised(text: str) -> str:
    """Return `text` with its first letter as a capital."""
    position = next((position for position, character in enumerate(text) if character.isalpha()), 0)
    return text[:position] + text[position : position + 1].upper() + text[position + 1 :]


def _is_title(word: str) -> bool:
    letters = "".join(filter(str.isalpha, word))
    return letters[0].isupper() and (len(letters) == 1 or not letters.isupper())
