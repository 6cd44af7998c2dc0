"""Shallow fusion inside the search: what a language model of the target adds at every step of a beam search.

    python benchmarks/shallow_fusion.py PACKAGE --monolingual sentences.de --valid val.en val.de

Each candidate gets log p(y_t | y_<t, x) + weight x log p_LM(y_t | y_<t) (Gulcehre et al. 2015, section 4.1). The
language model is an LSTM over the subwords of the package, trained here on lines of text between `<START>` and `<END>`.
`nmt translate --lm` adds its scores after the search instead; docs/quality.md compares both.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from torch import Tensor
from torch.nn import functional
from torch.nn.utils.rnn import pad_sequence

from nmt.decoding import Candidates, DecodingOptions, decode, new_search
from nmt.model import Seq2Seq
from nmt.model.decoder import DecoderState
from nmt.runtime import ModelPackage
from nmt.training.fine_tuning.start import Start
from nmt.training.language_model.network import RecurrentLanguageModel, State
from nmt.training.language_model.settings import LanguageModelSettings
from tokenizer import END_ID, PAD_ID, START_ID

_AT_ONCE = 64
_LINES = 64
"""Lines of an update of the language model."""


@dataclass(frozen=True, slots=True)
class Fused:
    """The states of both models for the same rows."""

    translator: DecoderState
    language_model: State

    def select(self, rows: NDArray[np.int64]) -> Fused:
        """Reorder, repeat or drop rows."""
        index = torch.from_numpy(rows)
        kept, keys = self.translator, self.translator.keys
        layers = tuple(tuple(part[:, index] for part in layer) for layer in kept.layers)
        return Fused(
            DecoderState(layers, kept.values[index], None if keys is None else keys[index], kept.mask[index]),
            tuple(tuple(part[:, index] for part in layer) for layer in self.language_model),
        )


class FusedStep:
    """A step of a translator and a language model of the same subwords, whose log probabilities it adds."""

    def __init__(self, translator: Seq2Seq, language_model: RecurrentLanguageModel, weight: float) -> None:
        self._translator = translator
        self._language_model = language_model
        self._weight = weight

    def start(self, sources: Sequence[list[int]]) -> Fused:
        """Return the state before the first step for `sources`."""
        padded = pad_sequence([torch.tensor(ids) for ids in sources], batch_first=True, padding_value=PAD_ID)
        lengths = torch.tensor([len(ids) for ids in sources])
        return Fused(self._translator.start(padded, lengths), self._language_model.start(len(sources)))

    def __call__(self, tokens: NDArray[np.int64], state: Fused, k: int, steps: int) -> tuple[list[Candidates], Fused]:
        """Return the k best candidates (R, k) of one step by both models together."""
        read = torch.from_numpy(tokens)[:, None]
        hidden, translator, _ = self._translator.decoder(read, state.translator)
        logits, language_model = self._language_model(read, state.language_model)
        total = _log_probs(self._translator.output(hidden)) + self._weight * _log_probs(logits)  # (R, V)
        best = total.topk(k, dim=1)
        return [Candidates(best.indices.numpy(), best.values.numpy())], Fused(translator, language_model)


def _log_probs(logits: Tensor) -> Tensor:
    return torch.log_softmax(logits[:, -1], dim=1)


def translations(step: FusedStep, sources: Sequence[list[int]], limits: Sequence[int], beam: int) -> list[list[int]]:
    """Return the best translation of each of `sources`, in subwords of at most its limit."""
    found: list[list[int]] = []
    for first in range(0, len(sources), _AT_ONCE):
        chosen = range(first, min(first + _AT_ONCE, len(sources)))
        searches = [new_search(DecodingOptions(beam), START_ID, END_ID, limits[index]) for index in chosen]
        decode(step, step.start([sources[index] for index in chosen]), searches)
        found += [list(search.hypotheses()[0].tokens) for search in searches]
    return found


def trained(lines: Sequence[list[int]], vocabulary: int, updates: int) -> RecurrentLanguageModel:
    """Return a language model of `lines`."""
    settings = LanguageModelSettings(layers=1, hidden=256, embedding=128, dropout=0.2)
    model = RecurrentLanguageModel(settings, vocabulary)
    optimizer = torch.optim.Adam(model.parameters(), lr=settings.learning_rate)
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.02, updates)
    generator = np.random.default_rng(1)
    for update in range(1, updates + 1):
        loss = _loss(model, [lines[index] for index in generator.integers(0, len(lines), _LINES)])
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(model.parameters(), settings.clip_norm)
        optimizer.step()
        schedule.step()
        if update % 200 == 0:
            print(f"language model, update {update:,} of {updates:,}: {loss.item():.3f} nats a subword", flush=True)
    return model.eval()


def _loss(model: RecurrentLanguageModel, lines: Sequence[list[int]]) -> Tensor:
    """Return the mean cross-entropy of the subwords of `lines`, with `<END>`."""
    rows = [torch.tensor([START_ID, *line, END_ID]) for line in lines]
    whole = pad_sequence(rows, batch_first=True, padding_value=PAD_ID)  # (B, T + 1)
    logits, _ = model(whole[:, :-1], model.start(len(rows)))
    return functional.cross_entropy(logits.flatten(0, 1), whole[:, 1:].flatten(), ignore_index=PAD_ID)


def main() -> None:
    """Print BLEU and chrF for each weight and beam."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path)
    parser.add_argument("--monolingual", type=Path, required=True)
    parser.add_argument("--valid", type=Path, nargs=2, required=True, metavar=("SOURCE", "TARGET"))
    parser.add_argument("--weights", type=float, nargs="+", default=[0.0, 0.05, 0.1, 0.2, 0.3])
    parser.add_argument("--beams", type=int, nargs="+", default=[5])
    parser.add_argument("--updates", type=int, default=1500)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    start = Start.open(options.package)
    package: ModelPackage = start.package
    source, target = package.tokenizers()
    translator = Seq2Seq(start.config, PAD_ID)
    start.copy_weights(translator)
    lines = [target.encode(line) for line in options.monolingual.read_text(encoding="utf-8").splitlines()]
    language_model = trained(lines, target.vocabulary_size, options.updates)
    texts, references = (path.read_text(encoding="utf-8").splitlines() for path in options.valid)
    sources = [[*source.encode(text), END_ID] for text in texts]
    limits = [2 * len(ids) + 10 for ids in sources]
    print("| weight | beam | BLEU | chrF |\n|---|---|---|---|")
    with torch.inference_mode():
        for beam in options.beams:
            for weight in options.weights:
                step = FusedStep(translator.eval(), language_model, weight)
                written = [target.decode(ids) for ids in translations(step, sources, limits, beam)]
                scores = BLEU().corpus_score(written, [references]), CHRF().corpus_score(written, [references])
                print(f"| {weight:g} | {beam} | {scores[0].score:.1f} | {scores[1].score:.1f} |", flush=True)


if __name__ == "__main__":
    main()
