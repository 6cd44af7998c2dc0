"""The `&` before the letter of a menu or button that the keyboard selects, as in `&Open`."""

from __future__ import annotations

import re

_ACCELERATOR = re.compile(r"(?:(?<![&A-Z])&(?=\w)|(?<=[A-Z])&(?=[a-z]))(?!\w+;)")
"""Not the sign in `R&D`, `&&` or `&nbsp;`."""


def split_accelerator(text: str) -> tuple[str, str]:
    """Return `text` without its accelerator, and the letter that has it. The letter is empty if there is not one."""
    marks = list(_ACCELERATOR.finditer(text))
    if len(marks) != 1 or "&&" in text:
        return text, ""
    at = marks[0].start()
    return text[:at] + text[at + 1 :], text[at + 1]


def with_accelerator(text: str, letter: str, marks: re.Pattern[str]) -> str:
    """Return `text` with an accelerator before `letter`, or before the first letter if it is not there.

    It does not go into `marks`, such as placeholders and tags.
    """
    if not letter:
        return text
    words = marks.sub(lambda mark: " " * len(mark[0]), text)
    at = words.lower().find(letter.lower())
    if at < 0:
        at = next((index for index, character in enumerate(words) if character.isalnum()), 0)
    return text[:at] + "&" + text[at:]
