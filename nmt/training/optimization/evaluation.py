"""Validation loss, and BLEU and chrF of the torch model's greedy translations, during training."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray

from nmt.corpus.batching import Batch, IdPairs, token_batches
from nmt.decoding import Candidates, GreedySearch, LengthModel, decode
from nmt.model import DecoderModel
from nmt.model.decoder import DecoderState
from nmt.scores import score
from nmt.training.data.prepare import PreparedCorpus
from nmt.training.optimization.loss import summed_cross_entropy
from nmt.training.optimization.trainer import Evaluation, Sample
from tokenizer import END_ID, PAD_ID, START_ID

_SENTENCES = 128
"""Sentences per translation batch."""


def validation_loss(model: DecoderModel, pairs: IdPairs, batch_tokens: int, device: torch.device) -> float:
    """Return the cross-entropy without label smoothing, in nats per target token."""
    total, tokens = 0.0, 0
    model.eval()
    with torch.no_grad():
        for indices in token_batches(pairs, batch_tokens, np.random.default_rng(0)):
            batch = pairs.batch(indices).to(device)
            states = model.states(batch.source, batch.source_length, batch.target_input)
            real = batch.target_output != PAD_ID
            output = model.output
            loss = summed_cross_entropy(states[real][None], output.weight, output.bias, batch.target_output[real], 0.0)
            total += loss.item()
            tokens += batch.target_tokens
    return total / tokens


def evaluator(
    corpus: PreparedCorpus, batch_tokens: int, pairs: int, device: torch.device
) -> Callable[[DecoderModel], Evaluation]:
    """Return a function that evaluates a model: its loss on all held-out pairs, greedy scores on the first `pairs`."""
    count = min(pairs, len(corpus.valid_pairs))
    shown = typical_pairs([pair.source for pair in corpus.valid_pairs[:count]])
    sources = [corpus.valid.source(index).tolist() for index in range(count)]
    references = [pair.target for pair in corpus.valid_pairs[:count]]
    language = corpus.stored.state.direction.target

    def evaluate(model: DecoderModel) -> Evaluation:
        loss = validation_loss(model, corpus.valid, batch_tokens, device)
        ids = translate_ids(model, sources, corpus.length, device)
        translations = [corpus.target_tokenizer.decode(row) for row in ids]
        scores = score(translations, references, language)
        samples = tuple(
            Sample(corpus.valid_pairs[index].source, references[index], translations[index]) for index in shown
        )
        return Evaluation(loss, scores.bleu, scores.chrf, samples, scores.bleu_name)

    return evaluate


def typical_pairs(sources: Sequence[str]) -> list[int]:
    """Return the indices of a short, a medium and a long sentence; fewer if there are not as many."""
    by_length = sorted(range(len(sources)), key=lambda index: len(sources[index]))
    return list(dict.fromkeys(by_length[len(sources) * quarter // 4] for quarter in (1, 2, 3))) if sources else []


def translate_ids(
    model: DecoderModel, sources: Sequence[Sequence[int]], length: LengthModel, device: torch.device
) -> list[list[int]]:
    """Return greedy translations of `sources` (ids without special ids), in the same order."""
    translations: list[list[int]] = [[] for _ in sources]
    by_length = sorted(range(len(sources)), key=lambda index: len(sources[index]))
    for start in range(0, len(by_length), _SENTENCES):
        chunk = by_length[start : start + _SENTENCES]
        rows = IdPairs([sources[index] for index in chunk], [[] for _ in chunk]).batch(range(len(chunk)))
        limits = [length.limit(len(sources[index])) for index in chunk]
        for index, ids in zip(chunk, greedy_ids(model, rows.to(device), limits), strict=True):
            translations[index] = ids
    return translations


def greedy_ids(model: DecoderModel, rows: Batch, limits: Sequence[int]) -> list[list[int]]:
    """Return the greedy targets, of at most `limits` subwords each, for the sources of `rows`."""
    searches = [GreedySearch(START_ID, END_ID, limit) for limit in limits]
    with torch.no_grad():
        decode(TorchStep(model), TorchState(model.start(rows.source, rows.source_length)), searches)
    return [list(search.hypotheses()[0].tokens) for search in searches]


@dataclass(frozen=True, slots=True)
class TorchState:
    """The decoder state of R rows, for the search."""

    decoder: DecoderState

    def select(self, rows: NDArray[np.int64]) -> Self:
        """Return the state of `rows` (R',), which may reorder, repeat or drop rows."""
        index = torch.from_numpy(rows).to(self.decoder.values.device)
        keys, vector = self.decoder.keys, self.decoder.vector
        return replace(
            self,
            decoder=DecoderState(
                tuple(tuple(part[:, index] for part in layer) for layer in self.decoder.layers),
                self.decoder.values[index],
                None if keys is None else keys[index],
                self.decoder.mask[index],
                None if vector is None else vector[index],
            ),
        )


class TorchStep:
    """One step of the torch decoder, an implementation of `nmt.decoding.Step`."""

    def __init__(self, model: DecoderModel) -> None:
        self._model = model

    def __call__(
        self, tokens: NDArray[np.int64], state: TorchState, k: int, steps: int
    ) -> tuple[list[Candidates], TorchState]:
        """Return the k best next subwords of each row after `tokens` (R,), and the next state."""
        previous = torch.from_numpy(tokens).to(state.decoder.values.device).unsqueeze(1)  # (R, 1)
        states, after, _ = self._model.decoder(previous, state.decoder)
        log_probs = torch.log_softmax(self._model.output(states[:, 0]).float(), dim=1)  # (R, V)
        best, ids = log_probs.topk(k, dim=1)
        return [Candidates(ids.cpu().numpy(), best.cpu().numpy())], TorchState(after)
