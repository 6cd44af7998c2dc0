"""Quotation marks, dashes and spaces: plain for the model, and in the target language's form in the translation."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nmt.characters import SPACES, UNUSUAL, Rewritten, shown
from nmt.languages import base_code
from nmt.text.protected.spans import split_at_spans

_ENGLISH = "\u201c", "\u201d", "\u2018", "\u2019"
_GERMAN = "\u201e", "\u201c", "\u201a", "\u2018"
_GUILLEMETS = "\u00ab", "\u00bb", "\u201c", "\u201d"
_NORDIC = "\u201d", "\u201d", "\u2019", "\u2019"
_QUOTES = {
    **dict.fromkeys(("de", "cs", "sk", "sl", "bg", "is", "lt", "et", "ka", "hr", "sr"), _GERMAN),
    **dict.fromkeys(("es", "it", "ru", "uk", "be", "el", "ca", "no", "nb", "nn", "pt", "hy", "fa"), _GUILLEMETS),
    **dict.fromkeys(("sv", "fi"), _NORDIC),
    **dict.fromkeys(("pl", "ro", "hu"), ("\u201e", "\u201d", "\u00ab", "\u00bb")),
    "da": ("\u00bb", "\u00ab", "\u203a", "\u2039"),
    "fr": ("\u00ab\u202f", "\u202f\u00bb", "\u201c", "\u201d"),
    **dict.fromkeys(("ja", "zh"), ("\u300c", "\u300d", "\u300e", "\u300f")),
}
"""Opening and closing quotation marks, outer and inner (Unicode CLDR 45). Other languages have the English ones."""

_SPACE = rf"[ {SPACES}]"
_COMMON = (
    rf"(?P<double>[\u201c-\u201f])|(?P<single>[\u2018-\u201b\u2039\u203a])|(?P<dash>{_SPACE}?[\u2013\u2014]{_SPACE}?)"
)
_SEEN_INWARD = re.compile(rf"(?P<open>\u00ab{_SPACE}*|{_SPACE}*\u00bb)|{_COMMON}|(?P<dots>\u2026)|{UNUSUAL}")
"""With guillemets that point outwards, as in French: \u00ab ... \u00bb, and may have spaces inside."""
_SEEN = re.compile(rf"(?P<open>[\u00ab\u00bb])|{_COMMON}|(?P<dots>\u2026)|{UNUSUAL}")
_DOUBLE = re.compile("[\u201c-\u201f\u00ab\u00bb]")
_ANY_DOUBLE = re.compile(rf"\u00ab{_SPACE}*|{_SPACE}*\u00bb|[\u201c-\u201f]|(?<!\d)\"|(?<=\d)\"(?=[^\w\s]*$)")
"""Double quotation marks of any form, but not the sign for inches."""
_ANY_SINGLE = re.compile(r"(?<!\w)['\u2018\u201a](?=\w)|(?<=[\w.!?,])['\u2019](?!\w)")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
_DASH = re.compile(rf"{_SPACE}?[\u2013\u2014]{_SPACE}?| - ")
_JOINED = re.compile(r"(?<=\d)[\u00a0\u202f](?=[^\W\d_])")
_SOURCE_DASH = re.compile(rf"(?<!\d){_SPACE}?[\u2013\u2014]{_SPACE}?|{_SPACE}?[\u2013\u2014]{_SPACE}?(?!\d)")
_FRENCH = re.compile(rf"(?<=\S){_SPACE}(?:(?P<narrow>[;!?]+)|:(?=\s|$))")
_RUN = re.compile(rf"(?<=[!?]){_SPACE}+(?=[!?])")
"""Space inside a run of marks, which a model writes: `! ! !`."""
_PART = "\ue000"
"""Stands for a protected part while the text around it is set: a private character, which no text should have."""

_BEFORE_WORD = re.compile(rf"{_PART} (?=[^\W\d_])")


def model_view(text: str) -> Rewritten:
    """Return `text` as a model sees it: its quotation marks, dashes and dots are those of a typewriter."""
    if text.isascii():
        return Rewritten(text, text)
    first = re.search("[\u00ab\u00bb]", text)
    return Rewritten.of(text, _SEEN_INWARD if first and first[0] == "\u00ab" else _SEEN, _seen)


def _seen(match: re.Match[str]) -> str:
    if match["open"] or match["double"]:
        return '"'
    if match["single"]:
        return "'"
    if match["dash"]:
        before, after = match.string[match.start() - 1 : match.start()], match.string[match.end() : match.end() + 1]
        return match[0] if before.isdigit() and after.isdigit() and len(match[0]) == 1 else " - "
    return "..." if match["dots"] else shown(match)


@dataclass(frozen=True, slots=True)
class Typography:
    """How a text is set: what its translation has to have in the form of its own language."""

    language: str
    """That of the translation."""
    quotes: int = 0
    """Number of double quotation marks."""
    is_quoted: bool = False
    """Whether the whole text stands between two of them."""
    has_typewriter_quotes: bool = True
    has_single_quotes: bool = False
    """Whether there are single quotation marks that are no apostrophes."""
    has_apostrophes: bool = False
    """Whether there are typographic apostrophes."""
    dots: str = "..."
    """The form of an ellipsis."""
    is_open: bool = False
    """Whether the text ends in an ellipsis."""
    joined: tuple[str, ...] = ()
    """The spaces that do not break between a number and a word."""
    dashes: tuple[str, ...] = ()
    """The dashes with the spaces around them."""

    @classmethod
    def of(cls, source: str, language: str) -> Typography:
        """Read how `source` is set, for its translation to `language`."""
        language = base_code(language)
        quotes = [match.span() for match in _ANY_DOUBLE.finditer(source)]
        is_quoted = len(quotes) == 2 and quotes[0][0] == 0 and quotes[1][1] == len(source)
        if source.isascii():
            return cls(language, len(quotes), is_quoted, is_open=source.endswith("..."))
        return cls(
            language,
            len(quotes),
            is_quoted,
            _DOUBLE.search(source) is None,
            re.search("[\u2018\u201a\u2039]", source) is not None,
            "\u2019" in source,
            "\u2026" if "\u2026" in source else "...",
            source.endswith(("\u2026", "...")),
            tuple(_JOINED.findall(source)),
            tuple(_SOURCE_DASH.findall(source)),
        )

    def set(self, translation: str) -> str:
        """Return `translation` set like its source. Protected parts stay as they are."""
        translation = _RUN.sub("", translation)
        if self == Typography(self.language) and self.language != "fr":
            return translation.replace("\u2026", "...")
        parts = split_at_spans(translation)
        if _PART in translation:
            return translation
        kept = iter(parts[1::2])
        text = self._set(_PART.join(parts[::2]))
        if self.joined and len(self.joined) == len(_BEFORE_WORD.findall(text)):
            spaces = iter(self.joined)
            text = _BEFORE_WORD.sub(lambda _: _PART + next(spaces), text)
        return re.sub(_PART, lambda _: next(kept), text)

    def _set(self, text: str) -> str:
        text = text.replace("\u2026", "...")
        if self.is_open:
            text = f"{text.rstrip('.')}..."
        text = text.replace("...", self.dots)
        if self.dashes:
            text = self._with_dashes(text)
        if self.quotes:
            text = self._with_quotes(self._paired(text))
        if self.has_single_quotes:
            text = self._with_single_quotes(text)
        if self.has_apostrophes:
            text = _APOSTROPHE.sub("\u2019", text)
        if self.language == "fr":
            text = _FRENCH.sub(lambda match: f"\u202f{match['narrow']}" if match["narrow"] else "\u00a0:", text)
        return text

    def _with_dashes(self, text: str) -> str:
        found = len(_DASH.findall(text))
        dashes = iter(self.dashes if found == len(self.dashes) else [" \u2013 "] * found)
        return _DASH.sub(lambda _: next(dashes), text)

    def _paired(self, text: str) -> str:
        """Return `text` with a quotation mark more or less if one has no partner, but all of the source's have."""
        matches = list(_ANY_DOUBLE.finditer(text))
        if not matches and self.is_quoted:
            return f'"{text}"'
        if self.quotes % 2 or len(matches) % 2 == 0:
            return text
        last = matches[-1]
        if len(matches) > 1:
            return text[: last.start()] + text[last.end() :]
        if not _looks_opening(last):
            return f'"{text}'
        bare = text if self.is_quoted else text.rstrip(".!?,;: ")
        return f'{bare}"{text[len(bare) :]}'

    def _with_quotes(self, text: str) -> str:
        forms = ('"', '"') if self.has_typewriter_quotes else _QUOTES.get(self.language, _ENGLISH)
        if self.has_typewriter_quotes and not _DOUBLE.search(text):
            return text
        matches = list(_ANY_DOUBLE.finditer(text))
        written, position = "", 0
        for number, match in enumerate(matches):
            before, after = text[position : match.start()], text[match.end() :]
            if number % 2 == 0 if len(matches) % 2 == 0 else _looks_opening(match):
                written += before + forms[0]
                position = match.end() + len(after) - len(after.lstrip())
            else:
                written += before.rstrip() + forms[1] + (" " if after[:1].isalnum() else "")
                position = match.end()
        return written + text[position:]

    def _with_single_quotes(self, text: str) -> str:
        opening, closing = _QUOTES.get(self.language, _ENGLISH)[2:]
        matches = list(_ANY_SINGLE.finditer(text))
        if len(matches) == 1:  # without its partner
            return text[: matches[0].start()] + text[matches[0].end() :]
        return _ANY_SINGLE.sub(lambda match: opening if _looks_opening(match) else closing, text)


def _looks_opening(match: re.Match[str]) -> bool:
    before, after = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    return bool(after) and not after.isspace() and (not before or before.isspace() or before in "([{-\u2013")
