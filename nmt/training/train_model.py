"""Train a new or fine-tuned model to its best weights."""

from __future__ import annotations

import copy
from pathlib import Path

import torch
from rich.console import Console

from nmt.corpus.subword_regularization import SubwordSplitter
from nmt.model import Seq2Seq
from nmt.training.data.lexicon import Lexicon
from nmt.training.data.prepare import PreparedCorpus
from nmt.training.fine_tuning.start import Start
from nmt.training.optimization.checkpoint import Position
from nmt.training.optimization.distributed import Ranks
from nmt.training.optimization.evaluation import evaluator
from nmt.training.optimization.initialization import new_model
from nmt.training.optimization.lexicon_embeddings import begin_from_lexicon
from nmt.training.optimization.objective import Objective
from nmt.training.optimization.trainer import Evaluation, Observer, Trainer, UpdateReport
from nmt.training.optimization.training_log import TrainingLog
from nmt.training.run.files import LOG
from nmt.training.settings.resolved import write_resolved_settings
from nmt.training.settings.settings import Settings


def train_model(
    corpus: PreparedCorpus,
    settings: Settings,
    lexicon: Lexicon,
    device: torch.device,
    run: Path,
    console: Console,
    ranks: Ranks,
    start: Start | None = None,
) -> Seq2Seq:
    """Train on `corpus` or resume from the last checkpoint in `run`; return the best model, in eval mode."""
    config = settings.training
    torch.manual_seed(config.seed)
    sizes = corpus.source_tokenizer.vocabulary_size, corpus.target_tokenizer.vocabulary_size
    model = new_model(settings.model_config(*sizes))
    if start:
        start.copy_weights(model)
    elif config.begin_from_lexicon and ranks.is_first:
        begin_from_lexicon(model, lexicon, corpus.train)
    ranks.take_from_first([parameter.data for parameter in model.parameters()])
    began = [{"fine_tuned_from": start.package.manifest.version}] if start else []
    fingerprint = corpus.fingerprint(model.config.identity(), config.identity(), *began)
    splitters = SubwordSplitter(corpus.source_tokenizer), SubwordSplitter(corpus.target_tokenizer)
    original = copy.deepcopy(model).to(device).eval() if start and config.remember else None
    objective = Objective(config, device, lexicon, original)
    trainer = Trainer(model, corpus.train, config, device, run, fingerprint, splitters, objective, ranks)
    if trainer.resume():
        console.print(f"going on from update {trainer.position.update:,} in {run}")
    console.print(
        f"{len(corpus.train):,} pairs, {model.parameter_count():,} parameters, {config.max_updates:,} updates"
    )
    evaluate = evaluator(corpus, config.batch_tokens, config.evaluate_pairs, device)
    if not ranks.is_first:
        trainer.run(evaluate, _Unseen())
        return model
    write_resolved_settings(settings, run)
    with TrainingLog(console, run / LOG, config.max_updates, trainer.position.update) as log:
        for note in trainer.notes:
            log.noted(note)
        trainer.run(evaluate, log)
    return model.cpu().eval()


class _Unseen(Observer):
    """Ignores all events: only the first process is observed."""

    def updated(self, report: UpdateReport, position: Position) -> None:
        """Do nothing."""

    def evaluated(self, evaluation: Evaluation, position: Position, best: bool) -> None:
        """Do nothing."""
