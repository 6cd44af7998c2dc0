"""A corpus without faults, made up, and the means to plant some."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest

from nmt.corpus import CleaningRules, SentencePair
from nmt.corpus.check import CorpusReport, Finding, Part, Role, check_corpus

PEOPLE = {
    "teacher": "Lehrer",
    "doctor": "Arzt",
    "farmer": "Bauer",
    "king": "König",
    "baker": "Bäcker",
    "child": "Junge",
}
THINGS = {"house": "Haus", "book": "Buch", "bread": "Brot", "boat": "Boot", "picture": "Bild", "knife": "Messer"}
COLOURS = {"red": "rote", "green": "grüne", "blue": "blaue", "old": "alte", "small": "kleine", "good": "gute"}
VERBS = {
    "buys": "kauft",
    "sells": "verkauft",
    "sees": "sieht",
    "finds": "findet",
    "paints": "malt",
    "loses": "verliert",
}
DAYS = {"Monday": "Montag", "Friday": "Freitag", "Sunday": "Sonntag", "Tuesday": "Dienstag"}


def sentences(count: int, seed: int = 1) -> list[SentencePair]:
    """`count` different sentences and their translations."""
    draw = random.Random(seed)
    made: dict[SentencePair, None] = {}
    while len(made) < count:
        person, thing, colour, verb, day = (
            draw.choice(list(words.items())) for words in (PEOPLE, THINGS, COLOURS, VERBS, DAYS)
        )
        extra = draw.choice(list(THINGS.items()))
        source = f"On {day[0]} the {person[0]} {verb[0]} the {colour[0]} {thing[0]} and the {extra[0]}"
        target = f"Am {day[1]} {verb[1]} der {person[1]} das {colour[1]} {thing[1]} und das {extra[1]}"
        if draw.random() < 0.4:
            price = draw.randint(13, 99)
            source, target = f"{source} for {price} dollars", f"{target} für {price} Dollar"
        made[SentencePair(f"{source}.", f"{target}.")] = None
    return list(made)


Check = Callable[..., CorpusReport]


@pytest.fixture(scope="session")
def check() -> Check:
    """Checks lists of pairs; files are called after their use."""

    def run(
        train: Sequence[SentencePair], valid: Sequence[SentencePair] = (), test: Sequence[SentencePair] = ()
    ) -> CorpusReport:
        roles: list[tuple[Role, Sequence[SentencePair]]] = [("train", train), ("valid", valid), ("test", test)]
        parts = [Part(role, role, pairs) for role, pairs in roles if pairs or role == "train"]
        return check_corpus(parts, ("en", "de"), CleaningRules())

    return run


@pytest.fixture(scope="session")
def found() -> Callable[..., Finding]:
    """The finding of a kind in a report."""

    def one(report: CorpusReport, kind: str, role: Role = "train") -> Finding:
        return next(each for each in report.findings if (each.kind, each.role) == (kind, role))

    return one


@pytest.fixture(scope="session")
def clean_pairs() -> list[SentencePair]:
    """3,000 pairs without a fault."""
    return sentences(3000)
