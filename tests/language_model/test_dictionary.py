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


def test_a_translation_that_sentences_contradict_gives_way_to_the_one_they_have() -> None:
    words: Pairs = [("time", "Stadt", 0.9), ("Time", "Zeit", 0.1)]
    sentences: Pairs = [("We have no time now.", "Wir haben jetzt keine Zeit.", 1.0)]
    assert learned(words + 4 * sentences, "time") == ("Stadt", "Zeit")
    assert learned(words + 5 * sentences, "time") == ("Zeit", "Stadt")
    assert learned([("time", "Stadt", 2.0), *words, *5 * sentences], "time") == ("Stadt", "Zeit"), "a trusted corpus"


def test_words_that_sentences_hardly_have_are_rare() -> None:
    words: Pairs = [("oracle", "Orakel", 1.0), ("war", "Krieg", 1.0), ("good oracle", "gutes Orakel", 8.0)]
    pairs = [*words, *[("They go to war.", "Sie ziehen in den Krieg.", 1.0)] * 29]
    once_more: Pairs = [("No more war!", "Nie wieder Krieg!", 1.0)]
    dictionary = learn_dictionary(lambda: iter(pairs))
    assert dictionary.rare_translations("oracle") == ("Orakel",)
    assert dictionary.rare_translations("good oracle") == ()
    assert dictionary.rare_translations("war") == ("Krieg",)
    assert learn_dictionary(lambda: iter([*pairs, *once_more])).rare_translations("war") == ()


def always_translated(pairs: Pairs, forms: list[str]) -> list[str]:
    many = [("It is late now.", "Jetzt ist es spät.", 1.0)] * 20_000  # beside which no word is a frequent one
    dictionary = learn_dictionary(lambda: iter([*pairs, *many]))
    return [form for form in forms if dictionary.is_translated(form)]


def test_words_that_translations_never_keep_are_always_translated() -> None:
    words: Pairs = [("March", "März", 1.0), ("fast", "schnell", 1.0), ("server", "Server", 1.0), ("late", "spät", 1.0)]
    pairs: Pairs = [
        *[("We meet in March.", "Wir treffen uns im März.", 1.0)] * 10,
        *[("The March of time", "Der Lauf der Zeit", 1.0)] * 5,
        *[("It runs fast enough.", "Es läuft schnell genug.", 1.0)] * 20,
        *[("It is nearly full.", "Es ist fast voll.", 1.0)] * 5,
        *[("Restart the server now.", "Starte den server jetzt neu.", 1.0)] * 20,
    ]
    forms = ["March", "march", "fast", "server", "late"]
    assert always_translated(words + pairs, forms) == ["March"]
    assert always_translated([*words, *pairs[:9]], forms) == [], "too few sentences to tell"
    copied: Pairs = [("We meet in March.", "Wir treffen March.", 1.0)]
    assert always_translated([*words, *pairs, *copied], forms) == []
