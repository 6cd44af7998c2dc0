#!/usr/bin/env bash
# sentencex 1.0.32, read 2026-11-30.
# Valid input: one English sentence with names that begin with a full stop, and a label with numbers in brackets.
# A good guess: a full stop ends a sentence only where white space follows, and a bracket without one never does.
# What happens: "Use .NET or .Net today." comes as "Use .", "NET or ." and "Net today.", although "Use .net or .net
# today." comes whole. "Number (1) (2) (3)" comes as "Number ", "(1) " and "(2) (3)", although "See note (1) below" and
# "x (12) (13) y" come whole. German and French do the same.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'sentencex==1.0.32'
"$work/venv/bin/python" - <<'PYTHON'
from sentencex import segment

EXPECTED = {
    "Use .NET or .Net today.": ["Use .", "NET or .", "Net today."],
    "Use .net or .net today.": ["Use .net or .net today."],
    "Number (1) (2) (3)": ["Number ", "(1) ", "(2) (3)"],
    "See note (1) below": ["See note (1) below"],
    "x (12) (13) y": ["x (12) (13) y"],
}
for text, expected in EXPECTED.items():
    for language in ("en", "de", "fr"):
        found = list(segment(language, text))
        print(language, found)
        assert found == expected, (language, text)
PYTHON
