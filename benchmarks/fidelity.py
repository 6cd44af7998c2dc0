"""How often a translation loses what it has to keep: placeholders, tags, signs and breaks.

    python benchmarks/fidelity.py models/en-de --data ../shared/data/libreoffice-ui/en-de/train.en.gz README.md

prints a line for each kind of part: how many texts have it, and how many translations do not have it as often, in an
order that is valid. A file ending in `.gz` or `.txt` has a text on each line, a `.po` file in each message. Of all
these together `--texts` are drawn, among those with something to keep. A `.md` file is translated as a document, and
counts as one text.
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from nmt.decoding import DecodingOptions
from nmt.documents import Fragment, open_document
from nmt.runtime import Translator
from nmt.text import Markup, marked_steps, translate_texts
from nmt.text.steps import driven

KINDS = {
    "placeholder": re.compile(
        r"%(?:\(\w+\)|\d+\$)[-+#0]*\d*(?:\.\d+)?l?l?[A-Za-z]"  # %(name)s %1$s
        r"|%[-+#0']*\d*(?:\.\d+)?(?:hh|ll|[hlqLjzt])?[diouxXeEfFgGcsSpn@](?![A-Za-z]{2})"
        r"|\{\{[^{}]+\}\}|\$?\{[\w.\[\]:!,-]*\}|%[A-Z]{3,}%?|%\d+|\$\(\w+\)"
        r"|(?<!`)`(?![^`'\s]+'[.,;:!?)]?(?:\s|$))[^`\n]+`(?!`)"  # code, but not `quoted'
        r"|https?://[^\s<>\"')]+[^\s<>\"').,;:]"
    ),
    "tag": re.compile(r"</?[A-Za-z][^<>]*>"),
    "sign": re.compile(
        "[\u20ac\u00a3\u00a5\u00d7\u2192\u00b1\u2264\u2265\u00b0\u00bd\u00a7\u00a9\u2122\u00ae|~^\u2022]"
    ),
    "break": re.compile(r"\n|\t|\\n"),
}
FENCED = re.compile(r"^ *(```|~~~).*?^ *\1", re.DOTALL | re.MULTILINE)
"""A code block in Markdown, which stays and whose marks are not those of inline code."""
ORDERED = re.compile(r"%[-+#0']*\d*(?:\.\d+)?(?:ll|[hlz])?[diuxfgcs@]|<[^<>]+>")
"""What means something else in another order."""


@dataclass(slots=True)
class Tally:
    """How many texts have a kind of part, and which lost some of it."""

    texts: int = 0
    lost: list[tuple[str, str]] = field(default_factory=list)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path)
    parser.add_argument("--data", type=Path, nargs="+", required=True)
    parser.add_argument("--texts", type=int, default=5000, help="most lines and messages")
    parser.add_argument("--beam-size", type=int)
    parser.add_argument("--show", action="store_true", help="also print what went wrong")
    options = parser.parse_args()
    tallies = {kind: Tally() for kind in KINDS}
    with Translator.load(options.package, threads=1) as translator:
        settings = translator.options(beam_size=options.beam_size)
        pages = [path for path in options.data if path.suffix == ".md"]
        messages = drawn((each for path in options.data if path not in pages for each in texts_of(path)), options.texts)
        for message, translation in zip(messages, translated(messages, translator, settings), strict=True):
            count(message.text, translation, tallies)
        for path in pages:
            count(*translated_page(path, translator, settings), tallies)
    print(f"{'kind':<12}{'texts':>8}{'lost':>8}{'share':>10}")
    for kind, tally in tallies.items():
        share = len(tally.lost) / max(tally.texts, 1)
        print(f"{kind:<12}{tally.texts:>8,}{len(tally.lost):>8,}{share:>10.3%}")
        if options.show:
            print("".join(f"    {source!r} -> {target!r}\n" for source, target in tally.lost), end="")


def texts_of(path: Path) -> Sequence[Fragment]:
    """The lines of a file, or the messages of a catalogue."""
    content = path.read_bytes()
    if path.suffix == ".po":
        return open_document(path.name, content).texts
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    return [Fragment(line) for line in text.split("\n")]


def drawn(fragments: Iterable[Fragment], most: int) -> list[Fragment]:
    """At most `most` of the `fragments` that have something to keep, each once, the same in each run."""
    with_parts = [
        fragment
        for fragment in dict.fromkeys(fragments)
        if any(pattern.search(fragment.text) for pattern in KINDS.values())
    ]
    return random.Random(1).sample(with_parts, min(most, len(with_parts)))


def translated(fragments: Sequence[Fragment], translator: Translator, options: DecodingOptions) -> Iterator[str]:
    """Yield the translations of `fragments`."""
    for fragment in fragments:
        if fragment.form == "text":
            yield translate_texts(translator, [fragment.text], options)[0].text()
        else:
            markup = Markup(fragment.text)
            yield markup.with_texts(driven(marked_steps(markup.texts, translator), translator, options))


def translated_page(path: Path, translator: Translator, options: DecodingOptions) -> tuple[str, str]:
    """A document and its translation, without its code blocks."""
    document = open_document(path.name, path.read_bytes())
    done = document.with_texts(list(translated(document.texts, translator, options)))
    source, target = (
        " ".join(FENCED.sub("", text).split())  # lines may break at other words
        for text in (path.read_text(encoding="utf-8"), done.decode())
    )
    return source, target


def count(source: str, target: str, tallies: dict[str, Tally]) -> None:
    """Add a text and its translation to `tallies`."""
    for kind, pattern in KINDS.items():
        wanted = Counter(pattern.findall(source))
        if not wanted:
            continue
        tallies[kind].texts += 1
        in_order = [[part for part in pattern.findall(text) if ORDERED.fullmatch(part)] for text in (source, target)]
        if Counter(pattern.findall(target)) != wanted or in_order[0] != in_order[1]:
            tallies[kind].lost.append((source, target))


if __name__ == "__main__":
    main()
