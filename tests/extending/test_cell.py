"""The list in CONTRIBUTING.md leads to a new cell: it trains, and its graphs compute what torch does."""

from __future__ import annotations

import itertools
import json

import pytest
from checkout import Checkout

UPDATE_GATE_RNN = '''class UpdateGateRNN(nn.Module):
    """h' = g h + (1 - g) tanh(W x + U h + b), where g is a gate of the same inputs (Collins et al. 2017)."""

    def __init__(self, input_size: int, hidden_size: int, batch_first: bool, bidirectional: bool) -> None:
        super().__init__()
        self.hidden_size, self.bidirectional = hidden_size, bidirectional
        shapes = {"weight_ih": [input_size], "weight_hh": [hidden_size], "bias_ih": [], "bias_hh": []}
        for suffix, (name, shape) in itertools.product(self._suffixes, shapes.items()):
            self.register_parameter(f"{name}_l0{suffix}", nn.Parameter(torch.zeros(2 * hidden_size, *shape)))

    @property
    def _suffixes(self) -> tuple[str, ...]:
        return ("", "_reverse") if self.bidirectional else ("",)

    def forward(self, sequence, start=None):
        if isinstance(sequence, PackedSequence):
            padded, lengths = pad_packed_sequence(sequence, batch_first=True)
            outputs, last = self._run(padded, lengths, start)
            return pack_padded_sequence(outputs, lengths, batch_first=True, enforce_sorted=False), last
        return self._run(sequence, torch.full((len(sequence),), sequence.shape[1]), start)

    def _run(self, sequence, lengths, start):
        if start is None:
            start = sequence.new_zeros(len(self._suffixes), len(sequence), self.hidden_size)
        found = [
            self._direction(sequence, lengths.to(sequence.device), h, suffix)
            for h, suffix in zip(start, self._suffixes, strict=True)
        ]
        outputs, last = zip(*found, strict=True)
        return torch.cat(outputs, dim=2), torch.stack(last)

    def _direction(self, sequence, lengths, h, suffix):
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        from_input, from_hidden, *biases = (getattr(self, f"{name}_l0{suffix}") for name in names)
        brought = sequence @ from_input.T + sum(biases)
        outputs = {}
        steps = range(sequence.shape[1])
        for step in reversed(steps) if suffix else steps:
            gate, candidate = torch.chunk(brought[:, step] + h @ from_hidden.T, 2, dim=1)
            candidate = torch.tanh(candidate)
            new = candidate + torch.sigmoid(gate) * (h - candidate)
            h = outputs[step] = torch.where((step < lengths)[:, None], new, h)
        return torch.stack([outputs[step] for step in steps], dim=1), h


'''

NODES = """\
        if self.cell == "ugrnn":
            gate, candidate = self.graph.nodes("Split", [gates], 2, axis=1)
            g, n = self.graph.node("Sigmoid", [gate]), self.graph.node("Tanh", [candidate])
            # h' = g h + (1 - g) n = n + g (h - n)
            change = self.graph.node("Mul", [g, self.graph.node("Sub", [state[0], n])])
            return [self.graph.node("Add", [n, change])]
"""

TRAIN = """
train --train pairs.tsv --source en --target xx --output models/en-xx --threads 1 --set model.cell=ugrnn
--set data.vocabulary_size=290 --set training.max_updates=100 --set training.evaluate_every=100
--set training.learning_rate=0.01 --set training.warmup_updates=10 --set training.precision=float32
--set training.average_decay=0 --set model.dropout.embedding=0 --set model.dropout.hidden=0
--set model.embedding_size=32 --set model.encoder_hidden=32 --set model.decoder_hidden=64
"""


@pytest.fixture
def with_ugrnn(checkout: Checkout) -> Checkout:
    """A copy in which the list was followed; the state is h alone, as it is for all cells but the LSTM."""
    tests = ("tests/model/test_rnn.py", "tests/training/export/test_export.py")
    checkout.take("docs/training.md", "pyproject.toml", "tests/conftest.py", *tests)
    checkout.change("nmt/model/config.py", '"lstm", "gru", "rnn"]', '"lstm", "gru", "rnn", "ugrnn"]')
    checkout.change("nmt/model/rnn.py", "import math\n", "import itertools\nimport math\n")
    checkout.change("nmt/model/rnn.py", "_CELLS: dict", f"{UPDATE_GATE_RNN}_CELLS: dict")
    checkout.change("nmt/model/rnn.py", '"rnn": nn.RNN}', '"rnn": nn.RNN, "ugrnn": UpdateGateRNN}')
    graphs = "nmt/training/export/graphs/cells.py"
    checkout.change(graphs, '"rnn": (0,)}', '"rnn": (0,), "ugrnn": (0, 1)}')
    checkout.change(graphs, '        if self.cell == "rnn":\n', f'{NODES}        if self.cell == "rnn":\n')
    for name in tests:
        checkout.change(name, '["lstm", "gru", "rnn"]', '["lstm", "gru", "rnn", "ugrnn"]')
    checkout.change(tests[1], '("lstm", "gru", "rnn")', '("lstm", "gru", "rnn", "ugrnn")')
    checkout.change("docs/training.md", "`lstm`, `gru` or `rnn`", "`lstm`, `gru`, `rnn` or `ugrnn`")
    return checkout


def test_a_new_cell_passes_the_tests_of_the_others(with_ugrnn: Checkout) -> None:
    tested = with_ugrnn.python("-m", "pytest", "-q", "-k", "ugrnn", "-p", "no:cacheprovider", "tests")
    assert "23 passed" in tested


def test_a_new_cell_learns_and_its_package_translates_what_it_learned(with_ugrnn: Checkout) -> None:
    words = itertools.product(("red", "old", "small"), ("cat", "dog", "tree", "house"), ("runs", "sleeps", "falls"))
    with_ugrnn.write("pairs.tsv", "".join(f"{a} {b} {c}\t{c} {b} {a}\n" for a, b, c in words))
    with_ugrnn.nmt(*TRAIN.split())
    manifest = json.loads(with_ugrnn.read("models/en-xx/manifest.json"))
    assert manifest["model"]["cell"] == "ugrnn"
    translated = with_ugrnn.nmt("translate", "--model", "models/en-xx", "--threads", "1", stdin="red cat runs\n")
    assert translated == "runs cat red\n"
