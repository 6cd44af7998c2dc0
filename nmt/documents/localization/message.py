"""A message of a program: one fragment, or one for each form of an ICU plural or select."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nmt.documents.document import Fragment
from nmt.documents.inline_marks import Wording, marks_pattern
from nmt.documents.localization.placeholders import ALL

_CHOICE = re.compile(r"\{\s*\w+\s*,\s*(plural|select|selectordinal)\s*,(?:\s*offset:\d+)?")
_SELECTOR = re.compile(r"\s*(?:=\d+|\w+)\s*\{")
_BRACE = re.compile(r"'[{}#][^']*'|''|[{}]")
"""Braces, and quoted text in which they are none."""
_QUOTED = r"'[{}#][^']*'"
_MARKS = marks_pattern(rf"{_QUOTED}|{ALL}")
_MARKS_IN_PLURAL = marks_pattern(rf"{_QUOTED}|{ALL}|#")
_MOST_FORMS = 64
_DEEPEST = 4
_LONGEST = 20_000
"""Maximum length in characters of a message with forms, each of which repeats what stands around."""

_Parts = list["str | Wording"]


class Message:
    """A string with placeholders, and possibly with ICU plurals and selects.

    Text around a choice moves into each of its forms, because words agree with each other: `You have {n, plural,
    one{# file} other{# files}}` is translated as `You have # file` and `You have # files`. A message with more than 64
    forms, or that cannot be read, has no fragments.
    """

    def __init__(self, text: str) -> None:
        """Read `text` as the program sees it, without the escapes of its file."""
        self._text = text
        parts = _forms(text, 0, in_plural=False) if has_choice(text) else [Wording(text, _MARKS)]
        self._parts = [part if isinstance(part, str) or part.fragment else part.text for part in parts or []]

    @property
    def fragments(self) -> tuple[Fragment, ...]:
        """Return the fragments to translate."""
        return tuple(each.fragment for each in self._parts if isinstance(each, Wording) and each.fragment)

    def translated(self, texts: Sequence[str]) -> str:
        """Return the message with `texts`, the translations of its fragments."""
        remaining = iter(texts)
        written = "".join(part if isinstance(part, str) else part.translated(next(remaining)) for part in self._parts)
        # An apostrophe before a brace would quote it, so that a French l'{name} would show no name.
        return written if re.search(r"'[{}#]", self._text) else re.sub(r"'(?=[{}])", "\u2019", written)


def has_choice(text: str) -> bool:
    """Whether `text` contains an ICU plural or select."""
    return _CHOICE.search(text) is not None


def _forms(text: str, depth: int, *, in_plural: bool) -> _Parts | None:
    """Return the parts of a message whose choices are at the top. None if there are too many, or it is no message."""
    choice = _top_choice(text) if len(text) <= _LONGEST else None
    if choice is None:
        return None if has_choice(text) else [Wording(text, _MARKS_IN_PLURAL if in_plural else _MARKS)]
    forms = _selected(text, choice.end())
    if forms is None or depth == _DEEPEST:
        return None
    before, after = text[: choice.start()], text[forms[-1][1] :]
    closing = re.match(r"\}\s*\}", after)
    if closing is None or (choice[1] != "select" and "#" in before + after[closing.end() :]):
        return None
    after = after[closing.end() :]
    parts: _Parts = []
    start = choice.start()
    for inner_start, inner_end in forms:
        inner = _forms(
            before + text[inner_start:inner_end] + after, depth + 1, in_plural=in_plural or choice[1] != "select"
        )
        if inner is None or len(parts) > 2 * _MOST_FORMS:
            return None
        parts += [text[start:inner_start], *inner]
        start = inner_end
    parts.append(closing[0])
    return parts if sum(isinstance(part, Wording) for part in parts) <= _MOST_FORMS else None


def _top_choice(text: str) -> re.Match[str] | None:
    """Return the first choice that is not inside another argument."""
    depth = 0
    for brace in _BRACE.finditer(text):
        if brace[0] == "{":
            choice = _CHOICE.match(text, brace.start())
            if depth == 0 and choice:
                return choice
            depth += 1
        elif brace[0] == "}":
            depth -= 1
    return None


def _selected(text: str, position: int) -> list[tuple[int, int]] | None:
    """Return the range of each form of the choice that goes on at `position`. None if there are none."""
    found: list[tuple[int, int]] = []
    while len(found) <= _MOST_FORMS and (selector := _SELECTOR.match(text, position)):
        end = _closing(text, selector.end())
        if end is None:
            return None
        found.append((selector.end(), end))
        position = end + 1
    return found or None


def _closing(text: str, position: int) -> int | None:
    """Return where the brace that was opened before `position` is closed."""
    depth = 1
    for brace in _BRACE.finditer(text, position):
        depth += {"{": 1, "}": -1}.get(brace[0], 0)
        if depth == 0:
            return brace.start()
    return None
