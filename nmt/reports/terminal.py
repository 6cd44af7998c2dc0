"""Format corpus texts for a terminal."""

from __future__ import annotations


def one_line(text: str, most: int) -> str:
    """Return at most `most` characters on one line, without terminal control sequences."""
    plain = "".join(character if character.isprintable() else "\ufffd" for character in text[: most + 1])
    return plain if len(text) <= most else f"{plain[:most]}…"
