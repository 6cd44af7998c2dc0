"""The model: padding changes nothing, every kind works, the cells compute what their formulas say."""

from __future__ import annotations

import itertools

import pytest
import torch

from nmt.errors import ConfigError
from nmt.model import DropoutConfig, ModelConfig, Seq2Seq
from nmt.model.attention import DotAttention, attend
from nmt.model.dropout import Dropout, set_dropout_share

PAD, START, END = 0, 2, 3
CELLS = ("lstm", "gru", "rnn")
ATTENTIONS = ("none", "dot", "additive")


def build(**settings: object) -> Seq2Seq:
    torch.manual_seed(0)
    sizes = {"embedding_size": 8, "encoder_hidden": 6, "decoder_hidden": 10, "encoder_layers": 2, "decoder_layers": 2}
    return Seq2Seq(ModelConfig(40, 50, **{**sizes, **settings}), PAD).eval()  # type: ignore[arg-type]


@pytest.mark.parametrize(("cell", "attention", "both"), list(itertools.product(CELLS, ATTENTIONS, (True, False))))
def test_a_sentence_alone_and_in_a_padded_batch_gives_the_same_logits(cell: str, attention: str, both: bool) -> None:
    heads = 2 if attention == "dot" else 1
    sizes = {"encoder_hidden": 8, "attention_heads": heads}
    model = build(cell=cell, attention=attention, bidirectional=both, lexical=True, **sizes)
    short, long = [7, 8, END], [9, 10, 11, 12, 13, 14, END]
    target = [[START, 20, 21], [START, 30, 31]]
    batch = torch.tensor([short + [PAD] * 4, long])
    with torch.no_grad():
        together = model(batch, torch.tensor([3, 7]), torch.tensor(target))
        alone = model(torch.tensor([short]), torch.tensor([3]), torch.tensor(target[:1]))
    torch.testing.assert_close(together[:1], alone, atol=1e-5, rtol=0)


@pytest.mark.parametrize("lexical", [True, False])
@pytest.mark.parametrize(("attention", "heads"), [("none", 1), ("dot", 1), ("dot", 2), ("additive", 1)])
def test_stepping_a_token_at_a_time_equals_teacher_forcing(attention: str, heads: int, lexical: bool) -> None:
    model = build(attention=attention, attention_heads=heads, lexical=lexical)
    source, length = torch.tensor([[7, 8, 9, END]]), torch.tensor([4])
    target = torch.tensor([[START, 20, 21, 22]])
    with torch.no_grad():
        at_once = model(source, length, target)
        state = model.decoder.start(model.encoder(source, length))
        for step in range(4):
            states, state, _ = model.decoder(target[:, step : step + 1], state)
            torch.testing.assert_close(model.output(states)[:, 0], at_once[:, step], atol=1e-5, rtol=0)


def test_without_attention_the_decoder_gets_only_the_last_state() -> None:
    model = build(attention="none")
    with torch.no_grad():
        encoded = model.encoder(torch.tensor([[7, 8, 9, END]]), torch.tensor([4]))
        start = model.decoder.start(encoded)
        blind = start._replace(values=torch.full_like(start.values, 9.0))
        tokens = torch.tensor([[START, 20]])
        assert start.keys is None
        torch.testing.assert_close(model.decoder(tokens, blind)[0], model.decoder(tokens, start)[0])


def test_each_head_is_an_attention_of_its_own() -> None:
    generator = torch.Generator().manual_seed(1)
    queries, keys = (torch.randn(2, length, 6, generator=generator) for length in (3, 4))
    memory = torch.randn(2, 4, 12, generator=generator)
    mask = torch.tensor([[True] * 4, [True, True, False, False]])
    attention = DotAttention(6, 6, heads=3)
    weights, contexts = attend(attention.scores(queries, keys), memory, mask)
    for head in range(3):
        own = slice(2 * head, 2 * head + 2)
        alone = DotAttention(2, 2, heads=1).scores(queries[..., own], keys[..., own])
        of_both_halves = [2 * head, 2 * head + 1, 6 + 2 * head, 6 + 2 * head + 1]
        own_weights, own_contexts = attend(alone, memory[..., of_both_halves], mask)
        torch.testing.assert_close(weights[:, head], own_weights[:, 0])
        torch.testing.assert_close(contexts[..., of_both_halves], own_contexts)


@pytest.mark.parametrize("attention", ["none", "additive"])
def test_heads_are_of_dot_attention_alone(attention: str) -> None:
    arguments = torch.tensor([[7, 8, 9, END]]), torch.tensor([4]), torch.tensor([[START, 20]])
    with torch.no_grad():
        several = build(attention=attention, attention_heads=4)(*arguments)
        assert torch.equal(several, build(attention=attention)(*arguments))


def test_one_head_is_the_product_of_query_and_key() -> None:
    queries, keys, memory = (torch.randn(1, length, 4) for length in (2, 3, 3))
    weights, contexts = attend(DotAttention(4, 4, 1).scores(queries, keys), memory, torch.ones(1, 3, dtype=torch.bool))
    expected = torch.softmax(queries @ keys.mT, dim=2)
    torch.testing.assert_close(weights[:, 0], expected)
    torch.testing.assert_close(contexts, expected @ memory)


def test_attention_weights_are_a_distribution_over_source_positions_alone() -> None:
    model = build()
    with torch.no_grad():
        encoded = model.encoder(torch.tensor([[7, 8, END, PAD, PAD]]), torch.tensor([3]))
        weights = model.decoder(torch.tensor([[START, 20]]), model.decoder.start(encoded))[2]
    assert weights is not None
    torch.testing.assert_close(weights.sum(dim=2), torch.ones(1, 2))
    assert (weights[:, :, 3:] == 0).all()


@pytest.mark.parametrize(("layers", "heads"), [(1, 1), (2, 1), (1, 2)])
def test_a_lexical_model_hands_the_word_that_attention_looks_at_to_the_output(layers: int, heads: int) -> None:
    model = build(lexical=True, decoder_layers=layers, attention_heads=heads)
    words = model.decoder.combine.weight.data[:, -8:]
    model.decoder.combine.weight.data[:, :-8] = 0.0
    torch.nn.init.zeros_(model.decoder.combine.bias)
    with torch.no_grad():
        states, weights = model.attended_states(
            torch.tensor([[7, 8, 9, END]]), torch.tensor([4]), torch.tensor([[START, 20]])
        )
        embedded = model.encoder.embedding(torch.tensor([7, 8, 9, END]))  # (S, E)
        assert weights is not None
        torch.testing.assert_close(states, torch.tanh(weights @ embedded @ words.T))


def test_without_attention_a_lexical_model_is_the_plain_one() -> None:
    assert build(attention="none", lexical=True).parameter_count() == build(attention="none").parameter_count()


def test_the_vanilla_cell_is_tanh_of_two_products_and_a_bias() -> None:
    layer = build(cell="rnn", bidirectional=False).encoder.layers[0]
    inputs = torch.randn(1, 3, 8)
    with torch.no_grad():
        outputs, _ = layer(inputs)
        cell, hidden = layer.cell, torch.zeros(6)
        for step in range(3):
            bias = cell.bias_ih_l0 + cell.bias_hh_l0
            hidden = torch.tanh(cell.weight_hh_l0 @ hidden + cell.weight_ih_l0 @ inputs[0, step] + bias)
            torch.testing.assert_close(outputs[0, step], hidden)


def test_encoder_and_decoder_share_no_weight_unless_embeddings_are_tied() -> None:
    separate = build(tie="output")
    encoder = {id(parameter) for parameter in separate.encoder.parameters()}
    assert not encoder & {id(parameter) for parameter in separate.decoder.parameters()}
    assert separate.output.weight is separate.decoder.embedding.weight
    torch.manual_seed(0)
    tied = Seq2Seq(ModelConfig(50, 50, tie="all"), PAD)
    assert tied.encoder.embedding is tied.decoder.embedding


def test_from_layer_two_on_a_layer_adds_its_input() -> None:
    model = build(attention="none")
    for parameter in model.encoder.layers[1].parameters():
        torch.nn.init.zeros_(parameter)  # an LSTM of zeros gives zeros
    with torch.no_grad():
        memory = model.encoder(torch.tensor([[7, 8, END]]), torch.tensor([3])).memory
        first, _ = model.encoder.layers[0](model.encoder.embedding(torch.tensor([[7, 8, END]])), torch.tensor([3]))
    torch.testing.assert_close(memory, first)


def test_the_forget_gate_starts_open_and_the_other_gates_do_not() -> None:
    cell = build(forget_bias=1.5).encoder.layers[0].cell
    _, forget, *_ = (cell.bias_ih_l0 + cell.bias_hh_l0).split(6)
    assert (forget == 1.5).all()
    assert cell.bias_ih_l0.sum() == 1.5 * 6


@pytest.mark.parametrize("place", ["word", "embedding", "hidden", "recurrent"])
@pytest.mark.parametrize("kind", ["standard", "variational"])
def test_each_dropout_acts_in_training_and_not_in_evaluation(place: str, kind: str) -> None:
    rates = {"embedding": 0.0, "hidden": 0.0, place: 0.5}
    model = build(dropout=DropoutConfig(kind=kind, **rates))  # type: ignore[arg-type]
    arguments = torch.tensor([[7, 8, END]]), torch.tensor([3]), torch.tensor([[START, 20, 21]])
    with torch.no_grad():
        assert torch.equal(model(*arguments), model(*arguments))
        model.train()
        assert not torch.equal(model(*arguments), model(*arguments))


@pytest.mark.parametrize("place", ["word", "embedding", "hidden", "recurrent"])
def test_a_share_of_dropout_drops_that_share(place: str) -> None:
    rates = {"word": 0.0, "embedding": 0.0, "hidden": 0.0, "recurrent": 0.0, place: 0.5}
    model = build(dropout=DropoutConfig("variational", *rates.values())).train()
    arguments = torch.tensor([[7, 8, END]]), torch.tensor([3]), torch.tensor([[START, 20, 21]])
    set_dropout_share(model, 0.0)
    with torch.no_grad():
        assert torch.equal(model(*arguments), model(*arguments))
        assert torch.equal(model(*arguments), model.eval()(*arguments))
    layers = [each for each in model.train().modules() if isinstance(each, Dropout)]
    set_dropout_share(model, 0.5)
    assert {layer.rate for layer in layers} == {0.0, 0.25}
    assert {layer.rate for layer in model.eval().modules() if isinstance(layer, Dropout)} == {0.0}


def test_half_of_a_dropout_rate_drops_half_as_much() -> None:
    dropout = Dropout(0.4).train()
    dropout.share = 0.5
    dropped = dropout(torch.ones(10_000))
    assert (dropped == 0).float().mean().item() == pytest.approx(0.2, abs=0.02)
    assert dropped.max().item() == pytest.approx(1.25)


def test_variational_dropout_keeps_one_mask_for_all_steps() -> None:
    dropout = build(dropout=DropoutConfig(hidden=0.5)).train().decoder.hidden_dropout
    dropped = dropout(torch.ones(3, 5, 8))
    assert torch.equal(dropped, dropped[:, :1].expand(3, 5, 8))
    assert 0 < (dropped == 0).sum() < dropped.numel()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"cell": "lstn"}, "cell is 'lstn', allowed: lstm, gru, rnn"),
        ({"encoder_layers": 0}, "encoder_layers is 0, allowed: 1 or more"),
        ({"tie": "all"}, "tie 'all' needs one joint vocabulary, found 40 source and 50 target"),
        ({"attention_heads": 0}, "attention_heads is 0, allowed: 1 or more"),
        ({"attention_heads": 4}, "does not divide decoder_hidden, 10"),
        ({"attention_heads": 5}, "does not divide half of the encoder's output, 6"),
    ],
)
def test_impossible_configurations_are_refused(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        build(**settings)


def test_a_configuration_survives_json() -> None:
    config = ModelConfig(40, 50, cell="gru", dropout=DropoutConfig(word=0.1))
    assert ModelConfig.from_dict(config.to_dict()) == config
