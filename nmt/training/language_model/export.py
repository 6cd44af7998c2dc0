"""Export a trained language model as a package that is served without torch."""

from __future__ import annotations

import io
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from nmt.language_model import LanguageModelManifest
from nmt.language_model.package import ARRAYS, READ, VOCABULARY
from nmt.language_model.symbols import Symbols
from nmt.runtime import write_package
from nmt.runtime.manifest import WEIGHTS
from nmt.training.export.fine_tuning_weights import pack_weights
from nmt.training.language_model.graphs import input_arrays, reading_graph
from nmt.training.language_model.network import RecurrentLanguageModel
from nmt.training.language_model.settings import LanguageModelSettings
from nmt.training.run.disk_space import reporting_full_disk

SETTINGS = "settings.json"
"""All settings of a training, both in its run directory and in its package."""


def export_language_model(
    directory: Path,
    model: RecurrentLanguageModel,
    symbols: Symbols,
    settings: LanguageModelSettings,
    validation_loss: float,
    int8: bool,
    language: str | None = None,
) -> None:
    """Write the package to `directory`; an existing package is replaced only when the new one is complete.

    `validation_loss` is in nats per symbol, and `language` the code of the text's language, if it is known.
    """
    weights = {name: tensor.detach().numpy() for name, tensor in model.state_dict().items()}
    arrays = io.BytesIO()
    np.savez(arrays, allow_pickle=False, **input_arrays(settings, weights))
    files = {
        READ: reading_graph(settings, weights, int8),
        ARRAYS: arrays.getvalue(),
        VOCABULARY: symbols.to_bytes(),
        WEIGHTS: pack_weights(model, int8),
        SETTINGS: json.dumps(asdict(settings), indent=1).encode(),
    }
    manifest = LanguageModelManifest(
        name=directory.name,
        created=datetime.now(UTC).date().isoformat(),
        model={
            "cell": settings.cell,
            "layers": settings.layers,
            "hidden": settings.hidden,
            "embedding": settings.embedding,
            "parameters": model.parameter_count(),
            "precision": "int8" if int8 else "float32",
        },
        language=language,
        symbols=symbols.kind,
        vocabulary_size=symbols.size,
        validation_loss=validation_loss,
    )
    with reporting_full_disk(directory, sum(map(len, files.values()))):
        write_package(directory, manifest, files)
