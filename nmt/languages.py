"""Language codes."""

from __future__ import annotations

import re


def base_code(language: str) -> str:
    """The language of a tag, without region and script: `pt` of `pt-BR`, `zh` of `zh_TW` and `zh-Hans`."""
    return re.split("[-_]", language.strip())[0].lower()
