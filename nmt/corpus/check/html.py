"""The report for people, as one HTML page that needs nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from nmt.corpus.check.finding import Example, Finding, Role
from nmt.corpus.check.kinds import KINDS
from nmt.corpus.check.lengths import Histogram
from nmt.corpus.check.report import CorpusReport, RoleSummary
from nmt.corpus.check.svg import histogram_svg
from nmt.corpus.check.words import ROLES, SEVERITIES, percent, place, share, training_time, verdict

_STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1f; --paper: #fff; --soft: #5d5d66; --line: #d8d8de; --card: #f6f6f8;
  --a: #2563a8; --b: #b4551d; --fatal: #a4001d; --serious: #a4001d; --warning: #8a5a00; --note: #2563a8; }
@media (prefers-color-scheme: dark) { :root { --ink: #ececf1; --paper: #17171b; --soft: #a9a9b4; --line: #3a3a43;
  --card: #212127; --a: #7fb2ee; --b: #f0a070; --fatal: #ff8494; --serious: #ff8494; --warning: #e8b45a;
  --note: #7fb2ee; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem;
  margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.25rem; margin-top: 2.5rem; } h3 { font-size: 1.05rem; margin: 0; }
.verdict { font-size: 1.15rem; } .soft { color: var(--soft); }
article { border: 1px solid var(--line); border-left: .4rem solid var(--mark); background: var(--card);
  border-radius: .4rem; padding: .8rem 1rem; margin: 1rem 0; }
.fatal { --mark: var(--fatal); } .serious { --mark: var(--serious); } .warning { --mark: var(--warning); }
.note { --mark: var(--note); } .mark { color: var(--mark); font-weight: 600; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid var(--line); }
td { overflow-wrap: anywhere; white-space: pre-wrap; } td.number { white-space: nowrap; text-align: right; }
dl { margin: .5rem 0; } dt { font-weight: 600; float: left; clear: left; margin-right: .5rem; } dd { margin: 0; }
svg { width: 100%; height: auto; } svg text { font: 12px system-ui, sans-serif; fill: var(--soft); }
.s0 { fill: var(--a); fill-opacity: .45; stroke: var(--a); }
.s1 { fill: var(--b); fill-opacity: .35; stroke: var(--b); }
.axis { stroke: var(--line); } figure { margin: 1rem 0; } .key0 { color: var(--a); } .key1 { color: var(--b); }
"""


def html_report(report: CorpusReport) -> str:
    """The whole page. Whatever comes from the corpus is escaped, and characters that HTML forbids are replaced."""
    title = f"Corpus check: {report.source} to {report.target}"
    found = list(report.found())
    body = [
        f"<h1>{_text(title)}</h1>",
        f'<p class="verdict">{_text(verdict(report))}</p>',
        _files(report),
        f"<h2>Training time</h2><p>{_text(training_time(report.training_time))}</p>",
        _list(report.training_time.assumptions),
        "<h2>Findings</h2>",
        *map(_finding, found),
        "<p>None.</p>" if not found else "",
        _nothing(report.findings),
        *(_plots(name, summary) for name, summary in report.summaries.items()),
        "<h2>How it was looked</h2>",
        _list(report.notes) or "<p>Every pair was looked at.</p>",
    ]
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{_text(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>\n'
        f"<body><main>{''.join(part for part in body if part)}</main></body></html>\n"
    )


def _files(report: CorpusReport) -> str:
    rows = [(item.file, ROLES[item.role], f"{item.pairs:,}") for item in report.files]
    kept = []
    for role, summary in report.summaries.items():
        reasons = "; ".join(f"{count:,}: {reason}" for reason, count in summary.left_out.items()) or "nothing left out"
        share_kept = percent(summary.kept / summary.pairs) if summary.pairs else "none"
        kept.append((ROLES[role], f"{summary.pairs:,}", f"{summary.kept:,} ({share_kept})", reasons))
    return (
        "<h2>What was read</h2>"
        + _table(("file", "used for", "pairs"), rows)
        + "<h2>What training will use</h2>"
        + _table(("used for", "pairs", "kept", "left out by cleaning"), kept)
    )


def _finding(finding: Finding) -> str:
    kind = KINDS[finding.kind]
    details = "; ".join(f"{name.replace('_', ' ')}: {_plain(value)}" for name, value in finding.details.items())
    points = [("What it means", kind.meaning), ("What is done", finding.action), ("What you can do", kind.advice)]
    if details:
        points.append(("More", details))
    terms = "".join(f"<dt>{_text(name)}</dt><dd>{_text(value)}</dd>" for name, value in points)
    return (
        f'<article class="{finding.severity}"><h3>{_text(kind.title)} '
        f'<span class="soft">in {_text(ROLES[finding.role])} pairs</span></h3>'
        f'<p><span class="mark">{_text(SEVERITIES[finding.severity])}</span>: {_text(share(finding))}</p>'
        f"<dl>{terms}</dl>{_examples(finding.examples)}</article>\n"
    )


def _examples(examples: Sequence[Example]) -> str:
    if not examples:
        return ""
    with_notes = any(item.note for item in examples)
    rows = [(place(item), item.source, item.target, *([item.note] if with_notes else [])) for item in examples]
    return _table(("where", "source", "target", "note")[: 3 + with_notes], rows)


def _nothing(findings: Iterable[Finding]) -> str:
    fine = {finding.kind: KINDS[finding.kind].title for finding in findings if finding.severity == "ok"}
    bad = {finding.kind for finding in findings if finding.severity != "ok"}
    titles = [title for kind, title in fine.items() if kind not in bad]
    return f"<p>Looked for and not found: {_text(', '.join(titles).lower())}.</p>" if titles else ""


def _plots(role: Role, summary: RoleSummary) -> str:
    if not summary.pairs:
        return ""
    shown = [f"<h2>Lengths of {_text(ROLES[role])} pairs</h2>"]
    for unit in ("characters", "words"):
        both = [(side, summary.histograms[f"{side}_{unit}"]) for side in ("source", "target")]
        medians = ", ".join(f"{side} {summary.medians[f'{side}_{unit}']:g}" for side, _ in both)
        shown.append(_figure(f"How many {unit} a text has; in the middle: {medians}", unit, both))
    ratio = [("target over source", summary.histograms["ratio"])]
    shown.append(
        _figure("How many times as long as its source a target is (texts of more than 12 characters)", "", ratio)
    )
    return "".join(shown)


def _figure(caption: str, unit: str, series: Sequence[tuple[str, Histogram]]) -> str:
    keys = ", ".join(f'<span class="key{number}">■ {_text(name)}</span>' for number, (name, _) in enumerate(series))
    svg = histogram_svg(caption, unit, series)
    return f"<figure><figcaption>{_text(caption)}. {keys}</figcaption>{svg}</figure>\n"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{_text(name)}</th>' for name in header)
    body = "".join("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _list(items: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{_text(item)}</li>" for item in items) + "</ul>" if items else ""


def _plain(value: int | float | str) -> str:
    return f"{value:,}" if isinstance(value, int | float) else value


def _text(value: str) -> str:
    """Escaped; what HTML has no place for, such as control characters, is shown as \ufffd."""
    return escape("".join(character if _legal(ord(character)) else "\ufffd" for character in value))


def _legal(code: int) -> bool:
    """Whether HTML may have the code point (HTML standard, section 13.1)."""
    if code < 0xA0:
        return code in (0x09, 0x0A) or 0x20 <= code < 0x7F
    return not (0xD800 <= code <= 0xDFFF or 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE)
