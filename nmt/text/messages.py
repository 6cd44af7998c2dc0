"""ICU messages: the branches of plural and select arguments are translated, each as a whole sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pyicumessageformat import Parser

from nmt.plural_categories import categories
from nmt.text.protected.spans import split_at_spans

_COMPLEX = re.compile(r"\{\s*[\w.-]+\s*,\s*(?:plural|select|selectordinal)\s*,")
_QUOTED = re.compile(r"'[{}#|]")
_MOST_BRANCHES = 40
"""Maximum number of branches. With more, the text around the arguments is translated by itself."""
_HASH = "{n#}"
"""Stands for the number of a plural while its branch is translated."""

_Node = str | dict[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a message: syntax, which stays, or a text to translate."""

    text: str
    is_text: bool


def message_pieces(text: str, target: str) -> list[Piece] | None:
    """Return the pieces of the ICU message `text`, with the plural categories that the language `target` needs.

    A text around a single argument becomes part of its branches. Returns None if `text` is no message with branches.
    A message with quoted syntax is one piece that stays.
    """
    if not _COMPLEX.search(text):
        return None
    try:
        nodes = Parser({"include_indices": True, "require_other": False}).parse(text)
    except SyntaxError:
        return None
    if _QUOTED.search(text):
        return [Piece(text, is_text=False)]
    inward = _inward(nodes)
    message = _Message(text, target)
    return list(message.pieces(inward if _count(inward) <= _MOST_BRANCHES else nodes))


def escaped(translation: str) -> str:
    """Return the translation of a piece as it stands in a message."""
    parts = split_at_spans(translation)
    parts[::2] = [re.sub("[{}#]", "", part) for part in parts[::2]]
    whole = "".join(parts).replace(_HASH, "#")
    return re.sub(r"'{2,}|'(?=[{}#|]|$)", lambda match: 2 * match[0], whole)


def _is_complex(node: _Node) -> bool:
    return isinstance(node, dict) and "options" in node


def _has_hash(nodes: Sequence[_Node]) -> bool:
    return any(isinstance(node, dict) and node.get("hash") for node in nodes)


def _inward(nodes: Sequence[_Node]) -> list[_Node]:
    """Return `nodes` with what stands around the first argument with branches inside each of its branches."""
    place = next((index for index, node in enumerate(nodes) if _is_complex(node)), None)
    if place is None:
        return list(nodes)
    node, before, after = nodes[place], nodes[:place], nodes[place + 1 :]
    assert isinstance(node, dict)
    has_words = any(isinstance(each, str) and any(map(str.isalpha, each)) for each in [*before, *after])
    if (not has_words and not any(map(_is_complex, after))) or _has_hash([*before, *after]):
        options = {key: _inward(branch) for key, branch in node["options"].items()}
        return [*before, {**node, "options": options}, *after]
    options = {key: _inward([*before, *branch, *after]) for key, branch in node["options"].items()}
    return [{**node, "options": options}]


def _count(nodes: Sequence[_Node]) -> int:
    return sum(
        sum(max(1, _count(branch)) for branch in node["options"].values())
        for node in nodes
        if isinstance(node, dict) and "options" in node
    )


class _Message:
    def __init__(self, text: str, target: str) -> None:
        self._text = text
        self._target = target

    def pieces(self, nodes: Sequence[_Node]) -> Iterator[Piece]:
        """Yield the pieces of `nodes`."""
        sentence = ""
        for node in nodes:
            if isinstance(node, str):
                sentence += node
            elif "options" not in node:
                sentence += _HASH if node.get("hash") else self._text[node["start"] : node["end"]]
            else:
                yield from self._translated(sentence)
                sentence = ""
                yield from self._argument(node)
        yield from self._translated(sentence)

    def _translated(self, sentence: str) -> Iterator[Piece]:
        if sentence:
            yield Piece(sentence, is_text=True)

    def _argument(self, node: dict[str, Any]) -> Iterator[Piece]:
        offset = f" offset:{node['offset']}" if node.get("offset") else ""
        yield Piece(f"{{{node['name']}, {node['type']},{offset}", is_text=False)
        options: dict[str, list[_Node]] = dict(node["options"])
        if node["type"] != "select" and "other" in options:
            other = options.pop("other")
            needed = [key for key in categories(self._target, node["type"]) if key not in options]
            options |= {**dict.fromkeys(needed, other), "other": other}
        for key, branch in options.items():
            yield Piece(f" {key} {{", is_text=False)
            yield from self.pieces(branch)
            yield Piece("}", is_text=False)
        yield Piece("}", is_text=False)
