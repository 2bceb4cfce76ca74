"""Two-stage RNN decoder with attention between the stages."""

import keras

from rnn_templates.layers.cross_attention import CrossAttention
from rnn_templates.layers.rnn.recurrent import Recurrent


def attention_decoder(
    embedding,
    cells,
    memory_size,
    *,
    attention="additive",
    attention_units=None,
    context_gate=False,
    attention_regularization=0.0,
    dropout=0.0,
    embedding_dropout=0.0,
    recurrent_dropout=0.0,
):
    """Returns the model "decoder": tokens, memory, memory_mask, *states -> logits, *states.

        tokens -> embedding -> first RNN -> attention -> remaining RNNs -> dense -> logits by the tied embedding

    The first RNN encodes the target prefix. Its outputs are the attention queries. The remaining RNN layers read the
    prefix encoding concatenated with the context vector. The first RNN does not receive the context, so that training
    computes the attention of all steps at once.

    Args:
        embedding: `TiedEmbedding` of the tokens.
        cells: list of at least two cells of equal size; the first is before attention, the others are after it.
        memory_size: int; features of a memory position, its key included.
        attention: "additive", "scaled_dot" or "none"; with "none" the decoder receives the source through its initial
            states alone.
        attention_units: int; size of a key.
        context_gate: bool; whether to multiply the context of step t by sigmoid(w . h_t + b).
        attention_regularization: float >= 0; weight of the penalty of `CrossAttention`.
        dropout: float in [0, 1); probability of dropping a feature between layers in training.
        embedding_dropout: float in [0, 1); probability of dropping a feature of an embedded token in training.
        recurrent_dropout: float in [0, 1); probability of dropping a state on its way to the next step in training.

    Returns:
        `keras.Model` with inputs (batch, time) int32, (batch, positions, memory_size) float, (batch, positions) bool
        and (batch, units) float per state, named `state_names(cells)`; outputs logits (batch, time, vocabulary_size)
        and the final states.

    Source:
        Bahdanau et al., arXiv:1409.0473 (attention); Xu et al., arXiv:1502.03044 (gate,
        regularization); Press and Wolf, arXiv:1608.05859 (tied embeddings).

    Example:
        >>> cells = [rt.GRUCell(4), rt.GRUCell(4)]
        >>> decoder = attention_decoder(rt.TiedEmbedding(100, 8), cells, 6 + 4, attention_units=4)
        >>> [tensor.name for tensor in decoder.inputs]
        ['tokens', 'memory', 'memory_mask', 'h_0', 'h_1']
    """
    first, *others = cells
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    memory = keras.Input((None, memory_size), name="memory")
    memory_mask = keras.Input((None,), dtype="bool", name="memory_mask")
    initial_states = [keras.Input((first.units,), name=name) for name in state_names(cells)]
    count = len(first.state_names)
    embedded = keras.layers.Dropout(embedding_dropout, name="embedding_dropout")(embedding(tokens))
    options = {"return_sequences": True, "return_state": True, "recurrent_dropout": recurrent_dropout}
    prefix, *states = Recurrent(first, **options, name="decoder_rnn")(embedded, initial_state=initial_states[:count])
    context = []
    if attention != "none":
        layer = CrossAttention(
            attention_units, attention, attention_regularization=attention_regularization, name="attention"
        )
        context = [layer(prefix, memory, memory_mask)[0]]
        if context_gate:
            gate = keras.layers.Dense(1, activation="sigmoid", name="context_gate")(prefix)
            context = [keras.layers.Multiply(name="gated_context")([*context, gate])]
    x = keras.layers.Concatenate(name="attention_concat")([prefix, *context]) if context else prefix
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    x, *other_states = Recurrent(others, **options, name="output_rnn")(x, initial_state=initial_states[count:])
    x = keras.layers.Concatenate(name="output_concat")([x, *context, embedded])
    x = keras.layers.Dense(embedding.embedding_dim, activation="tanh", name="output_projection")(x)
    x = keras.layers.Dropout(dropout, name="output_dropout")(x)
    logits = embedding(x, reverse=True)
    inputs = [tokens, memory, memory_mask, *initial_states]
    return keras.Model(inputs, [logits, *states, *other_states], name="decoder")


def state_names(cells):
    """Returns the names of all states of a stack of cells.

    Example:
        >>> state_names([rt.LSTMCell(4), rt.GRUCell(4)])
        ['h_0', 'c_0', 'h_1']
    """
    return [f"{name}_{level}" for level, cell in enumerate(cells) for name in cell.state_names]
