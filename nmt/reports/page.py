"""A self-contained HTML page, light or dark, with its style, tables and figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

LIGHT_COLORS = """
:root { color-scheme: light dark; --ink: #1b1b1f; --paper: #fff; --soft: #5d5d66; --line: #d8d8de; --card: #f6f6f8;
  --a: #2563a8; --b: #b4551d; --c: #2f7d4f; --d: #8044a3; --heat: #74a9f2; --fatal: #a4001d; --serious: #a4001d;
  --warning: #8a5a00; --note: #2563a8; }
"""

CHART_STYLE = """
svg text { font: 12px system-ui, sans-serif; fill: var(--soft); }
.s0 { fill: var(--a); fill-opacity: .45; stroke: var(--a); }
.s1 { fill: var(--b); fill-opacity: .35; stroke: var(--b); }
.l0, .l1, .l2, .l3 { fill: none; stroke: var(--a); stroke-width: 1.8; stroke-linejoin: round; }
.l1 { stroke: var(--b); stroke-dasharray: 7 3; } .l2 { stroke: var(--c); stroke-dasharray: 2 3; }
.l3 { stroke: var(--d); stroke-dasharray: 9 3 2 3; }
.p0 { fill: var(--a); } .p1 { fill: var(--b); } .p2 { fill: var(--c); } .p3 { fill: var(--d); }
.axis, .grid { stroke: var(--line); } .grid { stroke-opacity: .5; } .at { stroke: var(--soft); stroke-dasharray: 2 3; }
.key0 { color: var(--a); fill: var(--a); } .key1 { color: var(--b); fill: var(--b); }
.key2 { color: var(--c); fill: var(--c); } .key3 { color: var(--d); fill: var(--d); }
"""

_LAYOUT_STYLE = """
@media (prefers-color-scheme: dark) { :root { --ink: #ececf1; --paper: #17171b; --soft: #a9a9b4; --line: #3a3a43;
  --card: #212127; --a: #7fb2ee; --b: #f0a070; --c: #7fd19f; --d: #cf9cf0; --heat: #3a5f96; --fatal: #ff8494;
  --serious: #ff8494; --warning: #e8b45a; --note: #7fb2ee; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem;
  margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.5rem; } h3 { font-size: 1.05rem; margin: 0; }
.verdict { font-size: 1.15rem; } .soft { color: var(--soft); }
article { border: 1px solid var(--line); border-left: .4rem solid var(--mark); background: var(--card);
  border-radius: .4rem; padding: .8rem 1rem; margin: 1rem 0; }
.fatal { --mark: var(--fatal); } .serious { --mark: var(--serious); } .warning { --mark: var(--warning); }
.note { --mark: var(--note); } .mark { color: var(--mark); font-weight: 600; }
.wide { overflow-x: auto; } .wide + h3 { margin-top: 1.2rem; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); }
th { overflow-wrap: normal; } .roomy table { min-width: 36rem; }
td { white-space: pre-wrap; } td.number { white-space: nowrap; text-align: right; }
dl { margin: .5rem 0; } dt { font-weight: 600; float: left; clear: left; margin-right: .5rem; } dd { margin: 0; }
svg { width: 100%; height: auto; overflow: visible; }
@media (max-width: 40rem) { svg text { font-size: 18px; } }
figure { margin: 1rem 0; }
.wide.heat table { width: auto; min-width: 0; border-collapse: separate; border-spacing: 2px; }
.heat caption { text-align: left; color: var(--soft); }
.heat th, .heat td { border: 0; padding: 0 .4rem; white-space: nowrap; font-weight: 400; }
.heat th[scope=row] { position: sticky; left: 0; background: var(--paper); text-align: right; }
.heat td { min-width: 2rem; text-align: center;
  background: color-mix(in srgb, var(--heat) calc(var(--weight) * 100%), var(--card)); }
.tinted { font-family: ui-monospace, monospace; white-space: pre-wrap; border: 1px solid var(--line);
  padding: .5rem; }
.tinted i { font-style: normal; background: color-mix(in srgb, var(--a) calc(var(--weight) * 50%), var(--paper)); }
.tinted b { font-weight: 400; background: color-mix(in srgb, var(--b) calc(var(--weight) * 50%), var(--paper)); }
"""

_STYLE = LIGHT_COLORS + CHART_STYLE + _LAYOUT_STYLE


def page(title: str, body: Iterable[str]) -> str:
    """Return the whole page. The parts of `body` are HTML; empty parts are left out."""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{text(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>\n'
        f"<body><main>{''.join(part for part in body if part)}</main></body></html>\n"
    )


def figure(caption: str, series: Sequence[str], svg: str) -> str:
    """Return a chart under its caption, with a legend of its `series`."""
    keys = ", ".join(f'<span class="key{number}">■ {text(name)}</span>' for number, name in enumerate(series))
    return f"<figure><figcaption>{text(caption)}. {keys}</figcaption>{svg}</figure>\n"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of texts. If wider than the window, it scrolls on its own, also by keyboard."""
    head = "".join(f'<th scope="col">{text(name)}</th>' for name in header)
    body = "".join("<tr>" + "".join(f"<td>{text(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide" tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def heat_map(caption: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[float]]]) -> str:
    """Return a table of percentages, each with a background as strong as its value in [0, 1]. Screen readers read
    `caption`."""
    head = "".join(f'<th scope="col">{text(name)}</th>' for name in columns)
    body = "".join(
        f'<tr><th scope="row">{text(name)}</th>'
        + "".join(f'<td style="--weight:{weight:g}">{100 * weight:.0f}</td>' for weight in weights)
        + "</tr>"
        for name, weights in rows
    )
    return (
        '<div class="wide heat" tabindex="0"><table>'
        f"<caption>{text(caption)}</caption><thead><tr><td></td>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def tinted(pieces: Iterable[tuple[str, float]]) -> str:
    """Return a text whose pieces have a background by a value in [-1, 1]: one colour above zero, another below.

    Values are rounded to tenths, and equal neighbours share an element.
    """
    parts = []
    for tenths, group in groupby(pieces, key=lambda piece: round(10 * piece[1])):
        shown = text("".join(each for each, _ in group))
        tag = "i" if tenths > 0 else "b"
        parts.append(f'<{tag} style="--weight:{abs(tenths) / 10:g}">{shown}</{tag}>' if tenths else shown)
    return f'<p class="tinted">{"".join(parts)}</p>'


def bullets(items: Sequence[str]) -> str:
    """Return a list of texts, or nothing if there are none."""
    return "<ul>" + "".join(f"<li>{text(item)}</li>" for item in items) + "</ul>" if items else ""


def text(value: str) -> str:
    """Return `value` escaped. Characters that HTML forbids, such as control characters, become \ufffd."""
    return escape("".join(character if _legal(ord(character)) else "\ufffd" for character in value))


def _legal(code: int) -> bool:
    """Return whether HTML allows the code point (HTML standard, section 13.1)."""
    if code < 0xA0:
        return code in (0x09, 0x0A) or 0x20 <= code < 0x7F
    return not (0xD800 <= code <= 0xDFFF or 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE)
