"""The model card CARD.md: what a package is, how it was made and how good it is."""

from __future__ import annotations

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


def model_card(manifest: Manifest, command: str, precision: str) -> str:
    """Return the card of a package; `command` is the command line that made it."""
    start = manifest.fine_tuned_from
    before = {(s.test_set, s.metric): f"{s.value:.1f}" for s in start.scores} if start else {}
    scores = [
        f"| {s.test_set} | {s.metric} | {s.value:.1f} | {s.beam_size} | `{s.signature}` |"
        + (f" {before.get((s.test_set, s.metric), '')} |" if before else "")
        for s in manifest.scores
    ]
    unmeasured = not_measured(s.metric for s in manifest.scores)
    corpora = [f"| {c.name} | {c.pairs:,} | {c.licence} | {c.attribution} |" for c in manifest.corpora]
    sizes = [f"| {name} | {value} |" for name, value in manifest.model.items() if not isinstance(value, dict)]
    return _TEMPLATE.format(
        name=manifest.name,
        source=manifest.source,
        target=manifest.target,
        precision=precision,
        ancestor=f"It was fine-tuned from {start.name}, version {start.version}.\n" if start else "",
        scores=markdown_table(
            "test set | metric | value | beam | sacreBLEU signature" + " | before fine-tuning" * bool(before), scores
        )
        + f"\n\n{unmeasured}." * bool(unmeasured),
        corpora=markdown_table("corpus | pairs read | licence | attribution", corpora),
        sizes=markdown_table("setting | value", sizes),
        created=manifest.created,
        command=command,
    )


def markdown_table(header: str, rows: list[str]) -> str:
    """Return a table; `header` and each of `rows` separate their cells by |."""
    if not rows:
        return "None recorded."
    return "\n".join([f"| {header} |", "|" + "---|" * (header.count("|") + 1), *rows])
