"""One text of a request: cut into lines, translated, put together as it stood."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from nmt.decoding import DecodingOptions
from nmt.errors import EmptyText, OptionOutOfRange, TextTooLong
from nmt.runtime import TranslationResult, Translator
from service.schemas import TranslateRequest
from service.settings import Settings

_LINES_AT_ONCE = 256
"""Lines of one request that may queue at a time: one request alone cannot fill the queue."""


async def translate_texts(
    translator: Translator, texts: Sequence[str], options: DecodingOptions, timeout_seconds: float
) -> list[list[str]]:
    """For each text its translations, best first, no two the same.

    The lines of all texts share the running batch. Raises what `Translator.submit` raises.
    """
    deadline = time.monotonic() + timeout_seconds
    lines = [text.splitlines(keepends=True) or [""] for text in texts]
    flat = [line for text_lines in lines for line in text_lines]
    results: list[TranslationResult] = []
    for start in range(0, len(flat), _LINES_AT_ONCE):
        reply = translator.submit(flat[start : start + _LINES_AT_ONCE], options, deadline=deadline)
        translated = await asyncio.wrap_future(reply)  # cancelled, it cancels the reply
        results += translated
    in_order = iter(results)
    return [_joined([next(in_order) for _ in text_lines], options.n_best) for text_lines in lines]


def check_request(request: TranslateRequest, settings: Settings) -> list[str]:
    """The texts of `request`. Raises EmptyText, TextTooLong or OptionOutOfRange."""
    texts = [request.q] if isinstance(request.q, str) else request.q
    if not texts or all(not text.strip() for text in texts):
        raise EmptyText("Invalid request: missing q parameter: put the text to translate into q")
    if len(texts) > settings.max_texts:
        raise TextTooLong(f"q has {len(texts)} texts, at most {settings.max_texts} are taken: send several requests")
    longest = max(map(len, texts))
    if longest > settings.max_text_characters:
        raise TextTooLong(
            f"Invalid request: request ({longest}) exceeds text limit ({settings.max_text_characters}): "
            f"send the text in parts"
        )
    if (request.beam_size or 1) > settings.max_beam_size:
        raise OptionOutOfRange(f"beam_size is {request.beam_size}, allowed: 1 to {settings.max_beam_size}")
    if request.alternatives + 1 > settings.max_beam_size:
        raise OptionOutOfRange(f"alternatives is {request.alternatives}, allowed: 0 to {settings.max_beam_size - 1}")
    return texts


def _joined(lines: Sequence[TranslationResult], n_best: int) -> list[str]:
    """The n-th translation of a text is made of the n-th of each line, or its best if it has fewer."""
    texts = (
        "".join(line.translations[rank if rank < len(line.translations) else 0].text for line in lines)
        for rank in range(n_best)
    )
    return list(dict.fromkeys(texts))
