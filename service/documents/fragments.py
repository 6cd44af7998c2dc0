"""The fragments of a document in groups to translate, and a sample of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from nmt.documents import Form, Fragment
from nmt.text import Markup

_FRAGMENTS = 32
"""Fragments translated together: enough for full batches, few enough to report progress."""
_SAMPLE_CHARACTERS = 2000


def parts(fragments: Sequence[Fragment]) -> Iterator[tuple[list[str], Form]]:
    """Yield groups of up to `_FRAGMENTS` consecutive texts of one form, with their form."""
    for form, group in groupby(fragments, lambda fragment: fragment.form):
        texts = [fragment.text for fragment in group]
        for start in range(0, len(texts), _FRAGMENTS):
            yield texts[start : start + _FRAGMENTS], form


def sample_of(fragments: Sequence[Fragment]) -> str:
    """Return enough text to detect its language."""
    found = ""
    for fragment in fragments:
        is_html = fragment.form == "html"
        texts = [each.text for each in Markup(fragment.text).texts] if is_html else [fragment.text]
        found += " ".join(texts) + " "
        if len(found) > _SAMPLE_CHARACTERS:
            break
    return found[:_SAMPLE_CHARACTERS]
