"""Estimate the training time on this machine by measuring a few updates of the actual model."""

from __future__ import annotations

import copy
import platform
import statistics
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import torch

from nmt.corpus.batching import IdPairs, token_batches
from nmt.corpus.check import TrainingTime
from nmt.corpus.encoding import encode_pairs
from nmt.corpus.pairs import SentencePair
from nmt.training.data.lexicon import learn_lexicon
from nmt.training.data.vocabulary import learn_with_room
from nmt.training.optimization.initialization import new_model
from nmt.training.optimization.objective import Objective
from nmt.training.optimization.trainer import Trainer
from nmt.training.settings.presets import preset_for
from nmt.training.settings.resolved import preset_summary
from nmt.training.settings.settings import Settings
from tokenizer import SubwordTokenizer, TokenizerError

_PAIRS = 10_000
"""Pairs that the tokenizers are learned from here: they give about the right vocabulary size within seconds."""
_WARM_UP = 3
_MEASURED = 12
"""Number of measured updates; fewer would not be typical, because batches differ in length."""
_EVALUATION = 0.12
"""Assumed share of time that evaluation and checkpoints add to the updates; not measured, and reported as such."""


def predictor(settings: Settings, device: torch.device) -> Callable[[Sequence[SentencePair], int], TrainingTime]:
    """Return a function that predicts the training time from a sample of the kept pairs and their number."""

    def predict(sample: Sequence[SentencePair], kept: int) -> TrainingTime:
        complete = settings.with_preset(preset_for(kept))
        pairs = list(sample[:_PAIRS])
        try:
            source, target = _tokenizers(pairs, complete)
        except TokenizerError as error:
            return TrainingTime(skipped=f"no vocabulary could be learned ({error})")
        short = list(encode_pairs(pairs, source, target, complete.data.max_subwords))
        if not short:
            return TrainingTime(skipped="no pair of the sample is short enough to train on")
        _, sources, targets = zip(*short, strict=True)
        ids = IdPairs(sources, targets)
        sizes = source.vocabulary_size, target.vocabulary_size
        time = measured_time(ids, sizes, kept, 1 - len(short) / len(pairs), complete, device)
        return replace(time, assumptions=(preset_summary(complete, kept), *time.assumptions))

    return predict


def measured_time(
    ids: IdPairs, vocabularies: tuple[int, int], kept: int, too_long: float, settings: Settings, device: torch.device
) -> TrainingTime:
    """Predict the training time on `kept` pairs, of which a share `too_long` is left out and the rest is like `ids`."""
    return _time(_measure(ids, vocabularies, settings, device), ids, kept, too_long, settings, device)


def _tokenizers(pairs: Sequence[SentencePair], settings: Settings) -> tuple[SubwordTokenizer, SubwordTokenizer]:
    sources, targets = [pair.source for pair in pairs], [pair.target for pair in pairs]
    size = settings.data.vocabulary_size
    if settings.data.joint:
        joint = learn_with_room(lambda: [*sources, *targets], size)
        return joint, joint
    return learn_with_room(lambda: sources, size), learn_with_room(lambda: targets, size)


def _measure(ids: IdPairs, vocabularies: tuple[int, int], settings: Settings, device: torch.device) -> list[float]:
    """Return the seconds of each measured update on real batches; the random state is unchanged."""
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        model = new_model(settings.model_config(*vocabularies)).to(device)
        lexicon = learn_lexicon(_first(ids, _PAIRS), vocabularies[1]) if settings.training.guided_alignment else None
        original = copy.deepcopy(model).eval() if settings.training.remember else None
        objective = Objective(settings.training, device, lexicon, original)
        trainer = Trainer(model, ids, settings.training, device, Path(), fingerprint="", objective=objective)
        batches = token_batches(ids, settings.training.batch_tokens, np.random.default_rng(1))
        chosen = islice(cycle(batches), _WARM_UP + _MEASURED)
        return [trainer.update(ids.batch(batch)).seconds for batch in chosen][_WARM_UP:]


def _first(ids: IdPairs, count: int) -> IdPairs:
    chosen = range(min(count, len(ids)))
    return IdPairs([ids.source(index).tolist() for index in chosen], [ids.target(index).tolist() for index in chosen])


def _time(
    seconds: list[float], ids: IdPairs, kept: int, too_long: float, settings: Settings, device: torch.device
) -> TrainingTime:
    config = settings.training
    batches = token_batches(ids, config.batch_tokens, np.random.default_rng(1))
    pairs_an_update = len(ids) / len(batches)
    typical, slow = statistics.mean(seconds), statistics.quantiles(seconds, n=4)[2]
    earliest = min(config.max_updates, (config.patience + 1) * config.evaluate_every)
    factor = 1 + _EVALUATION
    return TrainingTime(
        device=f"{device.type}, {torch.get_num_threads()} threads, {platform.machine()}",
        updates=config.max_updates,
        seconds_an_update=statistics.median(seconds),
        shortest_seconds=earliest * typical,
        longest_seconds=config.max_updates * max(slow, typical) * factor,
        likely_seconds=config.max_updates * typical * factor,
        epochs=config.max_updates * pairs_an_update / max(1.0, kept * (1 - too_long)),
        too_long_share=too_long,
        assumptions=(
            f"measured on {len(seconds)} updates, in batches of this corpus' lengths, with the training's settings",
            f"the machine stays as busy as it is now, and evaluation and checkpoints add {_EVALUATION:.0%}",
            f"training goes on to training.max_updates={config.max_updates:,} unless validation does not improve for "
            f"training.patience={config.patience} evaluations",
            f"{too_long:.1%} of the kept pairs have more than data.max_subwords={settings.data.max_subwords} subwords "
            f"and are left out too",
        ),
    )
