"""What a lecture on recurrent networks says of them, with known answers; docs/lecture.md names each test."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from nmt.language_model.scoring import TextScore
from nmt.model import DropoutConfig, ModelConfig, Seq2Seq
from nmt.model.attention import AdditiveAttention
from nmt.model.config import Cell
from nmt.model.rnn import LayerState, RecurrentLayer, uniform_embedding
from nmt.training.language_model.network import RecurrentLanguageModel
from nmt.training.language_model.settings import LanguageModelSettings
from nmt.training.optimization.loss import summed_cross_entropy

CELLS: tuple[Cell, ...] = ("rnn", "gru", "lstm")
GATES = {"rnn": 1, "gru": 3, "lstm": 4}
B, T, E, H, V = 2, 6, 3, 4, 7


def layer_of(cell: Cell) -> RecurrentLayer:
    torch.manual_seed(0)
    layer = RecurrentLayer(ModelConfig(1, 1, cell=cell), E, H, bidirectional=False).double()
    for name, weight in layer.named_parameters():
        if "bias" in name:
            weight.data += torch.randn_like(weight)
    return layer


def sequence_of(steps: int = T) -> Tensor:
    return torch.randn(B, steps, E, generator=torch.Generator().manual_seed(1)).double()


def unrolled(layer: RecurrentLayer, sequence: Tensor, weights: list[dict[str, Tensor]]) -> Tensor:
    """The outputs (B, T, H) of one call a step, the state handed on; step t has the weights `weights[t]`."""
    state: LayerState | None = None
    outputs = []
    for inputs, own in zip(sequence.split(1, dim=1), weights, strict=True):
        output, state = torch.func.functional_call(layer, own, (inputs, None, state))
        outputs.append(output)
    return torch.cat(outputs, dim=1)


def language_model(cell: Cell, layers: int = 1) -> RecurrentLanguageModel:
    torch.manual_seed(0)
    settings = LanguageModelSettings(cell=cell, layers=layers, hidden=H, embedding=E, dropout=0.0)
    return RecurrentLanguageModel(settings, V).eval()


def symbols() -> Tensor:
    return torch.randint(0, V, (B, T), generator=torch.Generator().manual_seed(2))


# Inputs


def test_a_one_hot_vector_times_a_matrix_is_a_row_of_it() -> None:
    torch.manual_seed(0)
    embedding, ids = uniform_embedding(V, E, padding_id=0), symbols()
    one_hot = functional.one_hot(ids, V).float()  # (B, T, V)
    assert torch.equal(one_hot @ embedding.weight, embedding(ids))


def test_an_embedding_before_a_layer_is_the_layer_on_one_hot_vectors() -> None:
    """W_xh E^T is one matrix (H, V): its column is what a symbol adds, so the embedding is a factor of W_xh."""
    model, ids = language_model("rnn"), symbols()
    cell = model.layers[0].cell
    wide = nn.RNN(V, H, batch_first=True)
    with torch.no_grad():
        for (_, ours), (_, theirs) in zip(cell.named_parameters(), wide.named_parameters(), strict=True):
            theirs.copy_(ours if ours.shape == theirs.shape else ours @ model.embedding.weight.T)
        outputs, _ = wide(functional.one_hot(ids, V).float())
        torch.testing.assert_close(outputs, model.hidden(ids, model.start(B))[0])


# One step


def test_a_vanilla_step_by_hand() -> None:
    """h_1 = tanh(2 x 0.5 - 0.75) = tanh(0.25), h_2 = tanh(-1 x 0.2449 + 2 x 0 - 0.75) = tanh(-0.9949)."""
    layer = RecurrentLayer(ModelConfig(1, 1, cell="rnn"), 1, 1, bidirectional=False)
    with torch.no_grad():
        for name, value in (("weight_ih", 2.0), ("weight_hh", -1.0), ("bias_ih", -0.75), ("bias_hh", 0.0)):
            layer.cell.get_parameter(f"{name}_l0").fill_(value)
        outputs, _ = layer(torch.tensor([[[0.5], [0.0]]]))
    assert outputs.flatten().tolist() == pytest.approx([math.tanh(0.25), math.tanh(-0.9949186)], abs=1e-6)


@pytest.mark.parametrize(("cell", "expected"), [("lstm", (0.5 * math.tanh(0.9), 0.9)), ("gru", (0.6,))])
def test_a_step_with_half_open_gates_by_hand(cell: Cell, expected: tuple[float, ...]) -> None:
    """All weights 0 and all gates sigmoid(0) = 1/2, with a candidate of 0.8.

    LSTM: c' = c / 2 + 0.8 / 2 and h' = tanh(c') / 2, with c = 1. GRU: h' = 0.8 / 2 + h / 2, with h = 0.4.
    """
    layer = RecurrentLayer(ModelConfig(1, 1, cell=cell, forget_bias=0.0), 1, 1, bidirectional=False)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.zero_()
        layer.cell.get_parameter("bias_ih_l0")[2] = math.atanh(0.8)  # the candidate, in both of torch's orders
        start = tuple(torch.full((1, 1, 1), value) for value in (0.4, 1.0))  # h, and c of an LSTM
        _, state = layer(torch.zeros(1, 1, 1), state=start[: len(expected)])
    assert [part.item() for part in state] == pytest.approx(expected)


# All steps


@pytest.mark.parametrize("cell", CELLS)
def test_the_unrolled_graph_equals_the_fused_call(cell: Cell) -> None:
    layer, sequence = layer_of(cell), sequence_of()
    fused, _ = layer(sequence)
    torch.testing.assert_close(unrolled(layer, sequence, [dict(layer.named_parameters())] * T), fused)


@pytest.mark.parametrize("cell", CELLS)
def test_the_gradient_of_shared_weights_is_the_sum_over_the_time_steps(cell: Cell) -> None:
    layer, sequence = layer_of(cell), sequence_of()
    shared = dict(layer.named_parameters())
    (layer(sequence)[0] ** 2).sum().backward()
    # The same network with weights of each step's own, equal in value.
    own = [{name: weight.detach().clone().requires_grad_() for name, weight in shared.items()} for _ in range(T)]
    loss = (unrolled(layer, sequence, own) ** 2).sum()
    loss.backward()
    for name, weight in shared.items():
        by_step = [each[name].grad for each in own]
        total = torch.stack([gradient for gradient in by_step if gradient is not None]).sum(dim=0)
        torch.testing.assert_close(total, weight.grad)


@pytest.mark.parametrize("cell", CELLS)
def test_the_number_of_weights_does_not_depend_on_the_length(cell: Cell) -> None:
    layer = layer_of(cell)
    count = sum(parameter.numel() for parameter in layer.parameters())
    assert count == GATES[cell] * (H * E + H * H + 2 * H)  # torch keeps two biases for each gate
    assert [layer(sequence_of(steps))[0].shape for steps in (1, 50)] == [(B, 1, H), (B, 50, H)]


@pytest.mark.parametrize("cell", CELLS)
def test_an_output_depends_on_what_was_read_and_on_nothing_later(cell: Cell) -> None:
    """Many to many, as in a language model."""
    model, ids = language_model(cell, layers=2), symbols()
    changed = ids.clone()
    changed[:, 3] = (ids[:, 3] + 1) % V
    with torch.no_grad():
        one, other = (model(each, model.start(B))[0] for each in (ids, changed))
    assert torch.equal(one[:, :3], other[:, :3])
    assert (one[:, 3:] != other[:, 3:]).any(dim=2).all()


@pytest.mark.parametrize("cell", CELLS)
def test_the_last_state_depends_on_every_input(cell: Cell) -> None:
    """Many to one."""
    layer, sequence = layer_of(cell), sequence_of().requires_grad_()
    _, (h, *_) = layer(sequence)
    (gradient,) = torch.autograd.grad(h.sum(), sequence)
    assert h.shape == (1, B, H)
    assert gradient.abs().sum(dim=2).min() > 0


# Several layers


@pytest.mark.parametrize("cell", CELLS)
def test_each_layer_reads_the_one_below_with_weights_of_its_own(cell: Cell) -> None:
    model, ids = language_model(cell, layers=3), symbols()
    first, second, third = model.layers
    with torch.no_grad():
        stacked = third(second(first(model.embedding(ids))[0])[0])[0]
        torch.testing.assert_close(model.hidden(ids, model.start(B))[0], stacked)
    weights = [{id(parameter) for parameter in layer.parameters()} for layer in model.layers]
    assert not any(one & other for one, other in itertools.combinations(weights, 2))
    kinds = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
    theirs = kinds[cell](E, H, num_layers=3)
    assert sum(each.numel() for each in model.layers.parameters()) == sum(each.numel() for each in theirs.parameters())


# Losses and gradients


@pytest.mark.parametrize("cell", CELLS)
def test_the_loss_and_its_gradient_are_sums_over_the_time_steps(cell: Cell) -> None:
    model, ids = language_model(cell), symbols()
    parameters = list(model.parameters())

    def at(steps: slice) -> tuple[Tensor, tuple[Tensor, ...]]:
        hidden, _ = model.hidden(ids, model.start(B))  # (B, T, H)
        read = hidden[:, steps].reshape(1, -1, H)
        loss = summed_cross_entropy(read, model.output.weight, model.output.bias, ids[:, steps].reshape(-1), 0.0)
        return loss.detach(), torch.autograd.grad(loss, parameters)

    whole, gradients = at(slice(T))
    parts = [at(slice(step, step + 1)) for step in range(T)]
    torch.testing.assert_close(sum(loss for loss, _ in parts), whole)
    for number, gradient in enumerate(gradients):
        torch.testing.assert_close(sum(each[number] for _, each in parts), gradient, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("norm", "scaled"), [(10.0, 1.0), (1.0, 1.0), (0.5, 0.5)])
def test_a_gradient_is_scaled_to_tau_and_keeps_its_direction(norm: float, scaled: float) -> None:
    """g <- tau g / ||g|| if ||g|| > tau, with tau = 1 and g = ||g|| (0.6, 0.8) over two parameters."""
    one, other = nn.Parameter(torch.zeros(1)), nn.Parameter(torch.zeros(1))
    one.grad, other.grad = torch.tensor([0.6 * norm]), torch.tensor([0.8 * norm])
    assert torch.nn.utils.clip_grad_norm_([one, other], 1.0).item() == pytest.approx(norm)
    assert [one.grad.item(), other.grad.item()] == pytest.approx([0.6 * scaled, 0.8 * scaled], rel=1e-5)


# Encoder and decoder


def test_the_probability_of_a_translation_is_the_product_over_its_words() -> None:
    """p(y | x) = prod p(y_t | y_1 ... y_{t-1}, x), from <START> to <END>: all translations together have 1."""
    start, end = 2, 3
    torch.manual_seed(0)
    config = ModelConfig(9, 5, embedding_size=E, encoder_hidden=H, decoder_hidden=H, dropout=DropoutConfig(hidden=0.0))
    model = Seq2Seq(config, 0).eval()
    source, length = torch.tensor([[5, 6, 7, end]]), torch.tensor([4])

    def probability(words: tuple[int, ...]) -> float:
        with torch.no_grad():
            logits = model(source, length, torch.tensor([[start, *words]]))[0]
        steps = torch.log_softmax(logits, dim=1)[range(len(words)), list(words)]
        return steps.sum().exp().item()

    others = [word for word in range(5) if word != end]
    ended = [(*words, end) for count in range(3) for words in itertools.product(others, repeat=count)]
    running = list(itertools.product(others, repeat=3))
    assert sum(map(probability, [*ended, *running])) == pytest.approx(1.0, abs=1e-5)


def test_additive_scores_are_the_formula() -> None:
    """score_j = v . tanh(W_q h + W_k m_j)."""
    torch.manual_seed(0)
    attention = AdditiveAttention(E, H)
    queries, memory = torch.randn(B, T, H), torch.randn(B, 5, E)
    with torch.no_grad():
        scores = attention.scores(queries, attention.keys(memory))  # (B, 1, T, 5)
        for row, step, place in itertools.product(range(B), range(T), range(5)):
            summed = attention.query(queries[row, step]) + attention.key.weight @ memory[row, place]
            expected = attention.energy.weight[0] @ torch.tanh(summed)
            torch.testing.assert_close(scores[row, 0, step, place], expected)


# Measures


@pytest.mark.parametrize(("nats", "perplexity"), [(100 * math.log(7), 7.0), (0.0, 1.0), (50 * math.log(4), 2.0)])
def test_perplexity_is_the_number_of_equally_likely_symbols(nats: float, perplexity: float) -> None:
    score = TextScore(characters=100, symbols=100, unknown=0, nats=nats)
    assert score.perplexity == pytest.approx(perplexity)
    assert 2**score.bits_per_character == pytest.approx(perplexity)
