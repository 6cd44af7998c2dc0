"""How markdown-it reads the inline content of Markdown and its dialects.

A token of type `verbatim` is content that stays: its `content` is its source, and `meta["shown"]` the text that a
reader sees. Of an image, `children` are the tokens of its alternative text, and `meta["mark"]` is what follows it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.autolink import autolink
from markdown_it.rules_inline.backticks import backtick
from markdown_it.rules_inline.html_inline import html_inline
from markdown_it.rules_inline.image import image
from markdown_it.rules_inline.link import link
from markdown_it.token import Token

from nmt.documents.markdown.html_elements import LEFT_ALONE, text_of

_NOTE = re.compile(r"\[\^[^\]\s]+\]|\{[#.:][^{}\n]*\}")
"""A footnote mark, or an attribute list such as `{#install}`."""
_TASK = re.compile(r"\A\[[ xX]\](?=\s)")
"""The box of a task in a list."""
_FORMULA = re.compile(r"\$\$[^$]{1,999}\$\$|(?<![\w$])\$(?=[^\s$])[^$\n]{0,299}(?<=\S)\$(?![\w$])")
_SHIFTED = re.compile(r"(?<!~)~[\w+-]{1,5}~(?!~)|\^[\w+-]{1,5}\^")
"""A raised or lowered number: `H~2~O`, `x^2^`."""
_TEMPLATE = re.compile(r"\{\{(?:(?!\}\}).){1,500}\}\}|\{%(?:(?!%\}).){1,500}%\}", re.DOTALL)
"""A tag of a site generator or a template, such as `{{ page.title }}`."""
_HIGHLIGHT = re.compile(r"(?<!\w)(==|\+\+)(?![\s=+]).{0,300}?(?<![\s=+])\1(?![=+\w])", re.DOTALL)
"""`==marked==` or `++inserted++` words."""

_Rule = Callable[[StateInline, bool], bool]
_Shown = Callable[[str, Token], str]
"""Returns the text that a reader sees, given the source and the last token of a rule."""


def add_inline_rules(parser: MarkdownIt) -> None:
    """Let `parser` read the content of dialects, and keep the source of what is not translated."""
    rules = parser.inline.ruler
    rules.at("backticks", _verbatim(backtick, lambda source, token: token.content))
    rules.at("autolink", _verbatim(autolink, lambda source, token: source[1:-1]))
    rules.at("html_inline", _verbatim(html_inline))
    rules.at("image", _verbatim(image))
    rules.at("link", _link)
    rules.before("strikethrough", "note", _verbatim(_matched(_NOTE)))
    rules.before("strikethrough", "task", _verbatim(_matched(_TASK)))
    rules.before("strikethrough", "formula", _verbatim(_matched(_FORMULA), lambda source, token: source))
    rules.before("strikethrough", "shifted", _verbatim(_matched(_SHIFTED), lambda source, token: source[1:-1]))
    rules.before("strikethrough", "template", _verbatim(_matched(_TEMPLATE), lambda source, token: source))
    rules.before("strikethrough", "highlight", _highlight)
    rules.before("html_inline", "left_alone", _verbatim(_matched(LEFT_ALONE), lambda source, token: text_of(source)))


def _verbatim(rule: _Rule, shown: _Shown = lambda source, token: "") -> _Rule:
    """Wrap `rule` so that its source becomes its only token."""

    def kept(state: StateInline, silent: bool) -> bool:
        start = state.pos
        before = len(state.tokens) + bool(state.pending)
        if not rule(state, silent):
            return False
        if len(state.tokens) > before:
            read = state.tokens[-1]
            del state.tokens[before:]
            token = state.push("verbatim", "", 0)
            token.content = state.src[start : state.pos]
            token.meta["shown"] = shown(token.content, read)
            if rule is image:
                label_end = state.md.helpers.parseLinkLabel(state, start + 1, False)
                token.children = read.children
                token.meta["mark"] = _end_mark(state, start + 2, label_end)
        return True

    return kept


def _matched(pattern: re.Pattern[str]) -> _Rule:
    """Return a rule for what `pattern` matches."""

    def matched(state: StateInline, silent: bool) -> bool:
        match = pattern.match(state.src, state.pos, state.posMax)
        if match is None:
            return False
        if not silent:
            state.push("matched", "", 0)
        state.pos = match.end()
        return True

    return matched


def _highlight(state: StateInline, silent: bool) -> bool:
    match = _HIGHLIGHT.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        mark, end = match[1], state.posMax
        state.push("highlight_open", "", 1).markup = mark
        state.pos, state.posMax = match.start() + len(mark), match.end() - len(mark)
        state.md.inline.tokenize(state)
        state.posMax = end
        state.push("highlight_close", "", -1).markup = mark
    state.pos = match.end()
    return True


def _link(state: StateInline, silent: bool) -> bool:
    """Apply markdown-it's link rule, and keep the source of both ends."""
    start = state.pos
    before = len(state.tokens) + bool(state.pending)
    if not link(state, silent):
        return False
    if not silent:
        label_end = state.md.helpers.parseLinkLabel(state, start, True)
        state.tokens[before].meta["mark"] = "["
        state.tokens[-1].meta["mark"] = _end_mark(state, start + 1, label_end)
    return True


def _end_mark(state: StateInline, label: int, label_end: int) -> str:
    """Return what follows the text of the link or image that ends at the state's position."""
    mark = state.src[label_end : state.pos]
    # The text of such a link is also its reference, which must not be translated.
    return f"][{state.src[label:label_end]}]" if mark in {"]", "][]"} else mark
