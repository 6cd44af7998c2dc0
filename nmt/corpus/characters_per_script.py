"""Text lengths that are comparable across scripts whose characters carry different amounts of information."""

from __future__ import annotations

import re

DENSE_WEIGHT = 2.5
"""Number of Latin letters that one Chinese or Japanese character or Korean syllable counts as.

In the system messages of Debian 12, one Chinese character corresponds to 3.2 English characters, one Japanese to 1.8
and one Korean to 1.9. With 2.5, cleaning leaves out 0.06 to 0.09 % of each language because of its lengths, as for
German (0.06 %). With 1, it left out 6.4 % of the Chinese. Thai, Khmer and Burmese letters carry about as much as Latin
ones.
"""
_DENSE = re.compile(
    "[\u3005\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]+"
)
"""Han, Hiragana, Katakana and precomposed Hangul syllables. The letters of decomposed syllables are excluded, because
they are as many as Latin letters would be."""
_MAYBE_DENSE = re.compile("[^\0-\u3004]")
"""Prefilter for `_DENSE`. Its search is four times as fast, and nearly all texts in other scripts do not match."""


def comparable_length(text: str) -> float:
    """Return the length of `text` in Latin letters. A character of a dense script counts as several."""
    # `isascii` reads a flag of the string and does not scan its characters.
    if text.isascii() or not _MAYBE_DENSE.search(text):
        return len(text)
    dense = sum(map(len, _DENSE.findall(text)))
    return len(text) + (DENSE_WEIGHT - 1) * dense
