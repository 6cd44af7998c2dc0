"""Sentences told from headings, labels and other fragments when no full stop does it."""

from __future__ import annotations

import re

from nmt.languages import base_code
from nmt.text.protected.spans import outside_spans

_LEAST_WORDS = 3
_WORD = re.compile(r"[^\W\d_]+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CLAUSE_WORDS = {
    "en": _words(
        "i you he she it we they me him us them who there this that "
        "is are was were am will would can could should must has had did does isn wasn didn doesn couldn wouldn"
    ),
    "de": _words(
        "ich du er sie es wir ihr man mich dich ihn uns euch mir dir ihm ihnen wer ist sind war waren bin bist seid "
        "hat habe haben hast hatte hatten wird werden wurde würde kann können konnte muss müssen musste soll sollte "
        "will wollte möchte darf gibt geht"
    ),
    "fr": _words(
        "je j tu il elle on nous vous ils elles me m te t se qui est sont était étaient a ont avait suis es as sommes "
        "êtes sera peut peuvent peux doit dois fait va vais vont veut veux faut"
    ),
    "es": _words(
        "yo tú él ella nosotros ellos ellas me te se nos le les lo usted ustedes es está son están era fue fueron soy "
        "estoy eres estás somos estamos estaba hay ha he han has había tiene tengo tienes tienen tenía puede puedo "
        "puedes pueden quiero quiere quieres va voy vamos debe debes hace gusta parece sé sabe creo dijo dice"
    ),
}
"""Personal pronouns, and finite forms of the most frequent verbs, in lower case. Names of things, commands and headings
hardly have them."""


def is_clause(text: str, language: str) -> bool:
    """Return whether `text` is a whole sentence by its words, whether or not it ends like one.

    Protected parts are no words of it. False for languages without a list of words.
    """
    found = _WORD.findall(" ".join(outside_spans(text)).lower())
    return len(found) >= _LEAST_WORDS and not _CLAUSE_WORDS.get(base_code(language), frozenset()).isdisjoint(found)
