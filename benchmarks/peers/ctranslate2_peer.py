"""A Transformer in CTranslate2, timed: ctranslate2_peer.py MODEL LENGTHS THREADS, in an environment of its own.

The model has random weights in the sizes of Argos Translate's packages: 6 + 6 layers, 512, 8 heads, 2048, 32,000
subwords, int8. It is written to MODEL when that is absent. LENGTHS is a JSON list of source lengths. Sources are random
subwords, and every output has exactly the mean length of the sources, because random weights write no <END>.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from ctranslate2.specs import TransformerSpec

_LAYERS, _HEADS, _SIZE, _INNER, _VOCABULARY = 6, 8, 512, 2048, 32_000
_BATCH = 64
_SINGLES = 20
_generator = np.random.default_rng(0)


def main() -> None:
    """As the module says; print tokens per second and milliseconds of one sentence as JSON."""
    model, threads = Path(sys.argv[1]), int(sys.argv[3])
    lengths = json.loads(Path(sys.argv[2]).read_text())
    if not model.exists():
        write_model(model)
    written = round(statistics.mean(lengths))
    sources = [[str(number) for number in _generator.integers(4, _VOCABULARY, length)] for length in lengths]
    figures: dict[str, float] = {}
    for beam in (1, 5):
        options = {"beam_size": beam, "min_decoding_length": written, "max_decoding_length": written}
        # A batch a thread, or a batch for all threads: the better counts.
        for workers, each in {(1, threads), (threads, 1)}:
            translator = ctranslate2.Translator(
                str(model), compute_type="int8", inter_threads=workers, intra_threads=each
            )
            translator.translate_batch(sources[:_BATCH], max_batch_size=_BATCH, **options)
            start = time.perf_counter()
            results = translator.translate_batch(sources, max_batch_size=_BATCH, **options)
            seconds = time.perf_counter() - start
            rate = sum(len(result.hypotheses[0]) for result in results) / seconds
            figures[f"tokens.beam{beam}"] = max(rate, figures.get(f"tokens.beam{beam}", 0.0))
        translator = ctranslate2.Translator(str(model), compute_type="int8", inter_threads=1, intra_threads=threads)
        times = []
        for source in sources[:_SINGLES]:
            start = time.perf_counter()
            translator.translate_batch([source], **options)
            times.append(time.perf_counter() - start)
        figures[f"single.beam{beam}"] = 1e3 * statistics.median(times)
    print(json.dumps(figures))


def write_model(path: Path) -> None:
    """Write the Transformer with random weights."""
    spec = TransformerSpec.from_config(_LAYERS, _HEADS)
    for side in (spec.encoder, spec.decoder):
        embeddings = side.embeddings[0] if isinstance(side.embeddings, list) else side.embeddings
        embeddings.weight = random(_VOCABULARY, _SIZE)
        side.position_encodings.encodings = random(1024, _SIZE)
        norm(side.layer_norm)
        for layer in side.layer:
            attention(layer.self_attention, 3)
            if hasattr(layer, "attention"):
                attention(layer.attention, 1)
            norm(layer.ffn.layer_norm)
            linear(layer.ffn.linear_0, _SIZE, _INNER)
            linear(layer.ffn.linear_1, _INNER, _SIZE)
    linear(spec.decoder.projection, _SIZE, _VOCABULARY)
    words = ["<unk>", "<s>", "</s>", *map(str, range(3, _VOCABULARY))]
    spec.register_source_vocabulary(words)
    spec.register_target_vocabulary(words)
    spec.validate()
    spec.optimize(quantization="int8")
    path.mkdir(parents=True)
    spec.save(str(path))


def attention(spec: Any, first: int) -> None:
    """Fill an attention whose first product makes `first` projections; one more makes the rest of queries, keys and
    values, and the last the output."""
    norm(spec.layer_norm)
    widths = [3] if first == 3 else [1, 2]
    for layer, width in zip(spec.linear, [*widths, 1], strict=True):
        linear(layer, _SIZE, width * _SIZE)


def norm(spec: Any) -> None:
    """Fill a layer normalisation."""
    spec.gamma, spec.beta = np.ones(_SIZE, dtype=np.float32), np.zeros(_SIZE, dtype=np.float32)


def linear(spec: Any, inputs: int, outputs: int) -> None:
    """Fill a layer (I, O)."""
    spec.weight, spec.bias = random(outputs, inputs), np.zeros(outputs, dtype=np.float32)


def random(*shape: int) -> Any:
    """Return small normal numbers."""
    return _generator.normal(0.0, 0.02, shape).astype(np.float32)


if __name__ == "__main__":
    main()
