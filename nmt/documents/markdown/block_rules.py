"""Blocks that Markdown dialects add to CommonMark: admonitions, containers, definitions, footnotes, formulas.

Their markers stay as they are. The titles and the texts inside them are blocks like any others.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock

TITLE_OPEN = "title_open"
"""Type of the token before a title, which stands at the end of its line."""
_INDENT = 4
"""Columns by which the body of an admonition, a definition or a footnote is indented, or fewer after a short marker."""

_ADMONITION = re.compile(
    r"(?:(?:!!!|\?\?\?\+?) ?[\w-]+(?: +[\w-]+)*(?: +\"(?P<title>.*)\")?|===[!+]? +\"(?P<tab>.*)\")[ \t]*\Z"
)
"""The first line of a block of MkDocs: `!!! note "Title"`, `??? tip`, or a tab, `=== "Linux"`."""
_MARKER = re.compile(r"(?::[ \t]+|\[\^[^\]\s]+\]:[ \t]+|\*\[[^\]\n]+\]:[ \t]+)(?=\S)")
"""Stands before a definition, a footnote or the meaning of an abbreviation."""
_ALERT = re.compile(r"\[![A-Za-z][\w-]*(?:\|[^\]]*)?\][+-]?(?:[ \t]+(?P<title>\S.*))?\Z")
"""The first line of an alert of GitHub or a callout of Obsidian: `[!NOTE]`, `[!tip]- Title`."""
_VERBATIM = re.compile(
    r":{3,}.*"  # a container
    r"|(?:\{%(?:(?!%\}).)*%\}[ \t]*|\{\{(?:(?!\}\}).)*\}\}[ \t]*)+"  # tags of templates and site generators
    r"|\{[#.:][^{}]*\}"  # attributes of the block before
    r"|\{/\*.*\*/\}"
)
"""A line without text of its own."""
_OPENING = re.compile(
    r"\[\[?_?toc_?\]?\]|import\s.*['\"];?|export\s+(?:const|default|function|let)\s.*[;{}()\[\]]", re.IGNORECASE
)
"""The same, where a paragraph may have it too."""
_FORMULA = re.compile(r"(?P<dollars>\$\$)|\\begin\{(?P<name>[^{}]+)\}|(?P<bracket>\\\[)[ \t]*\Z")
_FORMULA_LINES = 200
"""Most lines of a formula. Where one is not closed, each search for its end is this long at most."""


def add_block_rules(parser: MarkdownIt) -> None:
    """Let `parser` read the blocks of dialects."""
    rules = parser.block.ruler
    ending: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    rules.before("fence", "formula", _formula, ending)
    rules.before("fence", "line", _line, ending)
    rules.before("fence", "admonition", _admonition, ending)
    rules.before("fence", "marked", _marked, ending)
    rules.before("fence", "opening", _opening)


def _text_of(state: StateBlock, line: int) -> str:
    """Return the text of a line, or nothing where it is code or there is none."""
    if state.is_code_block(line):
        return ""
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()


def _line(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    if not _VERBATIM.fullmatch(_text_of(state, line)):
        return False
    if not silent:
        _push_verbatim(state, line + 1)
    return True


def _opening(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    text = _text_of(state, line)
    alert = _ALERT.match(text) if state.parentType == "blockquote" else None
    if alert is None and not _OPENING.fullmatch(text):
        return False
    if not silent:
        if alert and alert["title"]:
            _push_title(state, line, alert["title"])
        _push_verbatim(state, line + 1)
    return True


def _formula(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    text = _text_of(state, line)
    match = _FORMULA.match(text)
    if match is None:
        return False
    closing = "$$" if match["dollars"] else "\\]" if match["bracket"] else f"\\end{{{match['name']}}}"
    begins = match.end() if match["dollars"] else 0
    for at in range(line, min(end, line + _FORMULA_LINES)):
        start = state.bMarks[at] + state.tShift[at] + (begins if at == line else 0)
        rest = state.src[start : state.eMarks[at]].rstrip()
        if closing in rest:
            is_closed = rest.index(closing) == len(rest) - len(closing)
            if is_closed and not silent:
                _push_verbatim(state, at + 1)
            return is_closed
    return False


def _admonition(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    match = _ADMONITION.match(_text_of(state, line))
    if match is None:
        return False
    if not silent:
        if title := match["title"] or match["tab"]:
            _push_title(state, line, title)
        indent = state.sCount[line] + _INDENT
        _read_body(state, line + 1, _body_end(state, line, end, indent), indent)
    return True


def _marked(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    match = _MARKER.match(_text_of(state, line))
    if match is None:
        return False
    if not silent:
        indent = state.sCount[line] + min(match.end(), _INDENT)
        last = _body_end(state, line, end, indent, is_lazy=True)
        before = state.bMarks[line], state.tShift[line], state.sCount[line]
        state.bMarks[line] += state.tShift[line] + match.end()  # as if the line began after its marker
        state.tShift[line], state.sCount[line] = 0, indent
        _read_body(state, line, last, indent)
        state.bMarks[line], state.tShift[line], state.sCount[line] = before
    return True


def _body_end(state: StateBlock, line: int, end: int, indent: int, is_lazy: bool = False) -> int:
    """Return the first line after `line` that is not in its body.

    A lazy body goes on in lines that are not indented, up to an empty line, the next marker or the next term.
    """
    for number in range(line + 1, end):
        if state.isEmpty(number) or state.sCount[number] >= indent:
            continue
        is_term = number + 1 < end and _text_of(state, number + 1).startswith(":")
        if not is_lazy or state.isEmpty(number - 1) or is_term or _MARKER.match(_text_of(state, number)):
            return number
    return end


def _read_body(state: StateBlock, line: int, end: int, indent: int) -> None:
    before = state.blkIndent, state.lineMax, state.parentType
    state.blkIndent, state.lineMax, state.parentType = indent, end, "root"
    state.push("body_open", "", 1)  # counts towards the parser's limit of nesting
    state.line = line
    state.md.block.tokenize(state, line, end)
    state.push("body_close", "", -1)
    state.blkIndent, state.lineMax, state.parentType = before


def _push_verbatim(state: StateBlock, end: int) -> None:
    state.push("verbatim_block", "", 0)
    state.line = end


def _push_title(state: StateBlock, line: int, title: str) -> None:
    state.push(TITLE_OPEN, "", 1)
    token = state.push("inline", "", 0)
    token.content, token.map, token.children = title, [line, line + 1], []
    state.push("title_close", "", -1)
