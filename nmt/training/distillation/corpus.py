"""What a model with teachers learns from: the text itself, and what each of them makes of it, kept in the run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from nmt.corpus import CorpusSpec, SentencePair
from nmt.corpus.held_out import Unseen
from nmt.errors import CheckpointError
from nmt.training.data.encoded_corpus import SourceCount, SourceState
from nmt.training.data.prepare import PreparedCorpus, Sources
from nmt.training.distillation.teachers import Teacher, line_of
from nmt.training.fine_tuning.prepare import prepare_with_settings
from nmt.training.run.disk_space import room_for, write_small_file
from nmt.training.run.files import DISTILLATION_CORPUS, UNTAUGHT, has_begun
from nmt.training.settings.presets import Preset
from nmt.training.settings.settings import Settings

_VALID = "valid.tsv"
_LAYERS = 2
"""Of the decoder, at least: with so much text a second one pays where the text alone is too little for it."""
_MORE_UPDATES = 0.35
"""For each teacher, as a share of those of the preset."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What to train on, and how."""

    untaught: PreparedCorpus
    """The text alone."""
    sources: Sources
    preset: Preset


@dataclass(frozen=True, slots=True)
class _Record:
    """The lesson of a training, for when it goes on."""

    teachers: tuple[str, ...]
    texts: tuple[str, ...]
    """Files with the text of each source that has some."""
    preset: Preset


def check_teachers(run: Path, teachers: Sequence[Teacher]) -> None:
    """Raises CheckpointError when a training in `run` has begun with others than `teachers`.

    A lesson that no training has begun with is forgotten, but for what was translated.
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


def lesson_of(settings: Settings, sources: Sources, run: Path, teachers: Sequence[Teacher]) -> Lesson:
    """Have the `teachers` translate the pairs of `sources` that are left to train on; kept in `run`, and gone on with.

    The held-out pairs are those of a training without teachers, who are given none of them.
    Raises what reading the sources and translating raise, and CheckpointError as `check_teachers` does.
    """
    check_teachers(run, teachers)
    untaught, completed = prepare_with_settings(settings, sources, run, place=run / UNTAUGHT)
    record = _recorded(run) or _Record(
        tuple(teacher.described for teacher in teachers),
        tuple(_write_texts(untaught, not sources.valid, run / UNTAUGHT)),
        taught_preset(completed, len(teachers)),
    )
    own, made = _own_and_made(record, untaught, sources, run / UNTAUGHT, teachers)
    write_small_file(run / DISTILLATION_CORPUS, TypeAdapter(_Record).dump_json(record, indent=1))
    valid = (CorpusSpec((run / UNTAUGHT / _VALID,), "tsv"),)
    keep = sources.keep and has_begun(run)
    return Lesson(untaught, replace(sources, train=(*own, *made), valid=valid, keep=keep), record.preset)


def lesson_preset(run: Path) -> Preset | None:
    """The preset of the lesson that is in `run`, for a process that has not given it; None where there is none."""
    record = _recorded(run)
    return record.preset if record else None


def taught_preset(untaught: Settings, teachers: int) -> Preset:
    """The preset that completed `untaught`, the settings for the text alone, with what `teachers` make worth while."""
    preset = untaught.preset
    assert preset is not None  # without a package to start from, nothing else completes settings
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
    """The text itself, and what each of the `teachers` makes of it; each with its source's weight and domain."""
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
    """The sources that have pairs to train on."""
    sources = zip(corpus.stored.state.train, corpus.stored.counts, strict=True)
    return [(source, count) for source, count in sources if count.trained]


def _write_texts(corpus: PreparedCorpus, held_out: bool, place: Path) -> list[str]:
    """The training pairs of each source that has some, and the validation pairs, as files in `place`; their names.

    They are named by what they hold, and by the validation pairs if these were `held_out` of them: what a teacher
    makes of one text is never taken for what it makes of another, and stays whatever the settings are.
    """
    valid = "".join(f"{line_of(pair)}\n" for pair in corpus.valid_pairs).encode()
    write_small_file(place / _VALID, valid)
    names = []
    first = 0
    for _, count in _with_text(corpus):
        digest = hashlib.sha256(valid if held_out else b"")
        partial = place / "text.partial"
        with room_for(partial, partial=partial), partial.open("wb") as stream:
            for index in range(first, first + count.trained):
                line = f"{line_of(_pair(corpus, index))}\n".encode()
                digest.update(line)
                stream.write(line)
        names.append(f"text-{digest.hexdigest()[:16]}.tsv")
        partial.replace(place / names[-1])
        first += count.trained
    return names


def _pair(corpus: PreparedCorpus, index: int) -> SentencePair:
    """As it was read: decoding undoes encoding."""
    source = corpus.source_tokenizer.decode(corpus.train.source(index).tolist())
    return SentencePair(source, corpus.target_tokenizer.decode(corpus.train.target(index).tolist()))
