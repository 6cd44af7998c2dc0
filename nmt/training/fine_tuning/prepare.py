"""The corpus of a training and its settings: each follows in part from the other."""

from __future__ import annotations

from pathlib import Path

from nmt.training.data.prepare import PreparedCorpus, Sources, prepare
from nmt.training.fine_tuning.start import Start, begin, check_beginning
from nmt.training.settings.presets import Preset
from nmt.training.settings.resolved import kept_preset, planned
from nmt.training.settings.settings import Settings


def prepare_with_settings(
    settings: Settings,
    sources: Sources,
    run: Path,
    start: Start | None = None,
    place: Path | None = None,
    processes: int = 1,
    preset: Preset | None = None,
) -> tuple[PreparedCorpus, Settings]:
    """The corpus, in ids, and `settings` completed by the package to `start` from, or by `preset`, by default that for
    the size of the corpus.

    It is kept in `place`, by default `run`, the directory of the training, in which so many `processes` take part. A
    training that has begun goes on with what completed its settings then. Raises ConfigError on settings that
    contradict the package, CheckpointError when `run` is that of another training, and what `prepare` raises.
    """
    place = place or run
    check_beginning(run, start, sources.keep)
    if start:
        data = start.settings(settings).data
        begin(place, start)
        corpus = prepare(data, sources, place, training=run)
        completed = start.settings(settings, corpus.train, processes)
        kept = kept_preset(run)
        return corpus, settings.with_preset(kept) if kept else completed
    corpus = prepare(settings.data, sources, place, lambda pairs: planned(settings, pairs, run, preset).data, run)
    return corpus, planned(settings, corpus.stored.pairs, run, preset)
