"""Plural categories of languages (Unicode CLDR 45, cardinal and ordinal)."""

from __future__ import annotations

from nmt.languages import base_code

ALL = ("zero", "one", "two", "few", "many")
"""The categories that a language may have beside `other`."""
_CARDINAL = {
    "": "ja zh ko vi th id ms lo my km yo",
    "one": "en de nl sv da no nb nn fi et el hu tr bg eu hi bn ta te ur sw af gl ka az kk uz fa hy is mk",
    "one many": "fr es it pt ca",
    "one few": "ro sr hr bs",
    "one few many": "pl ru uk be cs sk lt",
    "one two few": "sl dsb hsb",
    "one two": "he iw",
    "zero one": "lv",
    "one two few many": "ga mt br gv",
    "zero one two few many": "ar cy",
}
_ORDINAL = {"en": "one two few", "fr": "one", "it": "many", "sv": "one", "hu": "one", "ca": "one two few", "uk": "few"}


def categories(language: str, kind: str) -> list[str]:
    """Return the categories of `language` beside `other`. `kind` is `plural` or `selectordinal`."""
    code = base_code(language)
    if kind == "selectordinal":
        return _ORDINAL.get(code, "").split()
    return next((names for names, codes in _CARDINAL.items() if code in codes.split()), "").split()
