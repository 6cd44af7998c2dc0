"""The dictionary of a text has its one-word pairs; sentences and weights decide between several translations."""

from __future__ import annotations

from collections.abc import Iterable

from nmt.language_model.dictionary import learn_dictionary

Pairs = list[tuple[str, str, float]]

WORDS: Pairs = [
    ("light", "leicht", 1.0),
    ("light", "Licht", 1.0),
    ("order", "Reihenfolge", 1.0),
    ("order", "Bestellung", 8.0),
    ("After", "Nach", 1.0),
    ("Monday", "Montag", 1.0),
    ("good morning", "guten Morgen", 1.0),
    ("stop", "Halt!", 1.0),
    ("Hello!", "Hallo!", 8.0),
    ("go", "gehen wir jetzt nach Hause", 1.0),
]
SENTENCES: Pairs = [
    *[("Turn off the light now.", "Mach jetzt das Licht aus.", 1.0)] * 3,
    ("This bag is light.", "Diese Tasche ist leicht.", 1.0),
    *[("The order of the words matters.", "Die Reihenfolge der Wörter zählt.", 1.0)] * 5,
    ("We met after lunch.", "Wir trafen uns nach dem Essen.", 1.0),
]


def learned(pairs: Pairs, word: str) -> tuple[str, ...]:
    def texts() -> Iterable[tuple[str, str, float]]:
        return iter(pairs)

    return learn_dictionary(texts).translations(word)


def test_the_translation_that_sentences_use_comes_first() -> None:
    assert learned(WORDS + SENTENCES, "light") == ("Licht", "leicht")


def test_the_translation_of_the_corpus_with_the_largest_weight_comes_before_all() -> None:
    assert learned(WORDS + SENTENCES, "order") == ("Bestellung", "Reihenfolge")


def test_the_capital_of_a_label_is_not_that_of_the_word() -> None:
    assert learned(WORDS + SENTENCES, "after") == ("nach",)
    assert learned(WORDS + SENTENCES, "After") == ("Nach",)
    assert learned(WORDS + SENTENCES, "monday") == ("Montag",)


def test_sentences_tell_whether_a_label_has_a_capital_of_its_own() -> None:
    labels: Pairs = [*[("Yes", "Oui", 1.0)] * 5, ("Yes", "oui", 8.0), ("OK", "OK", 8.0)]
    sentences: Pairs = [("She said yes at once.", "Elle a dit oui tout de suite.", 1.0)]
    assert [learned(labels + sentences, word) for word in ("yes", "Yes", "OK")] == [("oui",), ("Oui",), ("OK",)]


def test_only_pairs_of_a_word_and_a_short_translation_are_entries() -> None:
    for text in ("morning", "stop", "go", "bag", "good morning"):
        assert learned(WORDS + SENTENCES, text) == ()


def test_a_trusted_corpus_has_phrases_too() -> None:
    numbers: Pairs = [("thirty-one", "einunddreißig", 4.0), ("pomme de terre", "Kartoffel", 2.0)]
    numbers += [("How are you?", "¿Cómo estás?", 8.0), ("Run, run, run and never stop.", "Lauf.", 8.0)]
    assert learned(numbers, "Run, run, run and never stop.") == ()
    assert learned([*WORDS, *numbers, *SENTENCES], "Thirty-one") == ("Einunddreißig",)
    assert learned([*WORDS, *numbers, *SENTENCES], "pomme de terre") == ("Kartoffel",)
    assert learned([*WORDS, *numbers, *SENTENCES], "Hello!") == ("Hallo!",)
    assert learned([*WORDS, *numbers, *SENTENCES], "How are you?") == ("¿Cómo estás?",)
    assert learned([*WORDS, *numbers, *SENTENCES], "Hello") == ()


def test_the_words_that_occur_most_are_kept() -> None:
    rare: Pairs = [(f"word{'abcdefghij'[n % 10]}{'x' * (n // 10)}", "Wort", 1.0) for n in range(12_005)]
    assert learned([*rare, *WORDS, *SENTENCES], "light") == ("Licht", "leicht")
    assert sum(bool(learned([*rare[:5], *WORDS], word)) for word, _, _ in rare[:5]) == 5
