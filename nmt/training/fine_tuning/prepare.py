"""Prepare the corpus and the settings of a training together, as each depends on the other."""

from __future__ import annotations

from pathlib import Path

from nmt.training.data.prepare import PreparedCorpus, Sources, prepare
from nmt.training.fine_tuning.start import Start, begin, check_beginning
from nmt.training.settings.presets import Preset
from nmt.training.settings.resolved import read_preset, resolved_settings
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
    """Return the encoded corpus, and `settings` completed by the package or the preset.

    The package to `start` from completes the settings; without one, `preset` does, by default the one for the size of
    the corpus. A training that has begun keeps what completed its settings then. The corpus is stored in `place`, by
    default the run directory `run`. `processes` is the number of training processes. Raises ConfigError if settings
    contradict the package, CheckpointError if `run` belongs to another training, and what `prepare` raises.
    """
    place = place or run
    check_beginning(run, start, sources.keep)
    if start:
        data = start.settings(settings).data
        begin(place, start)
        corpus = prepare(data, sources, place, training=run)
        completed = start.settings(settings, corpus.train, processes)
        kept = read_preset(run)
        return corpus, settings.with_preset(kept) if kept else completed
    corpus = prepare(
        settings.data, sources, place, lambda pairs: resolved_settings(settings, pairs, run, preset).data, run
    )
    return corpus, resolved_settings(settings, corpus.stored.pairs, run, preset)
