"""Held-out text that training sees too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.corpus import CleaningRules, CorpusSpec, Direction, Origin, SentencePair
from nmt.corpus.check import CorpusReport, Finding
from nmt.corpus.check.code_points import Characters
from nmt.corpus.check.measures.near_duplicates import NearDuplicateIndex, shingle_sets
from nmt.corpus.check.measures.shingles import Letters
from nmt.corpus.check.sources import parts_of, split_of, split_parts
from nmt.corpus.held_out import HeldOut, Unseen

Check = Callable[..., CorpusReport]
Found = Callable[..., Finding]

TRAIN = [
    SentencePair("The river rose quickly after the storm had passed.", "Der Fluss stieg nach dem Sturm schnell."),
    SentencePair("She wrote a long letter to her oldest friend.", "Sie schrieb ihrer ältesten Freundin einen Brief."),
    SentencePair("Nobody knew where the captain had gone that night.", "Niemand wusste, wohin der Kapitän ging."),
    SentencePair("The committee meets on the 5th of May, at noon.", "Der Ausschuss tagt am 3. Mai um zwölf."),
]
HELD_OUT = [
    TRAIN[0],
    SentencePair(TRAIN[1].source, "Ein langer Brief ging an eine sehr alte Freundin."),
    SentencePair("Where the captain went was known to none.", TRAIN[2].target),
    SentencePair("the committee meets on the 17th of may at NOON!", "Am 17. trifft sich das Gremium mittags."),
    SentencePair("The river rose quickly after the storm had passed us.", "Schnell schwoll das Wasser an."),
    SentencePair("Bread is cheaper on the other side of the street.", "Gegenüber kostet das Brot weniger."),
]


def test_each_held_out_pair_counts_once_as_the_nearest_kind(check: Check, found: Found) -> None:
    report = check(TRAIN, valid=HELD_OUT[-1:], test=HELD_OUT)
    lines = {
        kind: [example.place for example in found(report, kind, "test").examples]
        for kind in ("leaked_pair", "leaked_source", "leaked_target", "leaked_near")
    }
    assert lines == {"leaked_pair": [1], "leaked_source": [2], "leaked_target": [3], "leaked_near": [4, 5]}
    assert found(report, "leaked_near", "valid").count == 0
    assert found(report, "shared_held_out", "test").count == 1
    assert found(report, "leaked_pair", "test").examples[0].note.startswith("train line 1: The river rose")


def test_a_training_pair_that_cleaning_leaves_out_leaks_nothing(check: Check, found: Found) -> None:
    long = SentencePair("word " * 300, "Wort " * 300)
    assert found(check([long, *TRAIN], test=[long]), "leaked_pair", "test").count == 0


texts = st.lists(st.text(st.sampled_from("abcdefg AB.,1é"), max_size=60), max_size=12)


@given(held_out=texts, seen=texts)
def test_near_twins_are_exactly_those_that_share_four_fifths(held_out: list[str], seen: list[str]) -> None:
    seen = [*seen, *(text.upper() + "!" for text in held_out), *(text[:-2] for text in held_out)]
    there, here = Letters(Characters(held_out)), Letters(Characters(seen))
    own, other = (list(map(set, map(np.ndarray.tolist, shingle_sets(each)))) for each in (there, here))
    expected = {
        (row, column)
        for row, left in enumerate(own)
        for column, right in enumerate(other)
        if left and right and len(left & right) >= 0.8 * len(left | right)
    }
    judged = np.ones(len(seen), dtype=bool)
    index = NearDuplicateIndex(shingle_sets(there))
    assert set(index.matches(here, np.ones(len(held_out), dtype=bool), judged)) == expected


def test_letters_are_the_same_without_case_punctuation_digits_and_spaces() -> None:
    letters = Letters(Characters(["Über 3 Ecken!", "überecken", "über eckne", "", "12"]))
    assert letters.hashes[0] == letters.hashes[1] != letters.hashes[2]
    assert letters.counts.tolist() == [9, 9, 9, 0, 0]


def test_without_validation_pairs_the_split_is_that_of_training(
    tmp_path: Path, clean_pairs: list[SentencePair]
) -> None:
    path = tmp_path / "pairs.tsv"
    pairs = clean_pairs[:300]
    path.write_text("".join(f"{pair.source}\t{pair.target}\n" for pair in [*pairs, *pairs[:40]]))
    chosen = HeldOut(30, seed=5)
    for pair in pairs:
        chosen.see(pair)
    valid = chosen.choose()
    train = filter(Unseen(valid), pairs)
    specs, direction = [CorpusSpec((path,))], Direction("en", "de")
    held_out = split_of(specs, direction, CleaningRules(), wanted=1000, seed=5, follow=iter)
    assert held_out == valid
    parts, note = split_parts(specs, [], direction, held_out, iter)
    read = {part.role: list(part.pairs) for part in parts}
    assert {role: set(found) for role, found in read.items()} == {"train": set(train), "valid": set(valid)}
    assert note().startswith(f"no validation pairs were given: {len(valid)} were taken out")
    assert f"; {340 - len(read['train']) - len(valid)} more that repeat one" in note()
    first = next(iter(parts_of("train", specs, direction, iter)[0].pairs))
    assert (first, first.origin) == (pairs[0], Origin(path, 1))


@pytest.mark.parametrize("count", [1, 3])
def test_characters_that_training_never_sees(count: int, check: Check, found: Found) -> None:
    held_out = [SentencePair("fine", f"schön {'ŝ' * count}"), SentencePair("tree", "Baum")]
    report = check([SentencePair("a fine tree", "ein schöner Baum")] * 2, test=held_out)
    finding = found(report, "unknown_characters", "test")
    assert (finding.count, finding.details["characters"]) == (1, count)
    assert "LATIN SMALL LETTER S WITH CIRCUMFLEX" in "".join(example.note for example in finding.examples)


def test_rare_characters_are_named_with_their_first_place(check: Check, found: Found) -> None:
    pairs = [SentencePair("aaaaa", "bbbbb"), SentencePair("aæ", "b")]
    finding = found(check(pairs), "rare_characters")
    assert (finding.count, finding.of) == (1, 3)
    assert (finding.examples[0].place, finding.examples[0].note) == (2, "æ (U+00E6 LATIN SMALL LETTER AE)")
