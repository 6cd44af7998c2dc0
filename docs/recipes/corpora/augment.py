"""Write training pairs that teach names, long sentences, and indifference to case, full stops and typing errors.

    python docs/recipes/corpora/augment.py en de --output data/augmented/en-de \
        --pairs data/tatoeba/en-de/train.en.gz data/tatoeba/en-de/train.de.gz [--pairs ...]

reads aligned pairs and writes `names`, `variants`, `joined`, `numbers`, `phrases`, `sentences` and `templates`, each as
two aligned files. The names are those of the locales of Faker (MIT), and names made up in their manner. The same input
gives the same output.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from babel.dates import get_day_names, get_month_names
from num2words import num2words

Pair = tuple[str, str]

PHRASES = Path(__file__).parents[1] / "phrases.csv"
TEMPLATES = Path(__file__).parents[1] / "templates.csv"
FILLED = 25
"""Pairs made of each template."""
JOINED = 40_000
"""Pairs made of several others."""
JOINED_WORDS = (14, 34)
"""Lengths of those pairs: everyday sentences seldom have as many words."""
_SLOT = re.compile(r"\{(name|place|n|day|month|weekday)\}")
_ELIDED = re.compile(r"\bde (?=avril|août|octobre)")
"""The French preposition before a month that begins with a vowel."""

# The locales of Faker whose names are in Latin script, so that a translator between Latin scripts copies them.
LOCALES = (
    "az_AZ cs_CZ da_DK de_AT de_CH de_DE en_AU en_CA en_GB en_IE en_IN en_KE en_NG en_NZ en_PK en_TH "
    "en_US es_AR es_CL es_CO es_ES es_MX et_EE fi_FI fr_BE fr_CA fr_CH fr_FR ga_IE ha_NG hr_HR hu_HU "
    "id_ID ig_NG is_IS it_IT lb_LU lt_LT lv_LV mt_MT nl_BE nl_NL no_NO pl_PL pt_BR pt_PT ro_RO sk_SK "
    "sl_SI sv_SE sw tr_TR tw_GH uz_UZ vi_VN yo_NG zu_ZA"
)
PROVIDERS = ("first_name", "last_name", "last_name", "city")
PER_LOCALE = 1500

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:\"“„«»]\s*)[\"“„«»'-]*$")


def names_of_the_world(seed: int) -> list[str]:
    """First names, surnames and cities of `LOCALES`, each once, and a quarter as many made up from their letters."""
    from faker import Faker  # only the recipe needs it

    names: dict[str, None] = {}
    for locale in LOCALES.split():
        try:
            faker = Faker(locale)
        except AttributeError:  # This release of Faker does not have the locale.
            continue
        faker.seed_instance(seed)
        for part in faker.get_providers():
            if isinstance(getattr(part, "cities", None), list):  # it_IT lists a set, in another order in each process
                part.cities = sorted(part.cities)
        for provider in PROVIDERS:
            for _ in range(PER_LOCALE):
                name = str(getattr(faker, provider)())
                if _WORD.fullmatch(name) and name[0].isupper() and 3 <= len(name) <= 14:
                    names[name] = None
    real = sorted(names)
    return real + made_up(real, len(real) // 4, random.Random(seed))


def made_up(names: list[str], count: int, rng: random.Random) -> list[str]:
    """Names drawn from a model of three letters of `names`, none of which they repeat."""
    following: dict[str, list[str]] = defaultdict(list)
    for name in names:
        padded = f"^^{name.lower()}$"
        for place in range(len(padded) - 2):
            following[padded[place : place + 2]].append(padded[place + 2])
    known = {name.lower() for name in names}
    found: dict[str, None] = {}
    while len(found) < count:
        text = "^^"
        while not text.endswith("$") and len(text) < 15:
            text += rng.choice(following[text[-2:]])
        name = text[2:-1]
        if text.endswith("$") and 4 <= len(name) <= 12 and name not in known and name.isalpha():
            found[name.capitalize()] = None
    return list(found)


def copied_names(pairs: Iterable[Pair]) -> set[str]:
    """The capitalised words of the source that nearly always stand in the target as they are, within sentences too."""
    seen, copied, inside = Counter[str](), Counter[str](), Counter[str]()
    lower = Counter[str]()
    for source, target in pairs:
        words = set(_WORD.findall(target))
        for match in _WORD.finditer(source):
            word = match[0].removesuffix("'s").removesuffix("\u2019s")
            if word.islower():
                lower[word] += 1
            if len(word) < 3 or not (word[0].isupper() and word[1:].islower()):
                continue
            seen[word] += 1
            copied[word] += word in words or f"{word}s" in words
            inside[word] += not _SENTENCE_START.search(source[: match.start()])
    return {
        word
        for word, count in seen.items()
        if count >= 2 and copied[word] >= 0.8 * count and inside[word] and lower[word.lower()] < 0.1 * count
    }


def with_other_names(pair: Pair, known: set[str], names: list[str], rng: random.Random) -> Pair | None:
    """`pair` with each known name replaced on both sides by one of `names`, or None if it has none on both."""
    source, target = pair
    in_target = set(_WORD.findall(target))
    replaced: dict[str, str] = {}
    for match in _WORD.finditer(source):
        word = match[0].removesuffix("'s").removesuffix("\u2019s")
        if word in known and word not in replaced and (word in in_target or f"{word}s" in in_target):
            replaced[word] = " ".join(rng.choice(names) for _ in range(1 + (rng.random() < 0.15)))
    if not replaced:
        return None
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, replaced))})(?=\b|s\b)")
    return pattern.sub(lambda m: replaced[m[1]], source), pattern.sub(lambda m: replaced[m[1]], target)


def lower_cased(pair: Pair, rng: random.Random) -> Pair:
    """The source in lower case, with or without its full stop; the target as it is written."""
    source, target = pair[0].lower(), pair[1]
    return without_stop((source, target), rng) if rng.random() < 0.5 else (source, target)


def without_stop(pair: Pair, rng: random.Random) -> Pair:
    """Both sides without the final full stop."""
    return pair[0].removesuffix("."), pair[1].removesuffix(".")


def mistyped(pair: Pair, rng: random.Random) -> Pair:
    """One word of four letters or more of the source with a letter left out, doubled or exchanged with the next."""
    words = [match for match in _WORD.finditer(pair[0]) if len(match[0]) >= 4 and match[0].islower()]
    if not words:
        return pair
    match = rng.choice(words)
    word, place = match[0], rng.randrange(1, len(match[0]) - 1)
    change: Callable[[], str] = rng.choice(
        [
            lambda: word[:place] + word[place + 1 :],
            lambda: word[:place] + word[place] + word[place:],
            lambda: word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        ]
    )
    return pair[0][: match.start()] + change() + pair[0][match.end() :], pair[1]


VARIANTS: tuple[tuple[float, Callable[[Pair, random.Random], Pair]], ...] = (
    (0.12, lower_cased),
    (0.08, without_stop),
    (0.05, mistyped),
)
"""The share of the pairs that each change is made to."""


def joined(pairs: list[Pair], rng: random.Random) -> Iterator[Pair]:
    """`JOINED` pairs of several pairs drawn at random, one behind the other (Nguyen et al. 2021).

    A model of short sentences so learns where attention has to look in long ones.
    """
    fitting = [pair for pair in pairs if min(words_of(pair)) and max(words_of(pair)) < JOINED_WORDS[0]]
    for _ in range(JOINED if fitting else 0):
        wanted, source, target = rng.randint(*JOINED_WORDS), "", ""
        while max(words_of((source, target))) < wanted:
            more = rng.choice(fitting)
            source, target = f"{source} {more[0]}".lstrip(), f"{target} {more[1]}".lstrip()
        yield source, target


def words_of(pair: Pair) -> tuple[int, int]:
    """The numbers of words on both sides."""
    return len(pair[0].split()), len(pair[1].split())


def numbers(source: str, target: str) -> Iterator[Pair]:
    """Cardinal numbers in words, to a hundred one by one and above in steps."""
    for number in (*range(101), *range(110, 1000, 10), *range(1000, 21000, 1000), 100_000, 1_000_000):
        yield num2words(number, lang=source), num2words(number, lang=target)
        yield str(number), str(number)


def phrases(source: str, target: str) -> Iterator[Pair]:
    """The phrases of phrases.csv with the source in lower case, where that makes a difference."""
    for row in rows_of(PHRASES):
        if row[source].lower() != row[source]:
            yield row[source].lower(), row[target]


def sentences(source: str, target: str) -> Iterator[Pair]:
    """The sentences of templates.csv without slots."""
    for row in rows_of(TEMPLATES):
        if not _SLOT.search(row[source]):
            yield row[source], row[target]


def templates(source: str, target: str, names: list[str], rng: random.Random) -> Iterator[Pair]:
    """The templates of templates.csv, each with other names and numbers in its slots `FILLED` times."""
    for row in rows_of(TEMPLATES):
        slots = _SLOT.findall(row[source])
        for _ in range(FILLED if slots else 0):
            values = [value_for(slot, names, rng) for slot in slots]
            yield tuple(filled(row[language], language, slots, values) for language in (source, target))


def value_for(slot: str, names: list[str], rng: random.Random) -> str | int:
    """A name or number as it stands in the text, or the place of a month in the year or of a day in the week."""
    match slot:
        case "n":
            return number(rng)
        case "day":
            return str(rng.randint(2, 31))
        case "month":
            return rng.randint(1, 12)
        case "weekday":
            return rng.randrange(7)
    return rng.choice(names)


def number(rng: random.Random) -> str:
    """Mostly a day of a month, else a number of up to four digits. Not 1, after which nouns are in the singular."""
    return str(rng.randint(2, 31) if rng.random() < 0.7 else rng.randint(32, 9999))


def filled(template: str, language: str, slots: list[str], values: list[str | int]) -> str:
    """`template` with `values` in its slots: the first of a kind in the first place for that kind, and so on."""
    calendar = {"month": get_month_names(locale=language), "weekday": get_day_names(locale=language)}
    left: dict[str, list[str]] = defaultdict(list)
    for slot, value in zip(slots, values, strict=True):
        left[slot].append(calendar[slot][value] if isinstance(value, int) else value)
    text = _SLOT.sub(lambda match: left[match[1]].pop(0), template)
    return _ELIDED.sub("d'", text) if language == "fr" else text


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a table of texts in all languages."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read(paths: list[Path]) -> list[Pair]:
    """The pairs of two aligned files compressed with gzip."""
    with (
        gzip.open(paths[0], "rt", encoding="utf-8") as sources,
        gzip.open(paths[1], "rt", encoding="utf-8") as targets,
    ):
        return [(source.rstrip("\n"), target.rstrip("\n")) for source, target in zip(sources, targets, strict=True)]


def write(directory: Path, name: str, languages: tuple[str, str], pairs: list[Pair]) -> None:
    """Write `pairs` as two aligned files, the same bytes for the same pairs."""
    directory.mkdir(parents=True, exist_ok=True)
    for side, language in enumerate(languages):
        with gzip.GzipFile(directory / f"{name}.{language}.gz", "wb", mtime=0) as file:
            file.write("".join(f"{pair[side]}\n" for pair in pairs).encode())
    print(f"{name}: {len(pairs):,} pairs")


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source")
    parser.add_argument("target")
    parser.add_argument("--pairs", nargs=2, type=Path, action="append", required=True, metavar=("SOURCE", "TARGET"))
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    languages = (options.source, options.target)
    rng = random.Random(options.seed)
    pairs = [pair for paths in options.pairs for pair in read(paths)]
    names = names_of_the_world(options.seed)
    known = copied_names(pairs)
    print(f"{len(names):,} names to put in place of {len(known):,} that the pairs copy")
    renamed = [changed for pair in pairs if (changed := with_other_names(pair, known, names, rng))]
    write(options.output, "names", languages, renamed)
    everything = pairs + renamed
    variants = [
        changed
        for share, change in VARIANTS
        for pair in everything
        if rng.random() < share and (changed := change(pair, rng)) != pair
    ]
    write(options.output, "variants", languages, variants)
    write(options.output, "joined", languages, list(joined(everything, random.Random(options.seed))))
    write(options.output, "numbers", languages, list(numbers(*languages)))
    write(options.output, "phrases", languages, list(phrases(*languages)))
    write(options.output, "sentences", languages, list(sentences(*languages)))
    write(options.output, "templates", languages, list(templates(*languages, names, rng)))


if __name__ == "__main__":
    main()
