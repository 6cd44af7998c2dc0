"""How often the language of words, greetings, sentences and their beginnings is detected, and how fast.

    python benchmarks/detection.py models --data ../shared/data/tatoeba

`data` holds `en-XX/train.LANG.gz` and `en-XX/test.LANG.gz`. Each row is the share detected right among the served
languages, first by py3langid alone, then by py3langid and the packages' character models together. `words`: the 200
most frequent words of the training text. `shared`: the same, where a word that is also among the 200 of another
language is right for that one too. `left` is the share of texts in a source language that `auto` leaves untranslated,
without words that are among the 200 of the target too. `needless` is the share in the target language that it
translates. With `--catalogues`, a directory such as /usr/share/locale, `other` is the share of messages of programs
that are detected as in a language that is not served, by the language that the messages are in.
"""

from __future__ import annotations

import argparse
import asyncio
import gettext
import gzip
import random
import re
import time
from collections import Counter
from itertools import islice
from pathlib import Path

from service.settings import Settings
from service.translating.detection import Detector, chosen
from service.translating.translators import Translators

MOST_FREQUENT = 200
SENTENCES = 1000
GREETINGS = {
    "en": (
        "Hello, Hi, Good morning, Good afternoon, Good evening, Good night, Goodbye, Bye, See you later, See you soon, "
        "See you tomorrow, How are you?, Thank you, Thanks, Please, Welcome, Nice to meet you, Cheers, Sorry, "
        "Excuse me, Yes, Have a nice day, Happy birthday, Congratulations, Good luck, Take care"
    ),
    "de": (
        "Hallo, Guten Morgen, Guten Tag, Guten Abend, Gute Nacht, Auf Wiedersehen, Tschüss, Bis später, Bis bald, "
        "Bis morgen, Wie geht's?, Danke, Vielen Dank, Bitte, Willkommen, Freut mich, Prost, Entschuldigung, Servus, "
        "Grüß Gott, Ja, Moin, Alles Gute, Herzlichen Glückwunsch, Viel Glück, Mach's gut"
    ),
    "fr": (
        "Bonjour, Salut, Bonsoir, Bonne nuit, Au revoir, À bientôt, À demain, À plus tard, Comment ça va?, Merci, "
        "Merci beaucoup, S'il vous plaît, Bienvenue, Enchanté, Santé, Pardon, Désolé, Excusez-moi, Oui, Bonne journée, "
        "Bon anniversaire, Félicitations, Bonne chance, De rien, Coucou, Allô"
    ),
    "es": (
        "Hola, Buenos días, Buenas tardes, Buenas noches, Adiós, Hasta luego, Hasta pronto, Hasta mañana, "
        "¿Cómo estás?, Gracias, Muchas gracias, Por favor, Bienvenido, Mucho gusto, Salud, Perdón, Lo siento, "
        "Disculpe, Sí, Que tengas un buen día, Feliz cumpleaños, Felicidades, Buena suerte, De nada, Qué tal, Encantado"
    ),
}
OTHERS = (
    "it",
    "nl",
    "pt",
    "pl",
    "sv",
    "ru",
    "zh_CN",
    "ja",
    "tr",
    "cs",
    "hu",
    "ro",
    "ca",
    "gl",
    "da",
    "nb",
    "fi",
    "uk",
    "el",
)
MESSAGES = 100
LONG = 25
"""Characters of a long message."""
_PLAIN = re.compile(r"(?=(?:.*[^\W\d_]){3})[^%<>{}\n\\]+")
"""A message of three letters or more, without placeholders, markup and line breaks."""
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--catalogues", type=Path, help="directory with LANGUAGE/LC_MESSAGES/*.mo")
    parser.add_argument("--show", action="store_true", help="also print the words and greetings detected wrong")
    options = parser.parse_args()
    texts = {language: texts_of(options.data, language) for language in GREETINGS}
    translators = Translators(Settings(models_dir=options.models, threads=1))
    try:
        detectors = {"py3langid": Detector(GREETINGS, {}), "together": asyncio.run(translators.detector())}
        pairs = [(each.manifest.source, each.manifest.target) for each in translators.all()]
        sources = {target: translators.sources(target) for _, target in pairs}
    finally:
        translators.close()
    for name, detector in detectors.items():
        print(name)
        print_accuracy(detector, texts, options.show)
        print_auto(detector, texts, pairs, sources)
        print_time(detector, texts)
    if options.catalogues:
        print_others(detectors["together"], options.catalogues)


def texts_of(data: Path, language: str) -> dict[str, list[str]]:
    """The texts of one language by the name of their column; `words` with the most frequent first."""
    folder = next(path for path in sorted(data.glob("en-*")) if (path / f"train.{language}.gz").exists())
    counts: Counter[str] = Counter()
    with gzip.open(folder / f"train.{language}.gz", "rt", encoding="utf-8") as train:
        for line in train:
            counts.update(_WORD.findall(line.lower()))
    with gzip.open(folder / f"test.{language}.gz", "rt", encoding="utf-8") as test:
        sentences = [line.strip() for line in islice(test, SENTENCES)]
    return {
        "words": [word for word, _ in counts.most_common(MOST_FREQUENT)],
        "greetings": GREETINGS[language].split(", "),
        "sentences": sentences,
        "two words": [" ".join(sentence.split()[:2]) for sentence in sentences],
    }


def print_accuracy(detector: Detector, texts: dict[str, dict[str, list[str]]], show: bool) -> None:
    """A line a language: percent of each kind of text that is detected right."""
    print(f"{'':>10}{'words':>11}{'shared':>11}{'greetings':>11}{'sentences':>11}{'two words':>11}")
    for language, kinds in texts.items():
        found = {kind: [detector.detect(text)[0].language for text in each] for kind, each in kinds.items()}
        shared = [
            best == language or (best in texts and word in texts[best]["words"])
            for word, best in zip(kinds["words"], found["words"], strict=True)
        ]
        shares = {kind: sum(best == language for best in each) / len(each) for kind, each in found.items()}
        row = shares["words"], sum(shared) / len(shared), *(shares[kind] for kind in list(kinds)[1:])
        print(f"{language:>10}" + "".join(f"{100.0 * share:11.1f}" for share in row))
        if show:
            wrong = [f"{text} ({best})" for kind in ("words", "greetings")
                     for text, best in zip(kinds[kind], found[kind], strict=True) if best != language]  # fmt: skip
            print("          ", ", ".join(wrong))


def print_auto(
    detector: Detector,
    texts: dict[str, dict[str, list[str]]],
    pairs: list[tuple[str, str]],
    sources: dict[str, list[str]],
) -> None:
    """A line a kind of text: percent of texts left untranslated and of texts translated needlessly, over all pairs."""
    print(f"{'auto':>10}{'left':>11}{'needless':>11}")
    for kind in ("words", "greetings", "sentences", "two words"):
        left = [
            chosen(detector.detect(text), sources[target], target).language == target
            for source, target in pairs
            for text in texts[source][kind]
            if kind != "words" or text not in texts[target]["words"]
        ]
        needless = [
            chosen(detector.detect(text), sources[target], target).language != target
            for target in sources
            for text in texts[target][kind]
        ]
        print(f"{kind:>10}" + "".join(f"{100.0 * sum(each) / len(each):11.1f}" for each in (left, needless)))


def print_others(detector: Detector, catalogues: Path) -> None:
    """A line a language: percent of its short and of its long messages detected as in a language not served."""
    print(f"{'other':>10}{'short':>11}{'long':>11}")
    for language in (*GREETINGS, *OTHERS):
        several = messages_of(catalogues, language)
        parts = [[text for text in several if (len(text) >= LONG) == is_long] for is_long in (False, True)]
        shares = [
            sum(detector.detect(text)[0].language not in GREETINGS for text in part) / len(part) if part else 0.0
            for part in parts
        ]
        print(f"{language:>10}" + "".join(f"{100.0 * share:11.1f}" for share in shares))


def messages_of(catalogues: Path, language: str) -> list[str]:
    """Messages of programs in a language: without placeholders, markup and what is like the English."""
    found: set[str] = set()
    for path in sorted((catalogues / language / "LC_MESSAGES").glob("*.mo")):
        with path.open("rb") as file:
            catalogue = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
        pairs = ((key, text) for key, text in catalogue.items() if isinstance(key, str) and isinstance(text, str))
        found |= {text for key, text in pairs if key and key != text and _PLAIN.fullmatch(text)}
    ordered = sorted(found)
    random.Random(1).shuffle(ordered)
    return ordered[:MESSAGES]


def print_time(detector: Detector, texts: dict[str, dict[str, list[str]]]) -> None:
    """The median time of a detection, in milliseconds."""
    for kind in ("words", "sentences"):
        taken = []
        for text in (text for kinds in texts.values() for text in kinds[kind][:MOST_FREQUENT]):
            started = time.perf_counter()
            detector.detect(text)
            taken.append(time.perf_counter() - started)
        print(f"{kind:>10}{1000.0 * sorted(taken)[len(taken) // 2]:11.2f} ms")


if __name__ == "__main__":
    main()
