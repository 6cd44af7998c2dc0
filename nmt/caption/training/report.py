"""The report of a captioner's training, written to the run directory as `report.html`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from nmt.caption.captioner import Caption
from nmt.caption.training.data import PreparedCaptions
from nmt.reports import page, table, text
from nmt.runtime import Score
from nmt.training.report.curves import curves
from nmt.training.report.history import read_history
from nmt.training.run.disk_space import write_small_file
from nmt.training.run.files import LOG

_MOST = 20
"""Maximum number of captions in a list."""


def write_caption_report(
    package: Path, run: Path, corpus: PreparedCaptions, captions: Sequence[Caption], scores: Sequence[Score]
) -> None:
    """Write the report on `package`, which gave `captions` to the held-out pictures. Raises DiskFull."""
    rows = [
        (pair.source, pair.target, caption.text) for pair, caption in zip(corpus.valid_pairs, captions, strict=True)
    ]
    wrong = [row for row in rows if row[1] != row[2]]
    title = f"Training report: {package.name}"
    said = ", ".join(f"{each.metric} {each.value:.1f}" for each in scores)
    header = ("picture", "reference", "caption")
    body = [
        f"<h1>{text(title)}</h1>",
        f'<p class="verdict">{text(f"{said} on {len(rows):,} held-out captions, as served.")}</p>',
        table(("what", "value"), [("training captions", f"{len(corpus.train):,}")]),
        curves(read_history(run / LOG)),
        f"<h2>{len(wrong):,} captions differ from their references</h2>",
        table(header, wrong[:_MOST]) if wrong else "",
        "<h2>First held-out pictures</h2>",
        table(header, rows[:_MOST]),
    ]
    write_small_file(run / "report.html", page(title, body).encode())
