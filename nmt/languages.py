"""Language codes as people and files write them: `en`, `EN-us`, `zh_TW`, `zh-Hans`."""

from __future__ import annotations


def base_code(language: str) -> str:
    """The language of a tag, without region and script: `pt` of `pt-BR`, `zh` of `zh_TW` and `zh-Hans`."""
    return _normal(language).split("-")[0]


def matches(code: str, wanted: str) -> bool:
    """Whether a text in `code` is one in `wanted`, which without a region means every region: en-US is en."""
    found, asked = _normal(code), _normal(wanted)
    return found == asked or found.startswith(asked + "-")


def match_either_way(one: str, other: str) -> bool:
    """Whether two codes may mean one language: en-US and en, but not en-US and en-GB."""
    return matches(one, other) or matches(other, one)


def _normal(code: str) -> str:
    return code.strip().replace("_", "-").lower()
