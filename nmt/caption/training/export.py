"""Export a trained captioner as a package."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nmt.caption.manifest import CaptionManifest
from nmt.caption.training.graph import picture_graph
from nmt.caption.training.model import CaptionModel
from nmt.runtime import Score, Vocabulary, write_package
from nmt.runtime.manifest import ARRAYS, ENCODER, STEP, WEIGHTS
from nmt.training.data.vocabulary import TARGET
from nmt.training.export.card import markdown_table
from nmt.training.export.fine_tuning_weights import pack_weights
from nmt.training.export.graphs import model_arrays, step_graph, weights_of
from nmt.training.export.package import ExportPrecision
from nmt.training.run.disk_space import reporting_full_disk
from nmt.training.run.files import SETTINGS
from tokenizer import SubwordTokenizer

_CARD = """# {name}: pictures to {language}

A convolutional network and a recurrent decoder, trained on {captions:,} captions and exported to ONNX in {precision}.
It describes pictures like those that it was trained on; of others it says what it knows. Check what matters.

## Scores
{scores}

## How it was made
Created {created} with:

```
{command}
```
"""


@dataclass(frozen=True, slots=True)
class TrainedCaptioner:
    """A trained captioner and its metadata."""

    model: CaptionModel
    tokenizer: SubwordTokenizer
    max_subwords: int
    """Maximum number of subwords in a caption, including <END>."""
    precision: ExportPrecision
    language: str
    created: str
    command: str
    """The command line that made the package."""
    settings: str
    """All settings of the training, as YAML."""
    captions: int
    """Number of captions that it was trained on."""


def export_captioner(directory: Path, trained: TrainedCaptioner, scores: tuple[Score, ...] = ()) -> None:
    """Write the package to `directory`; an existing package is replaced only when the new one is complete."""
    model, int8 = trained.model, trained.precision == "int8"
    decoder, weights = model.config.decoder, weights_of(model)
    manifest = CaptionManifest(
        name=directory.name,
        language=trained.language,
        created=trained.created,
        image_size=model.config.image_size,
        model={**model.config.to_dict(), "parameters": model.parameter_count(), "precision": trained.precision},
        vocabulary=Vocabulary(file=TARGET, size=trained.tokenizer.vocabulary_size),
        max_subwords=trained.max_subwords,
        scores=scores,
    )
    files = {
        ENCODER: picture_graph(model.config, weights, int8),
        STEP: step_graph(decoder, weights, int8),
        ARRAYS: model_arrays(decoder, weights, int8),
        TARGET: trained.tokenizer.to_bytes(),
        WEIGHTS: pack_weights(model, int8),
        SETTINGS: trained.settings.encode(),
        "CARD.md": _card(manifest, trained).encode(),
    }
    with reporting_full_disk(directory, sum(map(len, files.values()))):
        write_package(directory, manifest, files)


def _card(manifest: CaptionManifest, trained: TrainedCaptioner) -> str:
    rows = [f"| {s.test_set} | {s.metric} | {s.value:.1f} | {s.beam_size} |" for s in manifest.scores]
    return _CARD.format(
        name=manifest.name,
        language=manifest.language,
        captions=trained.captions,
        precision=trained.precision,
        scores=markdown_table("pictures | metric | value | beam", rows),
        created=manifest.created,
        command=trained.command,
    )
