"""The short console report."""

from __future__ import annotations

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from nmt.corpus.check.finding import EXAMPLES, Finding
from nmt.corpus.check.kinds import KINDS
from nmt.corpus.check.output.wording import ROLES, SEVERITIES, place, share, training_time, verdict
from nmt.corpus.check.report import CorpusReport
from nmt.corpus.domains import domain_lines
from nmt.corpus.readers.left_out import in_words
from nmt.reports import one_line

_COLOURS = {"fatal": "bold red", "serious": "red", "warning": "yellow", "note": "cyan"}
_SHOWN = 80
"""Maximum number of characters of a text in an example."""


def print_report(report: CorpusReport, console: Console, examples: int = EXAMPLES) -> None:
    """Print the verdict, what was read, and every finding with up to `examples` examples."""
    console.print(Text(verdict(report), style="bold"))
    for role, summary in report.summaries.items():
        read = f"{role}: {summary.pairs:,} pairs read, {summary.kept:,} kept"
        console.print(Text(read + in_words(summary.left_out)))
    for line in domain_lines(report.domains):
        console.print(Text(line))
    for finding in report.found():
        console.print(_finding(finding, examples))
    for note in report.notes:
        console.print(Text(f"Note: {note}.", style="dim"))
    console.print(Text(f"Training time. {training_time(report.training_time)}"))


def _finding(finding: Finding, examples: int) -> RenderableType:
    title = Text(SEVERITIES[finding.severity], style=_COLOURS[finding.severity])
    title.append(f"  {KINDS[finding.kind].title} in {ROLES[finding.role]} pairs: {share(finding)}", style="default")
    title.append(f"; {finding.action}", style="dim")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 2), expand=False)
    for example in finding.examples[:examples]:
        note = f"  {one_line(example.note, _SHOWN)}" if example.note else ""
        table.add_row(
            Text(place(example), style="dim"),
            Text(f"{one_line(example.source, _SHOWN)} | {one_line(example.target, _SHOWN)}{note}"),
        )
    return Group(title, table) if table.row_count else title
