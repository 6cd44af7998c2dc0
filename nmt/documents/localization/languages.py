"""The target language that a file declares, and the one that is asked for."""

from __future__ import annotations

import re

from nmt.errors import DocumentError


def base(code: str) -> str:
    """Return the language of `code` without region and script: `de` for `de-AT` and `de_DE`."""
    return re.split("[-_]", code)[0].lower()


def agreed(name: str, declared: str | None, source: str | None, target: str | None) -> str | None:
    """Return the target language to declare: `declared`, else `target`.

    A file that declares its source language as the target is a template. Raises DocumentError if the file `name` is
    for another language than `target`.
    """
    if declared and base(declared) != base(source or ""):
        if target and base(declared) != base(target):
            raise DocumentError(f"{name} is for translations to {declared}, not to {target}: send a file for {target}")
        return declared
    return target or declared
