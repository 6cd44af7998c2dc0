"""Attention between subwords becomes links between words, whatever the model was shown in their place."""

from __future__ import annotations

import numpy as np
import pytest

from nmt.runtime import Alignment
from nmt.text.markup.word_alignment import linked


def alignment(source: str, target: str, pairs: list[int]) -> Alignment:
    """`pairs`: the subword of `source` that each of `target` attends to."""
    weights = np.full((len(target.split()), len(source.split())), 0.01, dtype=np.float32)
    for row, column in zip(weights, pairs, strict=True):
        row[column] = 1.0 - row[:-1].sum()
    return Alignment(source.split(), target.split(), weights)


def best(source: str, target: str, shown: str, written: str, found: Alignment) -> list[tuple[str, str]]:
    """Each word of the translation with the one that it comes from."""
    links = linked(source, target, shown, written, found)
    assert links is not None
    assert (links.weights.sum(axis=1) <= 1.0 + 1e-9).all()
    origins = [links.source[row.argmax()] for row in links.weights]
    return [
        (target[word.start : word.end], source[origin.start : origin.end])
        for word, origin in zip(links.target, origins, strict=True)
    ]


def test_subwords_are_put_together_to_words() -> None:
    found = alignment("▁The ▁clean er . <END>", "▁Der ▁Rein iger . <END>", [0, 1, 2, 3, 4])
    assert best("The cleaner.", "Der Reiniger.", "The cleaner.", "Der Reiniger.", found) == [
        ("Der", "The"),
        ("Reiniger", "cleaner"),
        (".", "."),
    ]


def test_the_bytes_of_a_character_are_the_character() -> None:
    found = alignment("▁a ▁ <0xE7> <0x8C> <0xAB> <END>", "▁ <0xE7> <0x8C> <0xAB> ▁b <END>", [1, 2, 3, 4, 0, 5])
    assert best("a \u732b", "\u732b b", "a \u732b", "\u732b b", found) == [("\u732b", "\u732b"), ("b", "a")]


def test_case_stand_ins_and_what_was_cut_off_are_seen_through() -> None:
    found = alignment("▁Send ▁31 ▁now <END>", "▁Jetzt ▁31 ▁senden . <END>", [2, 1, 0, 0, 3])
    shown, written = "Send 31 now", "Jetzt 31 senden."
    assert best("SEND jane@example.org NOW", "JETZT jane@example.org SENDEN", shown, written, found) == [
        ("JETZT", "NOW"),
        ("jane@example.org", "jane@example.org"),
        ("SENDEN", "SEND"),
    ]
    assert best("Send the red cat now", "Jetzt die rote Katze senden", shown, written, found)[-1] == ("senden", "Send")


def test_a_word_counts_less_where_its_source_has_another_translation() -> None:
    weights = np.array([[0.55, 0.4, 0.05], [0.95, 0.05, 0.0], [0.0, 0.0, 1.0]], dtype=np.float32)
    found = Alignment(["▁a", "▁b", "<END>"], ["▁x", "▁y", "<END>"], weights)
    links = linked("a b", "x y", "a b", "x y", found)
    assert links is not None
    assert links.weights[0].argmax() == 1


@pytest.mark.parametrize("pieces", ["▁other <END>", "▁a <0xFF> <END>", "<END>"])
def test_subwords_of_another_text_give_no_links(pieces: str) -> None:
    found = alignment(pieces, "▁x <END>", [0, 0])
    assert linked("a", "x", "a", "x", found) is None
