"""A JSON file with the place of each value in its text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from nmt.documents.encoding import Decoded, decoded
from nmt.documents.localization.limits import check_length
from nmt.documents.localization.message import Message
from nmt.documents.patches import Passage
from nmt.errors import DocumentError

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\]]|[^\s{}\[\],:"]+')

_KEY = re.compile(r'(\s*)"(?:[^"\\]|\\.)*+"(\s*:\s*)\Z')
"""A key before its value, with the white space around it."""
_LONGEST_KEY = 1000


@dataclass(slots=True)
class Json:
    """A value and its place in the text, in characters."""

    start: int
    end: int = 0
    text: str | None = None
    """The value, if that is a string."""
    children: list[tuple[str, Json]] = field(default_factory=list)
    """Values in an object, with their keys, or in a list, with their numbers."""
    is_object: bool = False

    def get(self, *keys: str) -> Json | None:
        """Return the value at a path of keys. None if there is none."""
        value: Json | None = self
        for key in keys:
            value = next((child for name, child in value.children if name == key), None) if value else None
        return value

    def strings(self) -> Iterator[Json]:
        """Yield the strings in this value, in file order."""
        waiting = [self]
        while waiting:
            value = waiting.pop()
            if value.text is not None:
                yield value
            waiting += [child for _, child in reversed(value.children)]


class JsonSource:
    """A JSON file."""

    def __init__(self, name: str, content: bytes) -> None:
        """Read the file `name`."""
        self.name = name
        self.source: Decoded = decoded(name, content)
        text = self.source.text
        check_length(name, self.source)
        try:
            json.loads(text)
        except (ValueError, RecursionError) as error:
            raise DocumentError(f"{name} is no JSON ({error}): mend it; comments are not allowed in JSON") from None
        self._is_ascii = (
            text.isascii() and re.search(r"\\u00[89a-fA-F]|\\u[1-9a-fA-F]|\\u0[1-9a-fA-F]", text) is not None
        )
        self._escapes_slashes = "\\/" in text
        self.root = _parsed(text)

    def written(self, text: str) -> str:
        """Return `text` as a JSON string, escaped as much as the file's strings are."""
        quoted = json.dumps(text.encode(errors="replace").decode(), ensure_ascii=self._is_ascii)
        return quoted.replace("/", "\\/") if self._escapes_slashes else quoted

    def passage(self, value: Json, copies: Sequence[str] = ()) -> Passage | None:
        """Return the place of a string to translate. None if it has no letters.

        `copies` are keys of the same object under which the translation is written too.
        """
        message = Message(value.text or "")
        if not message.fragments:
            return None
        line = _KEY.search(self.source.text, max(0, value.start - _LONGEST_KEY), value.start)

        def written(texts: Sequence[str]) -> str:
            text = self.written(message.translated(texts))
            return text + "".join(f",{line[1]}{json.dumps(key)}{line[2]}{text}" for key in copies if line)

        return Passage(value.start, value.end, message.fragments, written)


def _parsed(text: str) -> Json:
    """Return the value in a text that is known to be JSON."""
    whole = Json(0)
    opened = [whole]
    key: str | None = None
    for token in _TOKEN.finditer(text):
        parent = opened[-1]
        if token[0] in ("}", "]"):
            opened.pop().end = token.end()
            continue
        if parent.is_object and key is None:
            key = json.loads(token[0])
            continue
        is_string = token[0].startswith('"')
        value = Json(token.start(), token.end(), json.loads(token[0]) if is_string else None)
        parent.children.append((key if key is not None else str(len(parent.children)), value))
        key = None
        if token[0] in ("{", "["):
            value.is_object = token[0] == "{"
            opened.append(value)
    return whole.children[0][1]
