"""Learn how the words of a target language begin, so that a search can avoid words that do not exist."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from nmt.runtime import WordBeginnings
from nmt.runtime.words import Subwords, beginnings_of
from tokenizer import SubwordTokenizer

_MOST_NEW = 0.05
"""Share of new words in further text above which a word that the text lacks says little."""
_AT_ONCE = 1 << 16


def learn_word_beginnings(
    texts: Iterable[str], tokenizer: SubwordTokenizer, before: WordBeginnings | None = None
) -> WordBeginnings | None:
    """Return the beginnings of the words of `texts`, and what was known `before`.

    None where a search had better not avoid other words: one running word in 20 of further text would be new. By Good
    (1953) their share is that of the words that occur once. So it is in small texts and in languages without spaces.
    """
    subwords = Subwords(tokenizer.pieces(range(tokenizer.vocabulary_size)))
    written = Counter(word for text in texts for word in text.split())
    forms = list(written)
    found: set[int] = set()
    words = Counter[int]()
    for start in range(0, len(forms), _AT_ONCE):
        part = forms[start : start + _AT_ONCE]
        for form, ids in zip(part, tokenizer.encode_all(part), strict=True):
            beginnings = beginnings_of(subwords, ids)
            found.update(beginnings)
            if beginnings:
                words[beginnings[-1]] += written[form]
    if before is not None:
        return before.extended(found)
    once = sum(count == 1 for count in words.values())
    return WordBeginnings.of(found) if words and once <= _MOST_NEW * words.total() else None
