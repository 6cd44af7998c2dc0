"""How often a translation loses what it has to keep: placeholders, tags, signs and breaks.

    python benchmarks/fidelity.py models/en-de --data ../shared/data/libreoffice-ui/en-de/train.en.gz README.md

prints a line for each kind of part: how many texts have it, and how many translations do not have it as often, in an
order that is valid. A file ending in `.gz` or `.txt` has a text on each line, of which `--texts` are drawn, those with
something to keep. A `.md` or `.po` file is translated as a document; of a catalogue, each message counts.
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from nmt.decoding import DecodingOptions
from nmt.documents import open_document
from nmt.runtime import Translator
from nmt.text import Markup, marked_steps, translate_texts
from nmt.text.steps import driven

KINDS = {
    "placeholder": re.compile(
        r"%(?:\(\w+\)|\d+\$)?[-+#0']*\d*(?:\.\d+)?(?:hh|ll|[hlqLjzt])?[diouxXeEfFgGcsSpn@](?![A-Za-z])"
        r"|\{\{[^{}]+\}\}|\$?\{[\w.\[\]:!,-]*\}|%[A-Z]{3,}%?|%\d+|\$\(\w+\)|(?<!`)`[^`\n]+`(?!`)|https?://[^\s<>\"')]+[^\s<>\"').,;:]"
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
    parser.add_argument("--texts", type=int, default=5000, help="most texts of a file of lines")
    parser.add_argument("--beam-size", type=int)
    parser.add_argument("--show", action="store_true", help="also print what went wrong")
    options = parser.parse_args()
    tallies = {kind: Tally() for kind in KINDS}
    with Translator.load(options.package, threads=1) as translator:
        settings = translator.options(beam_size=options.beam_size)
        for path in options.data:
            for source, target in translated(path, translator, settings, options.texts):
                count(source, target, tallies)
    print(f"{'kind':<12}{'texts':>8}{'lost':>8}{'share':>10}")
    for kind, tally in tallies.items():
        share = len(tally.lost) / max(tally.texts, 1)
        print(f"{kind:<12}{tally.texts:>8,}{len(tally.lost):>8,}{share:>10.3%}")
        if options.show:
            print("".join(f"    {source!r} -> {target!r}\n" for source, target in tally.lost), end="")


def translated(path: Path, translator: Translator, options: DecodingOptions, most: int) -> Iterator[tuple[str, str]]:
    """Yield the texts of a file or a catalogue and their translations, or a whole document and its translation."""
    if path.suffix in {".gz", ".txt"}:
        texts = drawn(lines(path), most)
        yield from zip(texts, (each.text() for each in translate_texts(translator, texts, options)), strict=True)
        return
    document = open_document(path.name, path.read_bytes())
    done: list[str] = []
    for fragment in document.texts:
        if fragment.form == "text":
            done.append(translate_texts(translator, [fragment.text], options)[0].text())
        else:
            markup = Markup(fragment.text)
            done.append(markup.with_texts(driven(marked_steps(markup.texts, translator), translator, options)))
    if path.suffix == ".po":  # the file has the texts beside their translations
        yield from zip((fragment.text for fragment in document.texts), done, strict=True)
    else:
        whole = path.read_text(encoding="utf-8"), document.with_texts(done).decode()
        source, target = (" ".join(FENCED.sub("", text).split()) for text in whole)  # lines may break at other words
        yield source, target


def lines(path: Path) -> list[str]:
    """The lines of a file, without repetitions."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
    return list(dict.fromkeys(text.split("\n")))


def drawn(texts: Iterable[str], most: int) -> list[str]:
    """At most `most` of the `texts` that have something to keep, the same in each run."""
    with_parts = [text for text in texts if any(pattern.search(text) for pattern in KINDS.values())]
    return random.Random(1).sample(with_parts, min(most, len(with_parts)))


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
