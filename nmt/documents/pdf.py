"""PDF: the text of its pages, one fragment for each paragraph. Its translation is an HTML page.

A PDF places characters on paper. It need not say which belong to one paragraph, so this is recognized from the lines.
"""

from __future__ import annotations

import html
import io
import logging
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath

from pypdf import Configuration, PdfReader, apply_configuration
from pypdf.errors import DependencyError, FileNotDecryptedError

from nmt.documents.document import Fragment, has_letters
from nmt.errors import DocumentError

_MOST_PAGES = 2000
_MOST_SECONDS = 120.0
"""Maximum processor time for reading a file. A page takes hundredths of a second; a hostile one may draw itself."""
_MOST_CHARACTERS = 20_000_000
"""Maximum length of the text. The longest novels have a quarter of it."""
_LONGEST = 5000
"""Number of characters after which a paragraph ends, since no line seems to end it."""
_LIMITS = Configuration(
    zlib_maximum_output_length=32_000_000,
    lzw_maximum_output_length=32_000_000,
    run_length_maximum_output_length=32_000_000,
    stream_parsing_work_maximum_count=1_000_000,
)
"""Of one stream, in bytes; and in operands and instructions."""
_ITEM = re.compile(r"[\u2022\u2023\u25cf\u25aa\u2013\u2014*-] |\(?\d{1,3}[.)] ")
"""Start of a list item."""
_END = re.compile(r"[.!?:;\u2026\u3002][\"'\u201d\u2019\u00bb)\]]*$")
"""End of a sentence."""
_SHORT = 0.8
"""Part of the longest line of a page that a line inside a paragraph usually has at least."""
_NOT_SHOWN = re.compile(r"[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

# It warns of every deviation from the standard, of which files in use are full.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


class PdfText:
    """The paragraphs of a PDF."""

    def __init__(self, name: str, content: bytes) -> None:
        """Read the file `name`. Raises DocumentError if it is damaged or protected, or has no text at all."""
        self._name = name
        self._paragraphs = list(_paragraphs(_page_texts(name, content)))
        if not any(map(has_letters, self._paragraphs)):
            raise DocumentError(f"{name} has no text, as scanned pages do: send the output of a text recognition (OCR)")

    @property
    def texts(self) -> list[Fragment]:
        """Return the paragraphs that have letters."""
        return [Fragment(paragraph) for paragraph in self._paragraphs if has_letters(paragraph)]

    def with_texts(self, texts: Sequence[str]) -> bytes:
        """Return an HTML page with the paragraphs, those with letters replaced by `texts`."""
        remaining = iter(texts)
        lines = [next(remaining) if has_letters(paragraph) else paragraph for paragraph in self._paragraphs]
        title = html.escape(PurePath(self._name).stem)
        body = "".join(f"<p>{html.escape(line, quote=False)}</p>\n" for line in lines)
        page = f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{title}</title></head><body>\n{body}'
        return f"{page}</body></html>\n".encode(errors="replace")


def _page_texts(name: str, content: bytes) -> list[str]:
    start = time.thread_time()

    def check_time(*_: object) -> None:
        if time.thread_time() - start > _MOST_SECONDS:
            raise DocumentError(f"{name} takes more than {_MOST_SECONDS:.0f} seconds to read: send it in parts")

    texts: list[str] = []
    try:
        with apply_configuration(_LIMITS):
            reader = PdfReader(io.BytesIO(content))
            if reader.is_encrypted and not reader.decrypt(""):
                raise DocumentError(f"{name} is protected by a password: save it without")
            if len(reader.pages) > _MOST_PAGES:
                raise DocumentError(f"{name} has {len(reader.pages)} pages, at most {_MOST_PAGES} are read: split it")
            for page in reader.pages:
                texts.append(page.extract_text(visitor_operand_before=check_time))
                check_time()
                if sum(map(len, texts)) > _MOST_CHARACTERS:
                    raise DocumentError(f"{name} has more than {_MOST_CHARACTERS} characters: split it")
    except DocumentError:
        raise
    except (DependencyError, FileNotDecryptedError):
        raise DocumentError(f"{name} is protected: save it without a password") from None
    except Exception as error:  # whatever a damaged file makes the reader stumble on
        raise DocumentError(f"{name} is damaged or no PDF ({error}): save it again") from None
    return texts


def _paragraphs(pages: Iterable[str]) -> Iterator[str]:
    """Yield the paragraphs of all pages, those that go on after the end of a page as one."""
    open_text = ""
    for page in pages:
        lines = [" ".join(_NOT_SHOWN.sub("", line).split()) for line in page.splitlines()]
        longest = max(map(len, lines), default=0)
        is_full = False  # the line before: nothing tells whether the last one of a page is full
        for line in lines:
            if open_text and (not line or not _goes_on(open_text, line, is_full)):
                yield open_text
                open_text = ""
            open_text = _joined(open_text, line)
            is_full = len(line) >= _SHORT * longest
    if open_text:
        yield open_text


def _goes_on(text: str, line: str, is_full: bool) -> bool:
    """Whether `line` continues the paragraph `text`, whose last line is as long as others if `is_full`."""
    if len(text) > _LONGEST or _ITEM.match(line) or not has_letters(line) or not has_letters(text):
        return False
    return is_full or (line[0].islower() and not _END.search(text[-9:]))


def _joined(text: str, line: str) -> str:
    """Return `text` with the next line. A word divided by a hyphen is put together if it goes on in lower case."""
    if len(text) > 1 and text[-1] in "-\u00ad\u2010" and text[-2].isalpha() and line[:1].islower():
        return text[:-1] + line
    return f"{text} {line}".strip()
