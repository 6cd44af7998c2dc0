"""The report of `nmt inspect cells` as one HTML page."""

from __future__ import annotations

from nmt.inspect.cell_report import CellsReport, ColoredText, PartReport
from nmt.inspect.unit_search import FeatureReport
from nmt.reports import heat_map, page, table, text, tinted

_EXPLAINED = (
    "Each character has the colour of one unit's activation after the model read it: blue above zero, orange below, "
    "stronger further from zero. A subword gives all its characters the same colour. Activations are h, or tanh(c)."
)


def cells_html(report: CellsReport) -> str:
    """Return the whole page; all text is escaped."""
    title = f"Cells of {report.model}"
    return page(
        title,
        [
            f"<h1>{text(title)}</h1>",
            f"<p>{_EXPLAINED}</p>",
            *(section for part in report.parts for section in _part(part)),
            *_attention(report),
        ],
    )


def _part(part: PartReport) -> list[str]:
    header = ("what is followed", "unit", "correlation", "told by a threshold", "without looking")
    rows = [(each.unit, each.feature, f"{each.correlation:+.2f}") for each in part.units]
    every = table(("unit", "what it follows best", "correlation"), rows)
    return [
        f"<h2>{text(part.title.capitalize())}: {part.characters:,} characters</h2>",
        "<p>The threshold is chosen on the first half of the text and counted on the second. Without looking, the more "
        "frequent answer is given everywhere.</p>",
        f'<div class="roomy">{table(header, map(_row, part.features))}</div>',
        *map(_colored, part.colored),
        f"<details><summary>All {len(part.units):,} units</summary>{every}</details>",
    ]


def _row(each: FeatureReport) -> tuple[str, ...]:
    told = "" if each.accuracy is None else f"{each.accuracy:.1%}"
    blind = "" if each.majority is None else f"{each.majority:.1%}"
    return each.feature, each.unit, f"{each.correlation:+.2f}", told, blind


def _colored(colored: ColoredText) -> str:
    pieces = zip(colored.text, colored.activations, strict=True)
    return f"<h3>{text(colored.unit)}, {text(colored.why)}</h3>{tinted(pieces)}"


def _attention(report: CellsReport) -> list[str]:
    if not report.attention:
        return []
    return [
        "<h2>Attention</h2>",
        "<p>Percent of its attention that each subword of the target (rows) paid to each of the source.</p>",
        *(
            heat_map(f"Pair {number}", each.source, list(zip(each.target, each.weights, strict=True)))
            for number, each in enumerate(report.attention, 1)
        ),
    ]
