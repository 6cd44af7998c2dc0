#!/usr/bin/env bash
# sacreBLEU 2.6.0, read 2026-11-29.
# Valid input: labels of a user interface, each of one to three words, and translations that equal their references.
# A good guess: BLEU is 100, as chrF is.
# What happens: no text has four words, so the precision of 4-grams is 0 / 0, which counts as 0, and corpus BLEU is 0.
# With `effective_order` it is 100. A ruined translation and a perfect one have the same corpus BLEU.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'sacrebleu==2.6.0'
"$work/venv/bin/python" - <<'PYTHON'
from sacrebleu.metrics import BLEU, CHRF

labels = ["Save file", "Open", "Print this page", "Close window"]
ruined = ["x", "y", "z", "w"]
perfect = BLEU().corpus_score(labels, [labels]).score
effective = BLEU(effective_order=True).corpus_score(labels, [labels]).score
print("perfect:", perfect, "| effective order:", round(effective, 1), "| chrF:", CHRF().corpus_score(labels, [labels]).score)
print("ruined:", BLEU().corpus_score(ruined, [labels]).score)
assert perfect == 0.0
assert round(effective, 1) == 100.0
assert BLEU().corpus_score(ruined, [labels]).score == perfect
PYTHON
