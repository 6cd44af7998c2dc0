"""The recipes for many sources change pairs on both sides alike, and keep back the same sentences in each language."""

from __future__ import annotations

import importlib
import itertools
import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import polib
import pytest
import torch

from nmt.model import ModelConfig, Seq2Seq
from nmt.runtime import ModelPackage
from nmt.training.fine_tuning.start import Start
from nmt.training.settings.settings import Settings as TrainingSettings
from tokenizer import PAD_ID, learn_tokenizer

MakePackage = Callable[..., Path]
RECIPES = Path(__file__).parents[1] / "docs" / "recipes" / "corpora"
PAIRS = [
    *[("I saw Tom in the park.", "Ich sah Tom im Park.")] * 3,
    *[("Where is Tom's car?", "Wo ist Toms Auto?")] * 3,
    ("We like the park.", "Wir mögen den Park."),
]


@pytest.fixture(scope="module")
def recipes() -> Iterator[None]:
    """The recipes can be imported."""
    sys.path.insert(0, str(RECIPES))
    yield
    sys.path.remove(str(RECIPES))


@pytest.fixture(scope="module")
def augment(recipes: None) -> ModuleType:
    """The recipe that changes pairs."""
    return importlib.import_module("augment")


def test_names_are_replaced_on_both_sides_with_their_endings(augment: ModuleType) -> None:
    known = augment.copied_names(PAIRS)
    assert known == {"Tom"}
    changed = [augment.with_other_names(pair, known, ["Abebe"], random.Random(2)) for pair in PAIRS]
    assert changed[0] == ("I saw Abebe in the park.", "Ich sah Abebe im Park.")
    assert changed[3] == ("Where is Abebe's car?", "Wo ist Abebes Auto?")
    assert changed[-1] is None


def test_made_up_names_are_new_and_the_same_each_time(augment: ModuleType) -> None:
    real = ["Okonkwo", "Ngozi", "Adeyemi", "Okafor", "Abiodun", "Chidi", "Amara", "Olamide"]
    made = augment.made_up(real, 5, random.Random(1))
    assert len(set(made)) == 5
    assert not set(made) & set(real)
    assert made == augment.made_up(real, 5, random.Random(1))


def test_real_names_are_the_same_in_each_process(recipes: None) -> None:
    pytest.importorskip("faker")
    code = "import augment; augment.PER_LOCALE = 60; augment.LOCALES = 'it_IT'; print(augment.names_of_the_world(1))"
    drawn = {
        subprocess.run(
            [sys.executable, "-c", code], cwd=RECIPES, env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(drawn) == 1
    assert b"'" in drawn.pop()


def test_variants_change_the_source_and_keep_the_words_of_the_target(augment: ModuleType) -> None:
    rng = random.Random(1)
    assert augment.lower_cased(PAIRS[0], rng)[0].rstrip(".") == "i saw tom in the park"
    assert augment.without_stop(PAIRS[0], rng) == ("I saw Tom in the park", "Ich sah Tom im Park")
    source, target = augment.mistyped(PAIRS[0], rng)
    assert source != PAIRS[0][0]
    assert target == PAIRS[0][1]


def test_joined_pairs_are_long_and_made_of_whole_pairs_in_the_same_order(augment: ModuleType) -> None:
    pairs = [(f"number {number}", f"Nummer {number}") for number in range(50)]
    made = list(augment.joined([*pairs, ("", "nichts"), ("word " * 40, "Wort " * 40)], random.Random(1)))
    assert len(made) == augment.JOINED
    for source, target in made[:500]:
        assert source.replace("number", "Nummer") == target
        assert augment.JOINED_WORDS[0] <= len(source.split()) <= augment.JOINED_WORDS[1] + 2
    assert not list(augment.joined([("", "")], random.Random(1)))


@pytest.fixture(scope="module")
def rare_words(recipes: None) -> ModuleType:
    """The recipe that puts rare words in the places of others."""
    return importlib.import_module("rare_words")


NOUNS = [
    ("the house", "la casa"),
    ("the misuse", "el abuso"),
    ("the book", "el libro"),
    ("the fraud", "la estafa"),
    ("the arrow", "la flecha"),
    ("the wood pulp", "la pulpa"),
    ("the Moon", "la Luna"),
]
WORDS = [
    ("to eat", "comer"),
    ("to harden", "endurecer"),
    ("to arrive", "llegar"),
    ("arrive", "llegar"),
    ("to be reborn", "renacer"),
    ("quickly", "deprisa"),
    ("minutely", "minuciosamente"),
    ("famous", "famoso"),
    ("tidal", "mareal"),
    ("generous", "generoso"),
    ("house", "casa"),
    ("cyber", "ciber"),
]


def entries(rare_words: ModuleType) -> list[Any]:
    nouns = list(rare_words.nouns_of(NOUNS))
    return [*nouns, *rare_words.other_words_of(WORDS, frozenset(noun.english for noun in nouns))]


def test_the_form_of_a_dictionary_entry_tells_its_part_of_speech(rare_words: ModuleType) -> None:
    found = {part: [entry.english for entry in entries(rare_words) if entry.part == part] for part in rare_words.PARTS}
    assert found == {
        "nouns": ["house", "misuse", "book", "fraud", "arrow"],
        "verbs": ["eat", "harden", "arrive"],
        "adverbs": ["quickly", "minutely"],
        "adjectives": ["famous", "tidal", "generous"],
    }
    french = list(rare_words.nouns_of([("the year", "l'ann\u00e9e"), ("the road", "la route")]))
    assert [(noun.other, noun.agreement[0]) for noun in french] == [("ann\u00e9e", "l'"), ("route", "la")]


def test_a_rare_word_takes_the_place_of_one_that_agrees_alike_on_both_sides(rare_words: ModuleType) -> None:
    pairs = [
        ("I saw the house.", "Vi la casa."),
        ("This book is old.", "Este libro es viejo."),
        ("I want to eat bread.", "Quiero comer pan."),
        ("He is famous.", "\u00c9l es famoso."),
        ("They ran quickly.", "Corrieron deprisa."),
    ] * 30
    made = rare_words.with_rare_words(pairs, entries(rare_words), 0, random.Random(1))
    assert {part: sorted(set(changed)) for part, changed in made.items()} == {
        "nouns": [("I saw the fraud.", "Vi la estafa."), ("This misuse is old.", "Este abuso es viejo.")],
        "verbs": [("I want to arrive bread.", "Quiero llegar pan.")],
        "adverbs": [("They ran minutely.", "Corrieron minuciosamente.")],
        "adjectives": [("He is generous.", "\u00c9l es generoso.")],
    }  # "an arrow" has no carrier, "endurecer" begins with a vowel, as if in French, and "mareal" has one gender
    assert len(made["nouns"]) == 2 * rare_words.CARRIERS
    assert rare_words.with_rare_words(pairs, entries(rare_words), 0, random.Random(1)) == made


def test_the_side_of_the_source_says_which_words_are_rare(rare_words: ModuleType) -> None:
    pairs = [("I saw the house.", "Vi la casa.")] * 30 + [("A fraud!", "\u00a1Timo!")] * 30
    made = [rare_words.with_rare_words(pairs, entries(rare_words), side, random.Random(1))["nouns"] for side in (0, 1)]
    assert made[0] == []
    assert set(made[1]) == {("I saw the fraud.", "Vi la estafa.")}


@pytest.mark.parametrize(
    ("language", "nouns"),
    [
        ("en", "cat cats|box boxes|city cities|day days|church churches|knife|potato|crisis|woman|bus"),
        ("fr", "chat chats|bras bras|animal animaux|bal|bateau bateaux|feu feux|travail"),
        ("es", "gato gatos|ciudad ciudades|voz voces|acción acciones|mes|crisis|examen|inglés ingleses|rubí rubíes"),
    ],
)
def test_the_plural_of_a_noun_is_a_regular_one_or_none(recipes: None, language: str, nouns: str) -> None:
    plural = importlib.import_module("plurals").plural
    for singular, *expected in map(str.split, nouns.split("|")):
        assert plural(singular, language) == (expected[0] if expected else None)


def test_plurals_are_sure_in_both_languages(recipes: None) -> None:
    nouns = [
        ("the animal", "l'animal"),
        ("the knife", "le couteau"),
        ("the work", "le travail"),
        ("the Moon", "la Lune"),
    ]
    assert list(importlib.import_module("plurals").plurals(nouns, "fr")) == [("animals", "animaux")]


@pytest.mark.parametrize(
    "pair",
    [
        ("They house us.", "Nos dan la casa."),  # no determiner: a verb
        ("the house arrow", "la flecha de la casa"),  # a compound
        ("The house is the house.", "La casa es la casa."),
        ("The house is big.", "El hogar es grande."),
        ("The, house", "La casa"),
    ],
)
def test_what_may_be_no_noun_stays(rare_words: ModuleType, pair: tuple[str, str]) -> None:
    by_english = {entry.english: [entry] for entry in entries(rare_words)}
    assert not [entry for entry, _, _ in rare_words.places(pair, by_english) if entry.english == "house"]


def test_a_german_infinitive_with_zu_stays(rare_words: ModuleType) -> None:
    (entry,) = rare_words.other_words_of([("to eat", "essen")], frozenset())
    assert list(rare_words.places(("I want to eat.", "Ich will essen."), {"eat": [entry]})) == [(entry, 10, 9)]
    assert not list(rare_words.places(("It is good to eat.", "Es ist gut zu essen."), {"eat": [entry]}))


def test_the_slots_of_a_template_are_filled_alike_on_both_sides(augment: ModuleType) -> None:
    template = "Von {n} bis {n}: {name}"
    assert augment.filled(template, "de", ["name", "n", "n"], ["Okonkwo", "3", "4"]) == "Von 3 bis 4: Okonkwo"
    for source, target in itertools.permutations(("en", "de", "fr", "es"), 2):
        made = list(augment.templates(source, target, ["Okonkwo", "Nguyen"], random.Random(1)))
        assert len(made) > 35 * augment.FILLED
        assert all("{" not in text for pair in made for text in pair)
        for pair in made:
            numbers, others = (re.findall(r"\d+", text) for text in pair)
            assert sorted(numbers) == sorted(others)
            assert pair[0].count("Okonkwo") == pair[1].count("Okonkwo")
        assert not {pair[0] for pair in augment.sentences(source, target)} & {pair[0] for pair in made}


@pytest.mark.parametrize(
    ("language", "template", "filled"),
    [
        ("en", "from {month} to {month}, on {weekday}", "from March to October, on Monday"),
        ("de", "von {month} bis {month}, am {weekday}", "von März bis Oktober, am Montag"),
        ("es", "de {month} a {month}, el {weekday}", "de marzo a octubre, el lunes"),
        ("fr", "de {month} à la fin de {month}, {weekday}", "de mars à la fin d'octobre, lundi"),
    ],
)
def test_months_and_weekdays_are_written_in_the_language_of_the_side(
    augment: ModuleType, language: str, template: str, filled: str
) -> None:
    assert augment.filled(template, language, ["month", "month", "weekday"], [3, 10, 0]) == filled


def test_one_pair_in_a_hundred_is_held_out_whatever_its_case(recipes: None) -> None:
    held_out = importlib.import_module("hold_out").held_out
    texts = [f"Sentence number {number}." for number in range(5000)]
    kept = [text for text in texts if held_out(text)]
    assert 25 <= len(kept) <= 80
    assert all(held_out(f" {text.upper()}") for text in kept)


def test_a_new_subword_is_spelt_by_old_ones_and_a_shared_one_stays(recipes: None) -> None:
    old = learn_tokenizer(["the red cat", "a red house"] * 20, 300)
    new = learn_tokenizer(["the red house", "the household"] * 20, 300)
    spellings = importlib.import_module("enlarge").spellings(old, new)
    pieces, before = new.pieces(range(new.vocabulary_size)), old.pieces(range(old.vocabulary_size))
    for piece, ids in zip(pieces, spellings, strict=True):
        assert "".join(old.pieces(ids)) == piece or piece not in before
        if piece in before:
            assert [before[number] for number in ids] == [piece]


def test_an_encoder_with_a_new_layer_says_nearly_what_it_said_before(recipes: None) -> None:
    torch.manual_seed(2)
    config = ModelConfig(40, 40, tie="all", embedding_size=32, encoder_hidden=32, decoder_hidden=32)
    model = Seq2Seq(config, PAD_ID).eval()
    deeper = importlib.import_module("enlarge").enlarged(
        replace(config, encoder_layers=2), dict(model.named_parameters()), [[number] for number in range(40)]
    )
    assert deeper.parameter_count() > model.parameter_count()
    source, lengths = torch.randint(4, 40, (6, 9)), torch.tensor([9, 9, 8, 5, 3, 1])
    with torch.no_grad():
        before, after = (each.encoder(source, lengths).memory for each in (model, deeper))
    assert 0 < (after - before).norm() < 0.3 * before.norm()


def test_the_sizes_for_a_gpu_are_settings() -> None:
    settings = TrainingSettings.parse([], RECIPES / "gpu.yaml")
    config = settings.model_config(8000, 8000)
    assert Seq2Seq(config, PAD_ID).parameter_count() == 11_929_728


def test_the_mixture_names_weights_and_licences_for_every_direction(recipes: None) -> None:
    mixture = importlib.import_module("train_mixture")
    for direction in ("en-de", "de-en", "en-fr", "fr-en", "en-es", "es-en"):
        rows = mixture.rows(direction, without_copyleft=False)
        assert {row["source"] for row in rows} >= {"tatoeba", "augmented", "names-cldr"}
        assert all(float(row["weight"]) > 0 and float(row["last weight"]) > 0 for row in rows)
        assert all(row["licence"] and row["attribution"] for row in rows)
        kinds = {row["source"] for row in rows if row["source"].startswith("dictionary-")}
        assert kinds - {"dictionary-articles", "dictionary-plurals"} == {
            "dictionary-from-english" if direction.startswith("en") else "dictionary-to-english"
        }
        assert not [row for row in mixture.rows(direction, without_copyleft=True) if "GPL" in row["licence"]]


def wheel(path: Path, catalogues: dict[str, dict[str, str]]) -> Path:
    """A wheel that holds compiled catalogues by place."""
    with zipfile.ZipFile(path, "w") as archive:
        for place, messages in catalogues.items():
            catalogue = polib.POFile()
            catalogue.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
            catalogue.extend(polib.POEntry(msgid=key, msgstr=text) for key, text in messages.items())
            archive.writestr(place, catalogue.to_binary())
    return path


def test_catalogues_become_pairs_without_accelerators_and_code(recipes: None, tmp_path: Path) -> None:
    module = importlib.import_module("message_catalogues")
    place = "shop/locale/{}/LC_MESSAGES/django.mo"
    german = {
        "_Pay the invoice": "Rechnung be_zahlen",
        "Hello %s": "Hallo %s",
        "OK": "OK",
        "A": "Ein viel zu langer Text für einen Buchstaben",
        "button\x04Refund": "Rückerstattung",
    }
    path = wheel(tmp_path / "shop.whl", {place.format("de"): german, "shop/readme.mo": {"not": "this"}})
    (found,) = module.catalogues(path)
    assert found[:2] == ("de", "django")
    assert list(module.pairs(None, found[2])) == [
        ("Pay the invoice", "Rechnung bezahlen"),
        ("Refund", "Rückerstattung"),
    ]
    assert list(module.pairs({"KEY": "Refund"}, {"KEY": "Erstattung"})) == [("Refund", "Erstattung")]


def test_descriptions_are_paired_by_their_hash_sentence_by_sentence(recipes: None, tmp_path: Path) -> None:
    module = importlib.import_module("descriptions")
    english, german = tmp_path / "en", tmp_path / "de"
    english.write_text(
        "Package: mail\nDescription-md5: 1\nDescription-en: reads mail\n It reads mail. It writes mail.\n .\n Fast.\n\n"
        "Package: cut\nDescription-md5: 2\nDescription-en: cuts films\n One. Two.\n\n"
    )
    german.write_text(
        "Package: cut\nDescription-md5: 2\nDescription-de: schneidet Filme\n Nur ein Satz.\n\n"
        "Package: mail\nDescription-md5: 1\nDescription-de: liest Post\n"
        " Es liest Post. Es schreibt\n Post.\n .\n Schnell.\n\n"
    )
    assert list(module.description_pairs(english, german, "de")) == [
        ("reads mail", "liest Post"),
        ("It reads mail.", "Es liest Post."),
        ("It writes mail.", "Es schreibt Post."),
        ("Fast.", "Schnell."),
        ("cuts films", "schneidet Filme"),
    ]


def test_the_corpora_hold_each_pair_once_and_no_sentence_that_is_to_be_left_out(recipes: None, tmp_path: Path) -> None:
    module = importlib.import_module("make_corpora")
    found = [("Pay now.", "Zahl jetzt."), ("Pay now.", "Zahl jetzt."), ("A test.", "Ein Test."), ("New.", "Neu.")]
    assert module.save(tmp_path, "de", found, {module.bare("a TEST")}) == 2
    assert next(module.lines(tmp_path / "train.en.gz")) == "Pay now.\n"
    first = (tmp_path / "train.de.gz").read_bytes()
    module.save(tmp_path, "de", found, {module.bare("a TEST")})
    assert (tmp_path / "train.de.gz").read_bytes() == first


def test_each_source_of_packages_has_a_licence_in_the_mixture(recipes: None) -> None:
    module = importlib.import_module("make_corpora")
    licences = {row["source"] for row in module.rows(RECIPES / "mixture.csv")}
    packages = module.rows(RECIPES / "packages.csv")
    assert {row["source"] for row in packages} <= licences
    assert {row["archive"] for row in packages} == {"debian", "pypi"}
    assert len({row["package"] for row in packages}) == len(packages)


def test_the_mean_of_two_packages_has_the_mean_of_their_weights(
    recipes: None, make_package: MakePackage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [make_package(tmp_path / name / "en-xx", scale=scale) for name, scale in (("one", 1.0), ("two", 1.5))]
    texts = [tmp_path / "test.en", tmp_path / "test.xx"]
    for text in texts:
        text.write_text("red cat\n")
    arguments = [*places, "--share", "0.25", "--output", tmp_path / "mean" / "en-xx", "--test-aligned", *texts]
    monkeypatch.setattr(sys, "argv", ["interpolate.py", *map(str, arguments)])
    importlib.import_module("interpolate").main()
    one, two, mean = (Start.open(place).weights for place in (*places, tmp_path / "mean" / "en-xx"))
    assert mean.keys() == one.keys()
    for name in mean:
        expected = 0.75 * one[name].float() + 0.25 * two[name].float()
        step = float(expected.abs().max()) / 100  # of numbers that are stored in eight bits
        assert torch.allclose(mean[name].float(), expected, atol=step + 1e-6), name
    scores = ModelPackage.open(tmp_path / "mean" / "en-xx").manifest.scores
    assert {score.metric for score in scores} >= {"chrF"}
