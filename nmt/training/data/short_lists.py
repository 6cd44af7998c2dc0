"""Which target subwords each source subword may need: the likeliest of the lexicon (Jean et al. 2015, section 3.2)."""

from __future__ import annotations

import numpy as np

from nmt.corpus.batching import IdPairs
from nmt.runtime.short_lists import ShortLists
from nmt.training.data.lexicon import NULL, Ints, Lexicon, meetings, target_counts
from tokenizer import END_ID

FREQUENT = 600
"""Target subwords that every sentence may use. The lists of a batch share them, so they cost little."""
TRANSLATIONS = 60
"""Most target subwords that a source subword opens."""
_SMALLEST = 7e-3
"""Probability of the least likely of them."""
_MISSES = 2
"""So often must training pairs lack a translation that its source subword opens it all the same. What a few lack
costs nothing to open: lists grow from 632 to 660 subwords, and hold 97.9 instead of 96.7 % of those of held-out pairs
(English to Spanish, docs/quality.md)."""


def short_lists(lexicon: Lexicon, pairs: IdPairs, source_size: int) -> ShortLists:
    """Short lists for the `source_size` ids of the source vocabulary, from the lexicon of `pairs`.

    A greeting or the text of a button is spelt with subwords that no word of its source alone makes likely: what the
    lists of the likeliest lack in `pairs` time and again is added.
    """
    counts = target_counts(pairs, lexicon.target_size)
    always = np.union1d(np.argsort(-counts, kind="stable")[:FREQUENT], [END_ID])
    best = _best(lexicon, source_size)
    _add(best, _missed(lexicon, pairs, always, best), lexicon.target_size)
    return ShortLists(always, best, lexicon.target_size)


def merged(known: ShortLists, learned: ShortLists) -> ShortLists:
    """`known` and the translations that were `learned` from other text, for the same vocabularies.

    The words that are always open stay those of `known`. With the 256 frequent ones of 2,328 pairs of GNOME help beside
    them, lists were two fifths longer and had 97.8 instead of 96.9 % of the subwords of held-out pairs (`known` alone
    92.9 %).
    """
    size = known.padding
    translations = np.concatenate((known.translations, learned.translations), axis=1).astype(np.int64)
    translations.sort(axis=1)
    translations[:, 1:][translations[:, 1:] == translations[:, :-1]] = size
    translations.sort(axis=1)
    used = int((translations < size).sum(axis=1).max(initial=1))
    return ShortLists(known.always, translations[:, :used], size)


def _best(lexicon: Lexicon, source_size: int) -> Ints:
    """(source_size, TRANSLATIONS): each source's likeliest targets, padded with the target vocabulary's size."""
    likely = lexicon.table >= _SMALLEST
    source, target = np.divmod(lexicon.keys[likely], lexicon.target_size)
    order = np.lexsort((-lexicon.table[likely], source))
    source, target = source[order], target[order]
    rank = np.arange(len(source)) - np.searchsorted(source, source)
    best = np.full((source_size, TRANSLATIONS), lexicon.target_size, dtype=np.int64)
    inside = rank < TRANSLATIONS
    best[source[inside], rank[inside]] = target[inside]
    return best


def _missed(lexicon: Lexicon, pairs: IdPairs, always: Ints, best: Ints) -> Ints:
    """Keys, from the most frequent on, of what the lists lack: of target subwords with the likeliest source beside."""
    size = lexicon.target_size
    is_always = np.zeros(size, dtype=bool)
    is_always[always] = True
    listed = (np.arange(len(best))[:, np.newaxis] * size + best)[best < size]
    found = []
    for keys, starts in meetings(pairs, size):
        source, target = np.divmod(keys, size)
        is_open = is_always[target] | (np.isin(keys, listed, kind="sort") & (source != NULL))
        lacks = ~np.logical_or.reduceat(is_open, starts)
        lengths = np.diff(starts, append=len(keys))
        keys, lengths = keys[np.repeat(lacks, lengths)], lengths[lacks]
        source, target = np.divmod(keys, size)
        likely = np.where(source == NULL, -1.0, lexicon.probabilities(source, target))
        word = np.repeat(np.arange(len(lengths)), lengths)
        order = np.lexsort((likely, word))  # the likeliest of each word comes last
        found.append(keys[order][np.cumsum(lengths) - 1])
    keys, counts = np.unique(np.concatenate(found), return_counts=True)
    often = counts >= _MISSES
    return keys[often][np.argsort(-counts[often], kind="stable")]


def _add(best: Ints, keys: Ints, size: int) -> None:
    """Fill empty places of `best` (V of the source, K) with the targets of `keys`, as long as there are any."""
    used = (best < size).sum(axis=1)
    for source, target in zip(*np.divmod(keys, size), strict=True):
        if used[source] < best.shape[1]:
            best[source, used[source]] = target
            used[source] += 1
