"""The network that writes a text about a memory."""

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
    gated=False,
    coverage=0.0,
    dropout=0.0,
    embedding_dropout=0.0,
    recurrent_dropout=0.0,
):
    """Returns the model "decoder": tokens, memory, memory_mask, *state -> logits, *state.

        words so far -> embedding -> recurrence -> attention -> recurrence -> dense -> tied embedding

    The first recurrence knows what was said, attention finds what comes next in the memory, the others put both
    together. Attention never feeds back into the first recurrence, so that training reads all steps at once.

    Args:
        embedding: `TiedEmbedding` of the tokens.
        cells: list of two or more cells of the same size: one before attention, the others behind it.
        memory_size: features of a place of the memory, its keys included.
        attention: "additive", "multiplicative", or "none": then all that is known of the source are the first states.
        attention_units: size of a key.
        gated: whether a gate, s = sigmoid(W h + b), says how much of what attention read is used at a step.
        coverage: weight of the penalty on places that attention looks at too little or too much, at least 0.
        dropout: fraction of the features between layers dropped in training, in [0, 1).
        embedding_dropout: fraction of the features of tokens dropped, in [0, 1).
        recurrent_dropout: fraction of the states dropped on their way to the next step, in [0, 1).

    Source:
        Bahdanau et al., arXiv:1409.0473 (attention); Xu et al., Show, attend and tell, arXiv:1502.03044 (gate,
        coverage); Press and Wolf, arXiv:1608.05859 (tied embeddings).

    Example:
        >>> decoder = attention_decoder(TiedEmbedding(100, 8), [GRUCell(4), GRUCell(4)], 6 + 4, attention_units=4)
        >>> [state.name for state in decoder.inputs]
        ['tokens', 'memory', 'memory_mask', 'h_0', 'h_1']
    """
    first, *others = cells
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    memory = keras.Input((None, memory_size), name="memory")
    memory_mask = keras.Input((None,), dtype="bool", name="memory_mask")
    before = [keras.Input((first.units,), name=name) for name in state_names(cells)]
    count = len(first.state_names)
    words = keras.layers.Dropout(embedding_dropout, name="embedding_dropout")(embedding(tokens))
    options = {"return_sequences": True, "return_state": True, "recurrent_dropout": recurrent_dropout}
    said, *after = Recurrent(first, **options, name="said")(words, initial_state=before[:count])
    read = []
    if attention != "none":
        looking = CrossAttention(attention_units, attention, coverage=coverage, name="attention")
        context, _ = looking(said, memory, memory_mask)
        if gated:
            gate = keras.layers.Dense(1, activation="sigmoid", name="gate")(said)
            context = keras.layers.Multiply(name="gated")([context, gate])
        read = [context]
    x = keras.layers.Concatenate(name="attention_concat")([said, *read]) if read else said
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    x, *more = Recurrent(others, **options, name="meant")(x, initial_state=before[count:])
    x = keras.layers.Concatenate(name="all")([x, *read, words])
    x = keras.layers.Dense(embedding.dim, activation="tanh", name="output")(x)
    x = keras.layers.Dropout(dropout, name="output_dropout")(x)
    logits = embedding(x, reverse=True)
    return keras.Model([tokens, memory, memory_mask, *before], [logits, *after, *more], name="decoder")


def state_names(cells):
    """Returns the names of all states of a stack of cells, a list of str."""
    return [f"{name}_{level}" for level, cell in enumerate(cells) for name in cell.state_names]
