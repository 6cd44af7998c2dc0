"""What a translator knows: words, names, indifference to case and full stops, and how often it runs away.

    python benchmarks/shipped.py models/en-de --data ../shared/data

prints a line a package. `words`: of 400 of the 2,000 most frequent words of the source language that a dictionary has,
the share translated as the dictionary says. `names`: of 200 names in five sentences each, the share that comes out as
it went in. `lower`, `capitals`, `no stop`: of 300 test sentences, the share whose translation has the same words when
the source is written so. `runaway`: of the news, translations of over 2.5 times the length of the source, or with a
part that repeats four times in a row.
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from nmt.runtime import Translator
from nmt.scores import score
from nmt.text import translate_texts

NAMES = Path(__file__).with_name("names.txt")
FRAMES = {
    "en": (
        "I met {} yesterday.",
        "{} is my friend.",
        "Have you ever heard of {}?",
        "This letter is from {}.",
        "We talked about {} for an hour.",
    ),
    "de": (
        "Ich habe gestern {} getroffen.",
        "{} ist mein Freund.",
        "Hast du schon einmal von {} gehört?",
        "Dieser Brief ist von {}.",
        "Wir haben eine Stunde lang über {} gesprochen.",
    ),
    "fr": (
        "J'ai rencontré {} hier.",
        "{} est mon ami.",
        "As-tu déjà entendu parler de {} ?",
        "Cette lettre vient de {}.",
        "Nous avons parlé de {} pendant une heure.",
    ),
    "es": (
        "Ayer conocí a {}.",
        "{} es mi amigo.",
        "¿Has oído hablar de {}?",
        "Esta carta es de {}.",
        "Hablamos de {} durante una hora.",
    ),
}
NEWS = {"de": "newstest2014", "fr": "newstest2012.en-fr", "es": "newstest2012.en-es"}
FREQUENT_LINES = 3000
_REPEATED = re.compile(r"(.{3,40}?)\1{3}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="+", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--beam-size", type=int)
    parser.add_argument("--show", action="store_true", help="also print what went wrong")
    options = parser.parse_args()
    columns = ("package", "tatoeba", "news", "words", "names", "lower", "capitals", "no stop", "runaway")
    print("".join(f"{column:>9}" for column in columns))
    for package in options.packages:
        with Translator.load(package, threads=1) as translator:
            print("".join(f"{value:>9}" for value in row(translator, options)), flush=True)


def row(translator: Translator, options: argparse.Namespace) -> list[str]:
    """The figures of one package, in the order of the columns."""
    manifest = translator.manifest
    source, target = manifest.source, manifest.target
    other = target if source == "en" else source
    pair = f"en-{other}"
    settings = translator.options(beam_size=options.beam_size)

    def say(texts: Iterable[str]) -> list[str]:
        return [translated.text() for translated in translate_texts(translator, list(texts), settings)]

    tatoeba = [read(options.data / "tatoeba" / pair / f"test.{side}.gz") for side in (source, target)]
    news = [read(options.data / "news" / f"{NEWS[other]}.{side}.gz") for side in (source, target)]
    said = say(news[0])
    runaway = sum(
        len(text) > 2.5 * len(given) or bool(_REPEATED.search(text)) for given, text in zip(news[0], said, strict=True)
    )
    shares = [
        words(say, options.data / "free", source, target, options.show),
        names(say, source, options.show),
        *variants(say, tatoeba[0]),
        runaway / len(said),
    ]
    return [
        manifest.name,
        f"{score(say(tatoeba[0]), tatoeba[1], target).bleu:.1f}",
        f"{score(said, news[1], target).bleu:.1f}",
        *(f"{share:.1%}" for share in shares),
    ]


def words(say: Callable[[list[str]], list[str]], free: Path, source: str, target: str, show: bool) -> float:
    """The share of frequent words that are translated as a dictionary has them, whatever their case and article."""
    known: defaultdict[str, set[str]] = defaultdict(set)
    ranked: dict[str, None] = {}
    other = target if source == "en" else source
    for name in ("dictionary-from-english", "dictionary-to-english"):
        sides = [read(free / name / f"en-{other}" / f"train.{side}.gz") for side in (source, target)]
        first = name.endswith("from-english") == (source == "en")
        for number, (word, meaning) in enumerate(zip(*sides, strict=True)):
            key = bare(word)
            known[key].add(bare(meaning))
            if first and number < FREQUENT_LINES and " " not in key:
                ranked[key] = None
    asked = sorted(random.Random(1).sample(list(ranked)[:2000], min(400, len(ranked))))
    answers = say(asked)
    wrong = [(word, text) for word, text in zip(asked, answers, strict=True) if bare(text) not in known[word]]
    if show:
        print(*(f"{word} -> {text}" for word, text in wrong[:80]), sep="; ")
    return 1 - len(wrong) / len(asked)


_ARTICLE = re.compile(r"^(?:to|the|an?|der|die|das|ein|eine|le|la|les|un|une|el|los|las|una|se|sich) |^l['\u2019]")


def bare(text: str) -> str:
    """`text` in lower case without a final stop and an article before it."""
    return _ARTICLE.sub("", text.strip().rstrip(".!").lower())


def names(say: Callable[[list[str]], list[str]], source: str, show: bool) -> float:
    """The share of sentences in whose translation the name stands as it was."""
    asked = [(name, frame.format(name)) for name in NAMES.read_text().split("\n") if name for frame in FRAMES[source]]
    answers = say([text for _, text in asked])
    wrong = [answer for (name, _), answer in zip(asked, answers, strict=True) if name not in answer]
    if show:
        print(*random.Random(1).sample(wrong, min(20, len(wrong))), sep=" | ")
    return 1 - len(wrong) / len(asked)


def variants(say: Callable[[list[str]], list[str]], texts: list[str]) -> list[float]:
    """The shares of translations with the same words for texts in lower case, in capitals and without a full stop."""
    chosen = [text for text in texts if text.endswith(".")][:300]
    plain = [spoken(text) for text in say(chosen)]
    changes: list[Callable[[str], str]] = [str.lower, str.upper, lambda text: text.removesuffix(".")]
    return [
        sum(spoken(text) == wanted for text, wanted in zip(say(list(map(change, chosen))), plain, strict=True))
        / len(chosen)
        for change in changes
    ]


def spoken(text: str) -> str:
    """The words of `text` in lower case."""
    return " ".join(re.findall(r"\w+", text.lower()))


def read(path: Path) -> list[str]:
    """The lines of a text file compressed with gzip."""
    return gzip.decompress(path.read_bytes()).decode().removesuffix("\n").split("\n")


if __name__ == "__main__":
    main()
