"""Messages in YAML, as Rails, Symfony and others keep them: the string values of mappings and lists."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

import yaml

from nmt.documents.encoding import decoded
from nmt.documents.localization.limits import check_length
from nmt.documents.localization.message import Message
from nmt.documents.patches import Edit, Passage, PatchedText
from nmt.errors import DocumentError

_MOST_CHARACTERS = 1_000_000
"""Maximum length of a file in characters. Its reader is slow: this takes it some ten seconds."""
_STRING = "tag:yaml.org,2002:str"
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?")
_PROPERTIES = re.compile(r"(?:&\S+\s+)*")
"""Anchors before a value."""
_HEADER = re.compile(r"[|>][-+]?[ \t]*(?:#[^\r\n]*)?(\r\n|\r|\n)(?:[ \t]*+(?:\r\n|\r|\n))*+( +)")
"""Start of a block, without an indentation that is stated: line break, and indentation of its first line."""
_NOT_YAML = re.compile("[^\t\n -~\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def read_yaml(name: str, content: bytes, target: str | None) -> PatchedText:
    """Read the messages `name`. Keys, comments, anchors, and values with a tag stay.

    If the only key at the top is a language, it becomes `target`, as Rails needs it.
    """
    source = decoded(name, content)
    check_length(name, source, _MOST_CHARACTERS)
    try:
        root = yaml.compose(source.text, yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise DocumentError(f"{name} is no YAML of one document ({error}): mend it") from None
    passages = [
        passage
        for node, in_flow in _strings(root)
        if (passage := _passage(source.text, node, in_flow=in_flow)) is not None
    ]
    passages.sort(key=lambda passage: passage.start)
    edits = [Edit(key.start_mark.index, key.end_mark.index, target) for key in _languages(root) if target]
    return PatchedText(source, passages, edits=edits)


def _languages(root: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    """Yield the only key at the top, if it is a language and has messages."""
    if isinstance(root, yaml.MappingNode) and len(root.value) == 1:
        key, value = root.value[0]
        if isinstance(key, yaml.ScalarNode) and isinstance(value, yaml.MappingNode) and _LANGUAGE.fullmatch(key.value):
            yield key


def _strings(root: yaml.Node | None) -> Iterator[tuple[yaml.ScalarNode, bool]]:
    """Yield each string once, and whether it stands between `[` and `]` or `{` and `}`."""
    waiting = [] if root is None else [(root, False)]
    seen: set[int] = set()
    while waiting:
        node, in_flow = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.CollectionNode):
            children = [value for _, value in node.value] if isinstance(node, yaml.MappingNode) else node.value
            waiting += [(child, in_flow or bool(node.flow_style)) for child in children]
        elif isinstance(node, yaml.ScalarNode) and node.tag == _STRING:
            yield node, in_flow


def _passage(text: str, node: yaml.ScalarNode, *, in_flow: bool) -> Passage | None:
    start, end = node.start_mark.index, node.end_mark.index
    properties = _PROPERTIES.match(text, start, end)
    start = properties.end() if properties else start
    message = Message(node.value)
    if not message.fragments or text.startswith("!", start):
        return None

    def written(texts: Sequence[str]) -> str:
        translated = _NOT_YAML.sub("", message.translated(texts).replace("\r\n", "\n"))
        raw = text[start:end]
        if raw[0] in "|>":
            return _block(raw, translated)
        is_quoted = raw[0] in "\"'"
        if raw[0] == "'" and "\n" not in translated:
            return "'" + translated.replace("'", "''") + "'"
        return translated if not is_quoted and _is_plain(translated, in_flow=in_flow) else _quoted(translated)

    return Passage(start, end, message.fragments, written)


def _block(raw: str, text: str) -> str:
    """Return `text` as a block like `raw`, or in quotation marks if it may not be one. Line breaks at its end stay."""
    header = _HEADER.match(raw)
    body = text.strip("\n")
    space = raw[len(raw.rstrip()) :]
    if header is None or not body or any(line[:1] in (" ", "\t") for line in body.split("\n")):
        return _quoted(text) + space
    newline, indent = header[1], header[2]
    lines = body.split("\n") if raw[0] == "|" else body.replace("\n", "\n\n").split("\n")
    start = raw[: header.start(2)]
    return start + newline.join(indent + line if line else "" for line in lines) + space


def _is_plain(text: str, *, in_flow: bool) -> bool:
    """Whether `text` without quotation marks is a string and means itself."""
    if "\n" in text or (in_flow and re.search(r"[\[\]{},]", text)):
        return False
    try:
        node = yaml.compose(f"- {text}\n", yaml.SafeLoader)
    except yaml.YAMLError:
        return False
    item = node.value[0] if isinstance(node, yaml.SequenceNode) and len(node.value) == 1 else None
    return isinstance(item, yaml.ScalarNode) and (item.tag, item.value, item.style) == (_STRING, text, None)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
