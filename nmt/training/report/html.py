"""The training report as one HTML page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from nmt.corpus.check.output.wording import duration
from nmt.reports import Histogram, figure, heat_map, histogram_svg, page, table, text
from nmt.scores import not_measured
from nmt.training.report.comparison import Comparison, ScoreChange
from nmt.training.report.curves import curves
from nmt.training.report.report import TrainingReport
from nmt.training.report.sentences import AttentionMap, SentenceReport, SentenceScore

_SIGNIFICANT = 0.05


def html_report(report: TrainingReport) -> str:
    """Return the whole page; all text from the corpus is escaped."""
    title = f"Training report: {report.source} to {report.target}"
    body = [
        f"<h1>{text(title)}</h1>",
        f'<p class="verdict">{text(_verdict(report))}</p>',
        _summary(report),
        curves(report.history),
        _comparison(report.comparison, report.sentences.name),
        _sentences(report.sentences),
        _attention(report.attention),
        "<h2>Best translations</h2>",
        _examples(report.sentences.best),
        "<h2>Worst translations</h2>",
        "<p>A low score may also mean a free or a wrong reference.</p>",
        _examples(report.sentences.worst),
    ]
    return page(title, body)


def _verdict(report: TrainingReport) -> str:
    scores = [f"{score.metric} {score.value:.1f} on {score.test_set}" for score in report.scores]
    said = f"{report.package}: {', '.join(scores)}."
    comparison = report.comparison
    if comparison is None or comparison.problem:
        return said
    scored = {(score.test_set, score.metric) for score in report.scores}
    changes = [_change(each) for each in comparison.changes if (each.test_set, each.metric) in scored]
    return f"{said} Against the package before: {'; '.join(changes)}."


def _change(change: ScoreChange) -> str:
    if change.p_value is None:
        sure = "not tested"
    else:
        sure = "significant" if change.p_value < _SIGNIFICANT else "not significant"
    return f"{change.metric} {change.now - change.before:+.1f} on {change.test_set} ({sure})"


def _summary(report: TrainingReport) -> str:
    best = report.history.best
    early = 0 < report.updates < report.max_updates
    rows = [
        ("languages", f"{report.source} to {report.target}"),
        ("training pairs", f"{report.training_pairs:,}"),
        ("validation pairs", f"{report.validation_pairs:,}"),
        ("parameters", f"{report.parameters:,}"),
        ("updates", f"{report.updates:,} of {report.max_updates:,}{_EARLY if early else ''}"),
        ("time spent training", duration(report.seconds)),
        ("best update", f"{best.update:,}, validation loss {best.loss:.3f}" if best else "not in the log"),
        ("created", report.created),
    ]
    scores = [(each.test_set, each.metric, f"{each.value:.1f}", str(each.beam_size)) for each in report.scores]
    unmeasured = not_measured(each.metric for each in report.scores)
    return (
        "<h2>Summary</h2>"
        + table(("what", "value"), rows)
        + "<h2>Final scores</h2>"
        + table(("test set", "metric", "score", "beam"), scores)
        + (f"<p>{text(unmeasured)}.</p>" if unmeasured else "")
    )


_EARLY = ": validation stopped improving"


def _comparison(comparison: Comparison | None, looked_at: str) -> str:
    title = "<h2>Compared with the package before</h2>"
    if comparison is None:
        return f"{title}<p>There was none.</p>"
    if comparison.problem:
        return f"{title}<p>Not compared: {text(comparison.problem)}.</p>"
    rows = [
        (
            each.test_set,
            each.metric,
            f"{each.before:.1f}",
            f"{each.now:.1f}",
            f"{each.now - each.before:+.1f}",
            "not tested" if each.p_value is None else f"{each.p_value:.3f}",
        )
        for each in comparison.changes
    ]
    shown = [
        title,
        f"<p>That one, version {text(comparison.version)}, was created {text(comparison.created)}. p is how probable "
        f"so large a difference is if both models are equally good (paired bootstrap); below {_SIGNIFICANT:g} it is "
        f"called significant. If it was trained on pairs that are validation pairs now, its scores on them are too "
        f"high.</p>",
        _roomy(("test set", "metric", "before", "now", "difference", "p"), rows),
        f"<p>Of the {text(looked_at)} pairs {comparison.differing:,} are translated differently.</p>",
    ]
    if comparison.differences:
        differences = [
            (
                each.source,
                each.reference,
                f"{each.before} ({each.chrf_before:.0f})",
                f"{each.now} ({each.chrf_now:.0f})",
            )
            for each in comparison.differences
        ]
        shown.append("<h3>Where they differ most, with the chrF of each</h3>")
        shown.append(_roomy(("source", "reference", "before", "now"), differences))
    return "".join(shown)


def _sentences(report: SentenceReport) -> str:
    name = report.name
    lengths = [("references", report.reference_characters), ("translations", report.translation_characters)]
    return "".join(
        [
            f"<h2>Translations of the {text(name)} pairs</h2>",
            f"<p>{report.sentences:,} sentences. All translations together are {report.length_ratio:.2f} times as long "
            f"as their references; {report.not_ended:,} were cut by the limit of length.</p>",
            _histogram("How many characters a text has", "characters", lengths),
            _histogram("chrF of each sentence by itself", "chrF", [("sentences", report.chrf)]),
            _histogram(
                "How sure the model is: the probability it gives a subword of its translation (geometric mean)",
                "probability",
                [("sentences", report.probability)],
            ),
        ]
    )


def _histogram(caption: str, unit: str, series: Sequence[tuple[str, Histogram]]) -> str:
    return figure(caption, [name for name, _ in series if len(series) > 1], histogram_svg(caption, unit, series))


def _attention(maps: Sequence[AttentionMap]) -> str:
    if not maps:
        return "<h2>Attention</h2><p>This model has none.</p>"
    explained = "Percent of its attention that each subword of the translation (rows) paid to each of the source."
    return f"<h2>Attention</h2><p>{explained}</p>" + "".join(map(_heat_map, count(1), maps))


def _heat_map(number: int, shown: AttentionMap) -> str:
    return heat_map(f"Sentence {number}", shown.source, list(zip(shown.target, shown.weights, strict=True)))


def _examples(examples: Sequence[SentenceScore]) -> str:
    rows = [
        (each.source, each.reference, each.translation, f"{each.chrf:.0f}", f"{each.probability:.0%}")
        for each in examples
    ]
    return _roomy(("source", "reference", "translation", "chrF", "probability"), rows)


def _roomy(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table that scrolls horizontally on narrow screens."""
    return f'<div class="roomy">{table(header, rows)}</div>'
