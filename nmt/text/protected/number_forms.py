"""Numbers in the form of another language: 1,234.5 in English is 1.234,5 in German and 1 234,5 in French."""

from __future__ import annotations

import re

from nmt.characters import SPACES
from nmt.languages import base_code

_POINT, _COMMA, _SPACE, _NARROW = (",", "."), (".", ","), ("\u00a0", ","), ("\u202f", ",")
_FORMS = {
    **dict.fromkeys(("en", "zh", "ja", "ko", "th", "he", "ms"), _POINT),
    **dict.fromkeys(("de", "es", "it", "nl", "pt", "da", "tr", "id", "el", "ro", "hr", "sr", "sl", "ca", "vi"), _COMMA),
    **dict.fromkeys(("sv", "no", "nb", "nn", "fi", "cs", "sk", "pl", "ru", "uk", "be", "bg", "hu", "et", "lv"), _SPACE),
    "lt": _SPACE,
    "fr": _NARROW,
}
"""What stands before each three digits and before the fraction (Unicode CLDR 45). Other languages are left alone."""
_CURRENCY = "$\u20ac\u00a3\u00a5\u20b9\u20bd\u20a9\u20ba\u00a2"
_AMOUNT = re.compile(
    rf"(?:[A-Z]{{0,3}}[{_CURRENCY}][ {SPACES}]?|[\u00b1\u2248\u2264\u2265~-][ ]?)?"
    rf"\d[\d.,\u2013\u00d7x {SPACES}-]*\d(?:[^\d]{{0,12}})"
)
"""A number or a range of numbers, with its sign and unit. Not a date, a time or a telephone number."""
_MEASURED = re.compile(rf"[{_CURRENCY}%\u2030\u00b0\u00d7]|\d[ {SPACES}]?(?!alpha|beta|dev|rc|pre|post)[^\W\d_]")
"""A unit in an amount."""
_COUNTED = re.compile(
    rf"[ {SPACES}-](?:thousand|(?:m|b|tr)illions?|per ?cent|percentage|dollars?|euros?|pounds?|francs?|cents?|times"
    r"|(?:kilo|centi|milli)?(?:met(?:re|er)|gram|lit(?:re|er)|watt)s?|kilos?|miles?|inch(?:es)?|f(?:oo|ee)t|yards?|acres"
    r"|hectares?|tons?|tonnes?|ounces?|degrees?|(?:kilo|mega|giga|tera)?bytes?|seconds?|minutes?|hours?|days?|weeks?"
    r"|months?|years?|points?|square|cubic)\b",
    re.IGNORECASE,
)
"""English words behind a number that is an amount, and neither a version nor a section."""
_ADDRESS = re.compile(r"\d{1,3}(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}")
"""Of a computer; no number of four groups is likely to look so."""


class NumberForms:
    """Writes the numbers of texts of one language as another one does."""

    def __init__(self, source: str, target: str) -> None:
        own, other = _FORMS.get(base_code(source)), _FORMS.get(base_code(target))
        self._numbers = None if own is None or other is None or own == other else _numbers(*own)
        self._own, self._other = own or _POINT, other or _POINT

    def written(self, part: str, after: str) -> str:
        """Return `part`, a protected part of a text that goes on with `after`, as the other language writes it.

        With a decimal point, 3.11 may be a version or a section too, so it changes only where a unit follows.
        """
        if self._numbers is None or not _AMOUNT.fullmatch(part):
            return part
        is_sure = self._own[1] != "." or _MEASURED.search(part) or _COUNTED.match(after)

        def rewritten(match: re.Match[str]) -> str:
            if _ADDRESS.fullmatch(match[0]) or not (match["thousands"] or is_sure):
                return match[0]
            digits = re.split(r"\D", match["whole"])
            fraction = match["fraction"]
            return self._other[0].join(digits) + (self._other[1] + fraction if fraction else "")

        return self._numbers.sub(rewritten, part)


def _numbers(thousands: str, decimal: str) -> re.Pattern[str]:
    """Return a pattern of the numbers that are written with these marks."""
    before = rf"[ {SPACES}]" if thousands.isspace() else re.escape(thousands)
    whole = rf"(?P<whole>\d{{1,3}}(?P<thousands>{before}\d{{3}})+|\d+(?={re.escape(decimal)}\d))"
    return re.compile(
        rf"(?<![\w.,])(?<!\d[ {SPACES}]){whole}(?:{re.escape(decimal)}(?P<fraction>\d+))?(?![.,]?\d|[ {SPACES}]\d)"
    )
