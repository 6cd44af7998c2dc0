"""What reordering a beam by the translator of the other direction brings ("noisy channel", Yee et al. 2019).

    python benchmarks/reverse_reranking.py models/en-de models/de-en \
        --pairs data/tatoeba/en-de/valid.en.gz data/tatoeba/en-de/valid.de.gz [--pairs ...] --sentences 600

prints a line a test set: BLEU of the first translations, then for each weight of score(y) + weight x log p(x | y) /
|x|, and of the best of each beam by its reference, which no order can exceed.
"""

from __future__ import annotations

import argparse
import gzip
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import sacrebleu
import torch

from nmt.inspect.packages import open_translator
from nmt.runtime import Translation, Translator
from tokenizer import END_ID, PAD_ID, START_ID

WEIGHTS_OF_REVERSE = (0.1, 0.3, 0.5, 1.0)
_AT_ONCE = 64
_MOST_SUBWORDS = 200


class Reverse:
    """log p(x | y), by the weights that a package keeps for fine-tuning."""

    def __init__(self, path: Path) -> None:
        opened = open_translator(path)
        self._model, self.tokenizer = opened.model, opened.source_tokenizer

    @torch.no_grad()
    def log_probs(self, translations: Sequence[str], sources: Sequence[str]) -> list[float]:
        """Return, for each pair, the log probability of the source given its translation."""
        found = [0.0] * len(sources)
        order = sorted(range(len(sources)), key=lambda index: len(translations[index]))
        for start in range(0, len(order), _AT_ONCE):
            part = order[start : start + _AT_ONCE]
            read = [[*self.tokenizer.encode(translations[index])[:_MOST_SUBWORDS], END_ID] for index in part]
            written = [[*self.tokenizer.encode(sources[index])[:_MOST_SUBWORDS], END_ID] for index in part]
            lengths = torch.tensor([len(ids) for ids in read])
            state = self._model.decoder.start(self._model.encoder(padded(read), lengths))
            targets = padded(written)  # (B, T)
            shifted = torch.cat((torch.full((len(part), 1), START_ID), targets[:, :-1]), dim=1)
            states, _, _ = self._model.decoder(shifted, state)
            scores = self._model.output(states).log_softmax(dim=2).gather(2, targets[..., None])[..., 0]
            for index, total in zip(part, (scores * (targets != PAD_ID)).sum(dim=1).tolist(), strict=True):
                found[index] = total
        return found


def padded(rows: Sequence[Sequence[int]]) -> torch.Tensor:
    """Return `rows` as (B, longest)."""
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[PAD_ID] * (longest - len(row))] for row in rows])


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path)
    parser.add_argument("reverse", type=Path)
    parser.add_argument("--pairs", nargs=2, type=Path, action="append", required=True, metavar=("SOURCE", "TARGET"))
    parser.add_argument("--sentences", type=int, default=600)
    parser.add_argument("--beam-size", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(1)
    reverse = Reverse(options.reverse)
    columns = ("0", *map(str, WEIGHTS_OF_REVERSE), "best")
    print("".join(f"{column:>7}" for column in columns), " test set")
    with Translator.load(options.package, threads=1) as translator:
        for paths in options.pairs:
            sources, references = ([*islice(lines(path), options.sentences)] for path in paths)
            results = translator.translate(sources, beam_size=options.beam_size, n_best=options.beam_size)
            beams = [result.translations for result in results]
            row = orders(beams, sources, references, reverse)
            print("".join(f"{value:7.1f}" for value in row), f" {paths[0]}", flush=True)


def orders(
    beams: Sequence[Sequence[Translation]], sources: Sequence[str], references: Sequence[str], reverse: Reverse
) -> list[float]:
    """Return BLEU of each way to choose from `beams`."""
    flat = [(translation.text, source) for beam, source in zip(beams, sources, strict=True) for translation in beam]
    scores = iter(reverse.log_probs([text for text, _ in flat], [source for _, source in flat]))
    back = [
        [next(scores) / (len(reverse.tokenizer.encode(source)) + 1) for _ in beam]
        for beam, source in zip(beams, sources, strict=True)
    ]
    found = []
    for weight in (0.0, *WEIGHTS_OF_REVERSE):
        chosen = [
            max(zip(beam, scored, strict=True), key=lambda both: both[0].score + weight * both[1])[0].text
            for beam, scored in zip(beams, back, strict=True)
        ]
        found.append(bleu(chosen, references))
    best = [
        max(beam, key=lambda each: sacrebleu.sentence_bleu(each.text, [reference]).score).text
        for beam, reference in zip(beams, references, strict=True)
    ]
    return [*found, bleu(best, references)]


def bleu(texts: Sequence[str], references: Sequence[str]) -> float:
    """Return the corpus BLEU of `texts`."""
    return float(sacrebleu.corpus_bleu(list(texts), [list(references)]).score)


def lines(path: Path) -> list[str]:
    """Return the lines of a text file compressed with gzip."""
    return gzip.decompress(path.read_bytes()).decode().removesuffix("\n").split("\n")


if __name__ == "__main__":
    main()
