"""Draw docs/sentence.svg: the way of a sentence through the service, with what a package made of it at each stage.

python docs/sentence.py models/en-de "Good morning! Write to ana@example.org today." > docs/sentence.svg
"""

from __future__ import annotations

import argparse
import ast
from pathlib import Path
from xml.sax.saxutils import escape

from nmt.runtime import ModelPackage, Translator
from nmt.text import translate_texts
from nmt.text.protected.parts import protected_parts
from nmt.text.sentences import segments
from tokenizer import SubwordTokenizer

ROOT = Path(__file__).parents[1]
_WIDTH, _HEIGHT, _GAP, _MARGIN = 860, 58, 20, 16
"""Of a stage and between stages, in pixels."""
_STYLE = (
    "rect{fill:#f2f6fb;stroke:#44617b}text{font:14px sans-serif;fill:#1c2b38}.where{font:12px monospace;fill:#44617b}"
    ".value{font:13px monospace}path{fill:none;stroke:#8fa3b5;stroke-width:1.2}svg{background:#fff}"
)
WHERE = {
    "request": "service/translating/answerer.py::Answerer.answer",
    "sentences": "nmt/text/sentences/segmentation.py::segments",
    "protected parts": "nmt/text/protected/parts.py::protected_parts",
    "subwords": "tokenizer/subword.py::SubwordTokenizer.encode",
    "encoder": "nmt/runtime/native/engine.py::NativeBatch.admit",
    "decoder steps": "nmt/runtime/native/engine.py::NativeBatch.step",
    "search": "nmt/decoding/beam.py::BeamSearch.advance",
    "text": "tokenizer/subword.py::SubwordTokenizer.decode",
    "checks": "nmt/text/protected/parts.py::missing_parts",
    "answer": "nmt/text/translation.py::translate_texts",
}
"""The stages in order, each with the function that does it."""


def check_functions() -> None:
    """Raises ValueError when a function of `WHERE` is not in the code."""
    for where in WHERE.values():
        path, _, name = where.partition("::")
        inside: list[ast.stmt] = ast.parse((ROOT / path).read_text(encoding="utf-8")).body
        for part in name.split("."):
            found = [node for node in inside if getattr(node, "name", None) == part]
            if not found:
                raise ValueError(f"{path} has no {name}: correct WHERE in docs/sentence.py")
            inside = getattr(found[0], "body", [])


def values(translator: Translator, path: Path, text: str) -> dict[str, str]:
    """What each stage gives for `text`, as a line to show."""
    found = segments(text, translator.manifest.source, translator.count_subwords)
    parts = protected_parts(text)
    last = translate_texts(translator, [text], translator.options())[0].sentences[-1]
    result = translator.translate([found[-1].core])[0]
    best = result.translations[0]
    package = ModelPackage.open(path)
    source = SubwordTokenizer(package.read(package.manifest.vocabulary.source.file))
    ids = source.encode(found[-1].core)
    model = translator.manifest.model
    width = int(str(model["encoder_hidden"])) * (2 if model["bidirectional"] else 1)
    return {
        "request": f'{{"q": "{text}"}}',
        "sentences": " | ".join(segment.core for segment in found),
        "protected parts": ", ".join(text[part.start : part.end] for part in parts) or "none",
        "subwords": " ".join(source.pieces(ids)),
        "encoder": f"{len(ids)} + <END> states of {width} numbers",
        "decoder steps": " ".join(translator.subwords(best)),
        "search": f"beam {translator.options().beam_size}, score {best.score:.2f}, stopped at <END>",
        "text": result.text,
        "checks": "numbers stood in for protected parts"
        if last.used_stand_ins
        else "the translation has every protected part",
        "answer": translate_texts(translator, [text], translator.options())[0].text(),
    }


def svg(shown: dict[str, str]) -> str:
    """The drawing: a box a stage with its function and its value, an arrow to the next."""
    height = len(WHERE) * (_HEIGHT + _GAP) - _GAP + 2 * _MARGIN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH + 2 * _MARGIN} {height}" role="img">',
        f"<title>The way of a sentence</title><style>{_STYLE}</style>",
        '<marker id="to" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<polygon points="0,0 8,4 0,8" fill="#8fa3b5"/></marker>',
    ]
    for number, (stage, where) in enumerate(WHERE.items()):
        top = _MARGIN + number * (_HEIGHT + _GAP)
        lines.append(f'<rect x="{_MARGIN}" y="{top}" width="{_WIDTH}" height="{_HEIGHT}" rx="5"/>')
        lines.append(f'<text x="{_MARGIN + 12}" y="{top + 22}">{stage}</text>')
        lines.append(f'<text class="where" x="{_MARGIN + 170}" y="{top + 22}">{escape(where)}</text>')
        lines.append(f'<text class="value" x="{_MARGIN + 170}" y="{top + 44}">{escape(shown[stage])}</text>')
        if number:
            middle = _MARGIN + 60
            lines.append(f'<path marker-end="url(#to)" d="M{middle},{top - _GAP} L{middle},{top - 1}"/>')
    return "\n".join([*lines, "</svg>"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path)
    parser.add_argument("text")
    options = parser.parse_args()
    check_functions()
    with Translator.load(options.package) as loaded:
        print(svg(values(loaded, options.package, options.text)))
