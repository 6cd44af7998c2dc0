"""The report as a self-contained HTML page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from nmt.corpus.check.finding import Example, Finding, Role
from nmt.corpus.check.kinds import KINDS
from nmt.corpus.check.output.wording import ROLES, SEVERITIES, percent, place, share, training_time, verdict
from nmt.corpus.check.report import CorpusReport, RoleSummary
from nmt.reports import Histogram, bullets, figure, histogram_svg, page, table, text


def html_report(report: CorpusReport) -> str:
    """Return the whole page. Corpus text is escaped, and characters that HTML forbids are replaced."""
    title = f"Corpus check: {report.source} to {report.target}"
    found = list(report.found())
    body = [
        f"<h1>{text(title)}</h1>",
        f'<p class="verdict">{text(verdict(report))}</p>',
        _files(report),
        f"<h2>Training time</h2><p>{text(training_time(report.training_time))}</p>",
        bullets(report.training_time.assumptions),
        "<h2>Findings</h2>",
        *map(_finding, found),
        "<p>None.</p>" if not found else "",
        _nothing(report.findings),
        *(_plots(name, summary) for name, summary in report.summaries.items()),
        "<h2>How it was looked</h2>",
        bullets(report.notes) or "<p>Every pair was looked at.</p>",
    ]
    return page(title, body)


def _files(report: CorpusReport) -> str:
    rows = [(item.file, ROLES[item.role], f"{item.pairs:,}", _reasons(item.left_out)) for item in report.files]
    domains = [(domain, f"{count:,}") for domain, count in report.domains.items()]
    kept = []
    for role, summary in report.summaries.items():
        share_kept = percent(summary.kept / summary.pairs) if summary.pairs else "none"
        kept.append((ROLES[role], f"{summary.pairs:,}", f"{summary.kept:,} ({share_kept})", _reasons(summary.left_out)))
    return (
        "<h2>What was read</h2>"
        + table(("file", "used for", "pairs", "left out"), rows)
        + "<h2>What training will use</h2>"
        + table(("used for", "pairs", "kept", "left out"), kept)
        + (table(("domain", "training pairs"), domains) if domains else "")
    )


def _reasons(left_out: Mapping[str, int]) -> str:
    return "; ".join(f"{count:,}: {reason}" for reason, count in left_out.items()) or "nothing left out"


def _finding(finding: Finding) -> str:
    kind = KINDS[finding.kind]
    details = "; ".join(f"{name.replace('_', ' ')}: {_plain(value)}" for name, value in finding.details.items())
    points = [("What it means", kind.meaning), ("What is done", finding.action), ("What you can do", kind.advice)]
    if details:
        points.append(("More", details))
    terms = "".join(f"<dt>{text(name)}</dt><dd>{text(value)}</dd>" for name, value in points)
    return (
        f'<article class="{finding.severity}"><h3>{text(kind.title)} '
        f'<span class="soft">in {text(ROLES[finding.role])} pairs</span></h3>'
        f'<p><span class="mark">{text(SEVERITIES[finding.severity])}</span>: {text(share(finding))}</p>'
        f"<dl>{terms}</dl>{_examples(finding.examples)}</article>\n"
    )


def _examples(examples: Sequence[Example]) -> str:
    if not examples:
        return ""
    with_notes = any(item.note for item in examples)
    rows = [(place(item), item.source, item.target, *([item.note] if with_notes else [])) for item in examples]
    return table(("where", "source", "target", "note")[: 3 + with_notes], rows)


def _nothing(findings: Iterable[Finding]) -> str:
    fine = {finding.kind: KINDS[finding.kind].title for finding in findings if finding.severity == "ok"}
    bad = {finding.kind for finding in findings if finding.severity != "ok"}
    titles = [title for kind, title in fine.items() if kind not in bad]
    return f"<p>Looked for and not found: {text(', '.join(titles).lower())}.</p>" if titles else ""


def _plots(role: Role, summary: RoleSummary) -> str:
    if not summary.pairs:
        return ""
    shown = [f"<h2>Lengths of {text(ROLES[role])} pairs</h2>"]
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
    return figure(caption, [name for name, _ in series], histogram_svg(caption, unit, series))


def _plain(value: int | float | str) -> str:
    return f"{value:,}" if isinstance(value, int | float) else value
