"""Texts of a corpus on a terminal."""

from __future__ import annotations


def one_line(text: str, most: int) -> str:
    """At most `most` characters, on one line, and without what a terminal could take for a command."""
    plain = "".join(character if character.isprintable() else "\ufffd" for character in text[: most + 1])
    return plain if len(text) <= most else f"{plain[:most]}…"
