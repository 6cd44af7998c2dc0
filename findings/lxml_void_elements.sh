#!/usr/bin/env bash
# lxml 6.1.3 (libxml2's HTML parser), read 2026-11-29.
# Valid HTML5: `<p>one<wbr>two</p>`, and `<video><source src=a><track src=b>text</video>`. `wbr`, `source` and `track`
# are void elements: they have no content and no end tag.
# A good guess: the parser knows that, and `two` is text of `p` behind `wbr`.
# What happens: libxml2 knows the void elements of HTML 4 alone. `two` becomes the content of `wbr`, `track` and `text`
# that of `source`, and the serialised page has `</wbr>`, `</source>` and `</track>`, which HTML5 calls errors.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'lxml==6.1.3'
"$work/venv/bin/python" - <<'PYTHON'
from lxml import html

paragraph = html.fragment_fromstring("<p>one<wbr>two</p>")
(wbr,) = paragraph
print("text in wbr:", wbr.text, "| text behind it:", wbr.tail)
written = html.tostring(html.fragment_fromstring("<video><source src=a><track src=b>text</video>"), encoding="unicode")
print("written:", written)
assert (wbr.text, wbr.tail) == ("two", None)
assert "</wbr>" in html.tostring(paragraph, encoding="unicode")
assert written == '<video><source src="a"><track src="b">text</track></source></video>'
PYTHON
