"""The distillation corpus: the training text and the teachers' translations of it and of monolingual text.

It is kept in the run directory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from nmt.corpus import CorpusSpec
from nmt.corpus.held_out import Unseen
from nmt.errors import CheckpointError
from nmt.training.data.encoded_corpus import SourceCount, SourceState
from nmt.training.data.prepare import PreparedCorpus, Sources
from nmt.training.distillation.monolingual import (
    MonolingualText,
    parallel_weight,
    reverse_teachers,
    write_monolingual_text,
)
from nmt.training.distillation.teachers import Teacher, line_of
from nmt.training.fine_tuning.prepare import prepare_with_settings
from nmt.training.run.disk_space import reporting_full_disk, write_small_file
from nmt.training.run.files import DISTILLATION_CORPUS, UNTAUGHT, has_begun
from nmt.training.settings.presets import Preset, preset_for
from nmt.training.settings.settings import Settings

_VALID = "valid.tsv"
_LAYERS = 2
"""Minimum number of decoder layers: the larger corpus makes a second layer pay off where the text alone would not."""
_MORE_UPDATES = 0.35
"""Additional updates per teacher, as a share of the preset's updates."""


@dataclass(frozen=True, slots=True)
class DistillationCorpus:
    """The distillation corpus and the preset to train on it."""

    untaught: PreparedCorpus
    """The training text without the teachers' translations."""
    sources: Sources
    preset: Preset
    monolingual: tuple[int, ...] = ()
    """Number of sentences of each file of monolingual text."""


@dataclass(frozen=True, slots=True)
class _Record:
    """The lesson of a training, stored for resuming."""

    teachers: tuple[str, ...]
    texts: tuple[str, ...]
    """Names of the text files of the sources that have training pairs."""
    preset: Preset
    monolingual: str = ""
    """Name of the file of monolingual text, if there is any."""


def check_teachers(run: Path, teachers: Sequence[Teacher]) -> None:
    """Raise CheckpointError if the training in `run` has begun with other teachers than `teachers`.

    If no training has begun, the record of a lesson is removed; the translations are kept.
    """
    if not has_begun(run):
        (run / DISTILLATION_CORPUS).unlink(missing_ok=True)
        return
    record = _recorded(run)
    before = record.teachers if record else ()
    now = tuple(teacher.described for teacher in teachers)
    if before != now:
        was, is_ = (f"taught by {', '.join(each)}" if each else "without --teacher" for each in (before, now))
        raise CheckpointError(
            f"{run}: the training there began {was}, and this one is {is_}: name the same packages, train into another "
            f"--run-dir, or begin again (--restart)"
        )


def distillation_corpus(
    settings: Settings, sources: Sources, run: Path, teachers: Sequence[Teacher]
) -> DistillationCorpus:
    """Have the `teachers` translate the training pairs of `sources`, in `run`, resuming earlier translations.

    Those of the reverse direction translate its monolingual text too. The held-out pairs are the same as without
    teachers, and the teachers do not translate them. Raises what reading the sources and translating raise, and
    CheckpointError if the training in `run` has begun with other teachers or another monolingual text.
    """
    check_teachers(run, teachers)
    place = run / UNTAUGHT
    untaught, completed = prepare_with_settings(settings, sources, run, place=place)
    monolingual = _monolingual(sources, untaught, place)
    record = _recorded(run) or _Record(
        tuple(teacher.described for teacher in teachers),
        tuple(_write_texts(untaught, not sources.valid, place)),
        student_preset(completed, len(teachers))
        if monolingual is None
        else preset_for(untaught.stored.pairs + monolingual.count * len(reverse_teachers(teachers))),
        monolingual.path.name if monolingual else "",
    )
    if record.monolingual != (monolingual.path.name if monolingual else ""):
        raise CheckpointError(
            f"{run}: the training there began with another text for --monolingual: put it back, train into another "
            f"--run-dir, or begin again (--restart)"
        )
    own, made = _own_and_made(record, untaught, sources, place, teachers)
    if monolingual:
        own, translated = _with_monolingual(own, untaught, monolingual, sources, teachers)
        made += translated
    write_small_file(run / DISTILLATION_CORPUS, TypeAdapter(_Record).dump_json(record, indent=1))
    valid = (CorpusSpec((place / _VALID,), "tsv"),)
    keep = sources.keep and has_begun(run)
    return DistillationCorpus(
        untaught,
        replace(sources, train=(*own, *made), valid=valid, keep=keep),
        record.preset,
        monolingual.counts if monolingual else (),
    )


def distillation_preset(run: Path) -> Preset | None:
    """Return the preset of the lesson that another process stored in `run`, or None if there is none."""
    record = _recorded(run)
    return record.preset if record else None


def student_preset(untaught: Settings, teachers: int) -> Preset:
    """Return the preset of `untaught`, the settings for the text alone, enlarged for the number of `teachers`."""
    preset = untaught.preset
    assert preset is not None  # always set when training does not start from a package
    values = {
        **preset.values,
        "model.decoder_layers": max(int(preset.values["model.decoder_layers"]), _LAYERS),
        "training.max_updates": round(float(preset.values["training.max_updates"]) * (1 + _MORE_UPDATES * teachers)),
    }
    why = f"{preset.why}; two decoder layers and more updates for what {teachers} teacher{'s' * (teachers > 1)} made"
    return Preset(f"{preset.name}, taught", preset.up_to, why, values)


def _own_and_made(
    record: _Record, untaught: PreparedCorpus, sources: Sources, place: Path, teachers: Sequence[Teacher]
) -> tuple[list[CorpusSpec], list[CorpusSpec]]:
    """Return the text and each teacher's translations of it, both with the weight and domain of their source."""
    may_learn = Unseen(() if sources.valid else untaught.valid_pairs)
    counted = _with_text(untaught)
    own = [
        CorpusSpec((place / name,), "tsv", None, source.spec.weight, source.spec.domain)
        for name, (source, _) in zip(record.texts, counted, strict=True)
    ]
    made = [
        replace(text, paths=(teacher.translate(text, count.trained, may_learn, sources.passes),))
        for teacher in teachers
        for text, (_, count) in zip(own, counted, strict=True)
    ]
    return own, made


def _monolingual(sources: Sources, untaught: PreparedCorpus, place: Path) -> MonolingualText | None:
    """Write the monolingual text without the targets of held-out pairs, which would be in the training text then."""
    if not sources.monolingual:
        return None
    return write_monolingual_text(sources.monolingual, (pair.target for pair in untaught.valid_pairs), place)


def _with_monolingual(
    own: Sequence[CorpusSpec],
    untaught: PreparedCorpus,
    text: MonolingualText,
    sources: Sources,
    teachers: Sequence[Teacher],
) -> tuple[list[CorpusSpec], list[CorpusSpec]]:
    """Return the training text with the weight it needs beside the monolingual text, and the latter's translations."""
    may_learn = Unseen(() if sources.valid else untaught.valid_pairs)
    reverse = reverse_teachers(teachers)
    counts = (count.trained for _, count in _with_text(untaught))
    parallel = sum(spec.weight * count for spec, count in zip(own, counts, strict=True))
    factor = parallel_weight(parallel, text.count * len(reverse))
    made = [
        replace(text.spec, paths=(teacher.translate(text.spec, text.count, may_learn, sources.passes),))
        for teacher in reverse
    ]
    return [replace(spec, weight=spec.weight * factor) for spec in own], made


def _recorded(run: Path) -> _Record | None:
    path = run / DISTILLATION_CORPUS
    if not path.exists():
        return None
    try:
        return TypeAdapter(_Record).validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise CheckpointError(
            f"{path}: cannot be read as what the training there is taught by; begin again with --restart"
        ) from error


def _with_text(corpus: PreparedCorpus) -> list[tuple[SourceState, SourceCount]]:
    """Return the sources that have training pairs."""
    sources = zip(corpus.stored.state.train, corpus.stored.counts, strict=True)
    return [(source, count) for source, count in sources if count.trained]


def _write_texts(corpus: PreparedCorpus, held_out: bool, place: Path) -> list[str]:
    """Write the training pairs of each source that has some, and the validation pairs, to `place`.

    Return the names of the training files. They contain a hash of the pairs, and of the validation pairs if these were
    `held_out` of them. Translations are thus never reused for another text, and remain valid under other settings.
    """
    valid = "".join(f"{line_of(pair)}\n" for pair in corpus.valid_pairs).encode()
    write_small_file(place / _VALID, valid)
    names = []
    first = 0
    for _, count in _with_text(corpus):
        digest = hashlib.sha256(valid if held_out else b"")
        partial = place / "text.partial"
        with reporting_full_disk(partial, partial=partial), partial.open("wb") as stream:
            for index in range(first, first + count.trained):
                line = f"{line_of(corpus.pair(index))}\n".encode()
                digest.update(line)
                stream.write(line)
        names.append(f"text-{digest.hexdigest()[:16]}.tsv")
        partial.replace(place / names[-1])
        first += count.trained
    return names
