"""How near decoding comes to the processor's int8 peak: one thread, greedy, batches of 64 sentences.

python benchmarks/peak_share.py models/en-de data/tatoeba/en-de/test.en.gz

The peak is what ONNX Runtime's own integer product reaches at 64 rows in the very shapes of the model. The share is the
time that the useful products would take at that speed over the time that everything took: no padding, no column
of a word that no sentence has open, no step after a sentence's <END> counts as useful.
"""

from __future__ import annotations

import gzip
import statistics
import time
from pathlib import Path

import click
import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from nmt.decoding import Candidates, DecodingOptions, LengthModel, new_search
from nmt.model import ModelConfig
from nmt.runtime import ModelPackage
from nmt.runtime.arrays import ModelArrays
from nmt.runtime.manifest import ARRAYS, ENCODER, STEP
from nmt.runtime.onnx.model import OnnxModel, RowState
from nmt.runtime.running_batch import RunningBatch, Sentence, Source
from nmt.runtime.short_lists import Ids
from tokenizer import END_ID, START_ID, SubwordTokenizer

_ROWS = 64
_ROUNDS = 5
Shape = tuple[int, int]
"""Of a weight: (I, O)."""


class Counting(OnnxModel):
    """Counts, for the rows of each call, the words that are open."""

    def __init__(self, encoder: bytes, step: bytes, arrays: ModelArrays) -> None:
        super().__init__(encoder, step, arrays)
        self.rows = self.words = 0

    def __call__(self, tokens: Ids, state: RowState, k: int, steps: int) -> tuple[list[Candidates], RowState]:
        """As it is, and count."""
        self.rows += len(tokens)
        self.words += len(tokens) * len(np.unique(state.sources.feed["columns"]))
        return super().__call__(tokens, state, k, steps)


@click.command(help=__doc__)
@click.argument("path", metavar="PACKAGE", type=click.Path(exists=True, path_type=Path))
@click.argument("text", type=click.Path(exists=True, path_type=Path))
def main(path: Path, text: Path) -> None:
    """Count, then decode and measure the peak in turns; print the table."""
    opened = gzip.open if text.suffix == ".gz" else open
    with opened(text, "rt", encoding="utf-8") as stream:
        lines = stream.read().splitlines()
    package = ModelPackage.open(path)
    vocabulary = package.manifest.vocabulary
    source, target = (SubwordTokenizer(package.read(side.file)) for side in (vocabulary.source, vocabulary.target))
    sources = sorted(
        (Source(source.encode(line), target.encode(line)) for line in lines), key=lambda item: len(item.ids)
    )
    with package.open_file(ARRAYS) as file:
        graphs = package.read(ENCODER), package.read(STEP), ModelArrays.read(file)
    counting = Counting(*graphs)
    tokens, _ = decode(counting, package, sources)
    shapes = useful(package, tokens, sum(len(item.ids) + 1 for item in sources), counting.words // counting.rows)
    model = OnnxModel(*graphs)
    shares = []
    print(f"{len(sources)} sentences, {tokens} output tokens, {counting.words // counting.rows} words open on average")
    for _ in range(_ROUNDS):
        seconds = decode(model, package, sources)[1]
        at_peak = {shape: 2.0 * rows * shape[0] * shape[1] / rate(shape) for shape, rows in shapes.items()}
        shares.append(sum(at_peak.values()) / seconds)
    print(f"{'weight':<14}{'rows':>9}{'Gop':>8}{'s at peak':>11}{'peak Gop/s':>12}")
    for shape, rows in shapes.items():
        operations = 2.0 * rows * shape[0] * shape[1]
        print(
            f"{f'{shape[0]} x {shape[1]}':<14}{rows:>9}{operations / 1e9:>8.1f}{at_peak[shape]:>11.3f}"
            f"{operations / at_peak[shape] / 1e9:>12.0f}"
        )
    print(f"decode {seconds:.3f} s, {tokens / seconds:.0f} tokens/s; share of the peak {statistics.median(shares):.0%}")


def decode(model: OnnxModel, package: ModelPackage, sources: list[Source]) -> tuple[int, float]:
    """Output tokens and seconds."""
    length = package.manifest.length
    limit = LengthModel(length.mean, length.deviation, length.k_sigma, length.minimum).limit
    options = DecodingOptions(beam_size=1)
    waiting = [Sentence(item, new_search(options, START_ID, END_ID, limit(len(item.ids)))) for item in sources]
    everything = list(waiting)
    batch: RunningBatch[Sentence, RowState] = RunningBatch(model)
    start = time.perf_counter()
    while waiting or batch.sentences:
        free = min(_ROWS - len(batch.sentences), _ROWS // 2)
        if free >= _ROWS // 4 or not batch.sentences:
            batch.admit(waiting[:free])
            del waiting[:free]
        batch.step()
    seconds = time.perf_counter() - start
    return sum(len(item.search.hypotheses()[0].token_log_probs) for item in everything), seconds


def useful(package: ModelPackage, tokens: int, source_tokens: int, words: int) -> dict[Shape, int]:
    """How many rows must meet each shape of weight, of an LSTM with dot attention and one layer a side."""
    values = {name: value for name, value in package.manifest.model.items() if name not in {"parameters", "precision"}}
    config = ModelConfig.from_dict(values)
    encoder, decoder, embedding = config.encoder_hidden, config.decoder_hidden, config.embedding_size
    return {
        (encoder, 4 * encoder): source_tokens * (2 if config.bidirectional else 1),
        (config.memory_size, decoder + embedding): source_tokens,
        (decoder, 4 * decoder): tokens,
        (decoder, embedding): tokens,
        (embedding, words): tokens,
    }


def rate(shape: Shape) -> float:
    """Operations a second of the runtime's own product of 64 rows with a weight of `shape`."""
    generator = np.random.default_rng(0)
    constants = {
        "weight": generator.integers(-63, 64, shape).astype(np.int8),
        "unit": np.float32(1 / 127),
        "scale": np.full(shape[1], 0.01, dtype=np.float32),
        "zero": np.uint8(128),
    }
    graph = helper.make_graph(
        [
            helper.make_node(
                "MatMulIntegerToFloat", ["rows", "weight", "unit", "scale", "zero"], ["product"], domain="com.microsoft"
            )
        ],
        "product",
        [helper.make_tensor_value_info("rows", TensorProto.UINT8, [_ROWS, shape[0]])],
        [helper.make_tensor_value_info("product", TensorProto.FLOAT, [_ROWS, shape[1]])],
        [numpy_helper.from_array(np.array(value), name) for name, value in constants.items()],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    model = helper.make_model(graph, opset_imports=opsets, ir_version=9).SerializeToString()
    session = onnxruntime.InferenceSession(model, options)
    rows = generator.integers(0, 256, (_ROWS, shape[0])).astype(np.uint8)
    seconds = []
    for _ in range(60):
        start = time.perf_counter()
        session.run(None, {"rows": rows})
        seconds.append(time.perf_counter() - start)
    return 2.0 * _ROWS * shape[0] * shape[1] / statistics.median(seconds)


if __name__ == "__main__":
    main()
