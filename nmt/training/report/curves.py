"""Charts and tables of the course of a training."""

from __future__ import annotations

from collections.abc import Sequence

from nmt.reports import Line, figure, line_chart_svg, table, text
from nmt.training.report.history import EvaluationPoint, History

_STATIONS = 6
"""Maximum number of evaluations whose sample translations are shown."""


def curves(history: History) -> str:
    """Return charts of loss, scores, learning rate and gradient over updates, and the sample translations, as HTML."""
    updates, evaluations = history.updates, history.evaluations
    if not updates and not evaluations:
        return "<h2>How training went</h2><p>The log has nothing to show.</p>"
    best = history.best.update if history.best else None
    bleu = evaluations[-1].bleu_name if evaluations else ""
    charts = [
        update_chart(
            "Loss, nats a target token; training's has dropout and all that the settings add to it",
            [
                Line("training", [(point.update, point.loss) for point in updates]),
                Line("validation", [(point.update, point.loss) for point in evaluations]),
            ],
            best,
        ),
        update_chart(
            "Scores of greedy translations of the first validation pairs",
            [
                Line(bleu, [(point.update, point.bleu) for point in evaluations]),
                Line("chrF", [(point.update, point.chrf) for point in evaluations]),
            ],
            best,
        ),
        update_chart("Learning rate", [Line("rate", [(point.update, point.learning_rate) for point in updates])], best),
        update_chart(
            "Gradient norm before clipping",
            [Line("norm", [(point.update, point.gradient_norm) for point in updates])],
            best,
        ),
        update_chart(
            "Updates whose gradient was clipped, percent",
            [Line("clipped", [(point.update, 100 * point.clipped_share) for point in updates])],
            best,
        ),
    ]
    return "".join(
        [
            "<h2>How training went</h2>",
            f"<p>The dotted line is at the best update, {best:,}.</p>" if best else "",
            *charts,
            _figures(evaluations, bleu),
            _stations(evaluations),
        ]
    )


def update_chart(caption: str, lines: Sequence[Line], best: int | None) -> str:
    """Return a chart of one or two lines over updates, as HTML; a dotted line marks the update `best`."""
    shown = [line for line in lines if line.points]
    if not shown:
        return ""
    # For screen readers, say where the lines begin and end.
    ends = [f"{line.name} from {line.points[0][1]:.3g} to {line.points[-1][1]:.3g}" for line in shown]
    svg = line_chart_svg(f"{caption}, over updates: {'; '.join(ends)}", "update", shown, best)
    keys = [shown[0].name, *(f"{line.name} (dashed)" for line in shown[1:])] if len(shown) > 1 else []
    return figure(caption, keys, svg)


def _figures(evaluations: Sequence[EvaluationPoint], bleu: str) -> str:
    if not evaluations:
        return ""
    rows = [
        (
            f"{each.update:,}",
            f"{each.loss:.3f}",
            f"{each.bleu:.1f}",
            f"{each.chrf:.1f}",
            "best so far" if each.best else "",
        )
        for each in evaluations
    ]
    shown = table(("update", "validation loss", bleu, "chrF", ""), rows)
    return f"<details><summary>The figures of each evaluation</summary>{shown}</details>"


def _stations(evaluations: Sequence[EvaluationPoint]) -> str:
    """Return, for each sample of the last evaluation, its translations since the first evaluation, as HTML."""
    shown = []
    for sample in evaluations[-1].samples if evaluations else ():
        said = [
            (point.update, each.translation)
            for point in evaluations
            for each in point.samples
            if (each.source, each.reference) == (sample.source, sample.reference)
        ]
        rows = [(f"{update:,}", translation) for update, translation in _spread(said)]
        shown.append(
            f"<h3>{text(sample.source)}</h3><p>Reference: {text(sample.reference)}</p>"
            + table(("update", "translation"), rows)
        )
    return "<h2>The same sentences while training</h2>" + "".join(shown) if shown else ""


def _spread(items: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """Return at most `_STATIONS` evenly spaced items, including the first and the last."""
    if len(items) <= _STATIONS:
        return list(items)
    return [items[round(number * (len(items) - 1) / (_STATIONS - 1))] for number in range(_STATIONS)]
