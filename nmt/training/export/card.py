"""The model card CARD.md: what a package is, how it was made and how good it is."""

from __future__ import annotations

import re

from nmt.runtime import Manifest
from nmt.scores import not_measured

_TEMPLATE = """# {name}: {source} to {target}

A recurrent encoder-decoder with separate weights, trained on the pairs below and exported to ONNX in {precision}.
{ancestor}It translates one sentence at a time. It knows what its corpora know: text unlike them comes out worse, and it
can be wrong while it sounds right. Check what matters.

## Scores
{scores}

## Made of
{corpora}

## Sizes
{sizes}

## How it was made
Created {created} with:

```
{command}
```
"""


CARD = "CARD.md"
"""File name in a package."""
_SCORES = re.compile(r"(?<=\n## Scores\n).*?(?=\n\n## )", re.DOTALL)


def model_card(manifest: Manifest, command: str, precision: str) -> str:
    """Return the card of a package; `command` is the command line that made it."""
    start = manifest.fine_tuned_from
    corpora = [f"| {c.name} | {c.pairs:,} | {c.licence} | {c.attribution} |" for c in manifest.corpora]
    sizes = [f"| {name} | {value} |" for name, value in manifest.model.items() if not isinstance(value, dict)]
    return _TEMPLATE.format(
        name=manifest.name,
        source=manifest.source,
        target=manifest.target,
        precision=precision,
        ancestor=f"It was fine-tuned from {start.name}, version {start.version}.\n" if start else "",
        scores=_score_table(manifest),
        corpora=markdown_table("corpus | pairs read | licence | attribution", corpora),
        sizes=markdown_table("setting | value", sizes),
        created=manifest.created,
        command=command,
    )


def card_with_scores(card: str, manifest: Manifest) -> str:
    """Return `card` with the scores that `manifest` has now. One that was written by hand stays as it is."""
    return _SCORES.sub(lambda _: _score_table(manifest), card, count=1)


def _score_table(manifest: Manifest) -> str:
    start = manifest.fine_tuned_from
    before = {(s.test_set, s.metric): f"{s.value:.1f}" for s in start.scores} if start else {}
    rows = [
        f"| {s.test_set} | {s.metric} | {s.value:.1f} | {s.beam_size} | `{s.signature}` |"
        + (f" {before.get((s.test_set, s.metric), '')} |" if before else "")
        for s in manifest.scores
    ]
    header = "test set | metric | value | beam | sacreBLEU signature" + " | before fine-tuning" * bool(before)
    unmeasured = not_measured(s.metric for s in manifest.scores)
    return markdown_table(header, rows) + f"\n\n{unmeasured}." * bool(unmeasured)


def markdown_table(header: str, rows: list[str]) -> str:
    """Return a table; `header` and each of `rows` separate their cells by |."""
    if not rows:
        return "None recorded."
    return "\n".join([f"| {header} |", "|" + "---|" * (header.count("|") + 1), *rows])
