"""Inline formatting as text files write it: marks such as `<b>` and `</b>`, and placeholders such as `%s`."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import unescape
from typing import TypeAlias

from nmt.documents.document import Fragment
from nmt.documents.inline_tags import DEEPEST, Atom, Inline, Node, Span

Marks: TypeAlias = tuple[str, str]
"""Markup before and after a span, as the file writes it. For an atom, the first is the atom."""

_VOID = {"br", "hr", "img", "input", "wbr"}
_TAG = r"<(?P<close>/?)(?P<name>[A-Za-z][\w:.-]*|\d+)(?:\s[^<>]*?)?(?P<empty>/?)>"
_ENTITY = r"&(?:[A-Za-z]\w{1,31}|#\d{1,7}|#x[0-9A-Fa-f]{1,6});"


def marks_pattern(placeholders: str, *, line_break: str = "\r\n|\n|\r", hidden: str = "(?!)") -> re.Pattern[str]:
    """Return a pattern of tags, entities, line breaks, `placeholders`, and `hidden` marks, which a reader does not see.

    The arguments are regular expressions without groups.
    """
    return re.compile(rf"(?P<kept>{placeholders}|{_ENTITY})|(?P<hidden>{hidden})|{_TAG}|(?P<line>{line_break})")


class Wording:
    """A string of a program: the fragment to translate and the string with its translation.

    Tags that belong together are spans. Placeholders, entities and tags without a partner are atoms. White space
    around the string stays.
    """

    def __init__(self, text: str, marks: re.Pattern[str]) -> None:
        """Read `text`. `marks` comes from `marks_pattern`."""
        self.text = text
        core = text.strip()
        start = text.find(core)
        self._before, self._after = text[:start], text[start + len(core) :]
        self._inline = Inline(marked_nodes(core, marks))

    @property
    def fragment(self) -> Fragment | None:
        """Return the fragment to translate, or None if the string has no letters."""
        return self._inline.fragment

    def translated(self, text: str) -> str:
        """Return the string with `text`, a translation of the fragment."""
        return self._before + written(self._inline.with_text(text)) + self._after


def marked_nodes(
    text: str, marks: re.Pattern[str], escape: Callable[[str], str] = str, *, is_whole: bool = True
) -> list[Node[Marks]]:
    """Return the nodes of `text`. The marks that they keep are as `escape` writes them.

    A line break is an atom if there are other marks, because HTML would take it for a space. There may be if the text
    is not the whole message.
    """
    found = list(marks.finditer(text))
    if is_whole and all(mark["line"] for mark in found):
        return [text]
    opened: list[tuple[re.Match[str] | None, list[Node[Marks]]]] = [(None, [])]
    start = 0
    for mark in found:
        opened[-1][1].append(text[start : mark.start()])
        start = mark.end()
        begin = opened[-1][0]
        name = mark["name"]
        if name and not mark["close"] and not mark["empty"] and name.lower() not in _VOID and len(opened) < DEEPEST:
            opened.append((mark, []))
        elif begin is not None and mark["close"] and begin["name"].split(".")[0] == name.split(".")[0]:
            inside = opened.pop()[1]
            opened[-1][1].append(Span((escape(begin[0]), escape(mark[0])), tuple(inside)))
        else:
            is_break = bool(mark["line"]) or (name or "").lower() == "br"
            opened[-1][1].append(Atom((escape(mark[0]), ""), unescape(mark["kept"] or ""), is_break))
    opened[-1][1].append(text[start:])
    nodes: list[Node[Marks]] = []
    for begin, inside in opened:
        nodes += [Atom((escape(begin[0]), "")), *inside] if begin else inside
    return nodes


def written(nodes: Sequence[Node[Marks]], escape: Callable[[str], str] = str, used: set[Marks] | None = None) -> str:
    """Return `nodes` as text. `escape` writes their texts.

    If `used` is given, a span that was already written gives only its text the second time.
    """
    parts: list[str] = []
    for node in nodes:
        if isinstance(node, str):
            parts.append(escape(node))
        elif not isinstance(node, Span):
            parts.append(node.kept[0])
        else:
            before, after = ("", "") if used is not None and node.kept in used else node.kept
            if used is not None:
                used.add(node.kept)
            parts += [before, written(node.nodes, escape, used), after]
    return "".join(parts)
