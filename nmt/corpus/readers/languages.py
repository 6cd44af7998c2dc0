"""Language codes as files write them: `en`, `EN-us`, `en_US`."""

from __future__ import annotations


def matches(code: str, wanted: str) -> bool:
    """Whether a text in `code` is one in `wanted`, which without a region means every region: en-US is en."""
    found, asked = _normal(code), _normal(wanted)
    return found == asked or found.startswith(asked + "-")


def _normal(code: str) -> str:
    return code.strip().replace("_", "-").lower()
