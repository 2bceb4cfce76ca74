"""Many to many, aligned: a tag for every word of a sentence."""

import keras

from rnn_templates.cells import make_cell
from rnn_templates.layers.char_encoder import CharEncoder
from rnn_templates.layers.crf import LinearChainCRF
from rnn_templates.layers.rnn.recurrent import Recurrent
from rnn_templates.layers.token_embedding import TokenEmbedding
from rnn_templates.preprocessing.text.tag_schemes import scheme_from_labels, transition_constraints
from rnn_templates.preprocessing.text.token_preprocessor import TokenPreprocessor
from rnn_templates.preprocessing.text.vocabulary import Vocabulary
from rnn_templates.templates.tagging.task import Tagger
from rnn_templates.utils.validation import validate_labels


def data_kwargs(splits, *, vocabulary_size: int = 20000, min_count: int = 2):
    """Returns the arguments of the builder that the data dictates, a dict.

    Args:
        splits: `rnn_templates.data.splits.Splits` of tagged sentences.
        vocabulary_size: most frequent words to keep.
        min_count: rarer words are unknown.
    """
    vocabulary = Vocabulary.from_tokens(splits.train, vocabulary_size=vocabulary_size, min_count=min_count)
    return {"vocabulary": vocabulary, "tags": splits.labels}


def tagging_model(
    vocabulary,
    tags,
    *,
    cell: str = "lstm",
    units: int = 128,
    num_layers: int = 1,
    embedding_dim: int = 64,
    char_encoder: str = "cnn",
    char_units: int = 96,
    crf: bool = True,
    max_word_bytes: int = 24,
    max_tokens: int = 128,
    dropout: float = 0.3,
    unk_dropout: float = 0.1,
    recurrent_dropout: float = 0.0,
    label_smoothing: float = 0.0,
    pretrained_vectors=None,
    learning_rate: float = 2e-3,
    beta_2: float = 0.99,
    clip_norm: float = 2.0,
):
    """Returns a compiled model that reads a sentence from both ends and gives each word its tag.

        words -> embedding \\
                            -> bidirectional recurrence -> dense -> CRF (or softmax)
        letters -> encoder /

    Args:
        vocabulary: `rnn_templates.preprocessing.text.vocabulary.Vocabulary` of the training words, in lower case.
        tags: names of the tags, two or more different strings: plain ones such as parts of speech, or "O", "B-X",
            "I-X" (BIO) or also "E-X", "S-X" (BIOES) for spans of type X.
        cell: a name in `rnn_templates.cells.CELLS`, such as "lstm", "gru" or "mingru", or a cell class of your own.
        units: size of the recurrent state, one direction.
        num_layers: bidirectional layers on top of each other.
        embedding_dim: size of a word vector.
        char_encoder: how the letters of a word are read: "cnn", "rnn", or "none".
        char_units: size of the vector that a word's letters give.
        crf: whether tags are chosen together, so that they never break the scheme, or each for itself.
        max_word_bytes: longer words keep their first and last halves of this many bytes.
        max_tokens: words of a sentence in the LiteRT file; elsewhere sentences may have any length.
        dropout: fraction of the word vectors and of the outputs of each recurrence dropped in training, in [0, 1).
        unk_dropout: fraction of words taken for unknown ones in training, in [0, 1); their letters stay.
        recurrent_dropout: fraction of the state dropped on its way to the next step, in [0, 1).
        label_smoothing: share of the truth that is spread over all tags, in [0, 1); without a CRF only.
        pretrained_vectors: None, or (len(vocabulary), embedding_dim) floats to start from, see `load_pretrained_vectors`.
        learning_rate: of Adam.
        beta_2: of Adam.
        clip_norm: largest norm of the gradient of all weights together.

    Returns:
        `Tagger`: `fit`, `evaluate` and `predict` take texts or lists of tokens.

    Raises:
        ValueError: naming the argument that does not fit.

    Source:
        Ma and Hovy, End-to-end sequence labeling via bi-directional LSTM-CNNs-CRF, arXiv:1603.01354;
        Lample et al., Neural architectures for named entity recognition, arXiv:1603.01360.

    Example:
        >>> vocabulary = Vocabulary.from_texts(["Ann is in Oslo"])
        >>> model = tagging_model(vocabulary, ["O", "B-CITY", "I-CITY"], units=8)
        >>> model.predict([["Ann", "is", "in", "Oslo"]])[0].shape
        (4,)
    """
    tags = validate_labels("tagging_model", "tags", tags)
    if char_encoder not in ("cnn", "rnn", "none"):
        raise ValueError(f"tagging_model: `char_encoder` is 'cnn', 'rnn' or 'none', not {char_encoder!r}.")
    if max_tokens < 1:
        raise ValueError(f"tagging_model: `max_tokens` must be positive, got {max_tokens!r}.")
    if crf and label_smoothing:
        raise ValueError("tagging_model: `label_smoothing` goes without a CRF (`crf=False`).")
    word_ids = keras.Input((None,), dtype="int32", name="word_ids")
    byte_ids = keras.Input((None, None), dtype="int32", name="byte_ids")
    x = TokenEmbedding(
        len(vocabulary), embedding_dim, unk_dropout=unk_dropout, pretrained_vectors=pretrained_vectors, name="embedding"
    )(word_ids)
    if char_encoder != "none":
        char_vectors = CharEncoder(char_encoder, char_units, cell=cell, name="char_encoder")(byte_ids)
        x = keras.layers.Concatenate(name="token_concat")([x, char_vectors])
    x = Recurrent(
        [make_cell(cell, units) for _ in range(num_layers)],
        bidirectional=True,
        return_sequences=True,
        dropout=dropout,
        recurrent_dropout=recurrent_dropout,
        name="recurrent",
    )(x)
    x = keras.layers.Dropout(dropout, name="dropout")(x)
    scores = keras.layers.Dense(len(tags), name="scores")(x)
    if crf:
        allowed, first, last = transition_constraints(tags) if scheme_from_labels(tags) else (None, None, None)
        scores = LinearChainCRF(len(tags), allowed_transitions=allowed, allowed_starts=first, allowed_ends=last, name="crf")(scores)

    model = Tagger(
        keras.Model({"word_ids": word_ids, "byte_ids": byte_ids}, scores, name="network"),
        TokenPreprocessor(vocabulary, max_word_bytes=max_word_bytes),
        tags,
        max_tokens=max_tokens,
        label_smoothing=label_smoothing,
        name="tagging",
    )
    model.compile(optimizer=keras.optimizers.Adam(learning_rate, beta_2=beta_2, global_clipnorm=clip_norm))
    return model


def search_space(hp):
    """Returns the builder's keyword arguments for one trial of keras-tuner, drawn from `hp`.

    Example:
        >>> tagging_model(vocabulary, tags, **search_space(keras_tuner.HyperParameters()))
    """
    return {
        "cell": hp.Choice("cell", ["lstm", "gru"]),
        "units": hp.Choice("units", [64, 128, 192]),
        "num_layers": hp.Choice("num_layers", [1, 2]),
        "embedding_dim": hp.Choice("embedding_dim", [32, 64, 128]),
        "char_encoder": hp.Choice("char_encoder", ["cnn", "rnn"]),
        "dropout": hp.Float("dropout", 0.2, 0.5, step=0.1),
        "unk_dropout": hp.Float("unk_dropout", 0.0, 0.3, step=0.1),
        "learning_rate": hp.Float("learning_rate", 5e-4, 5e-3, sampling="log"),
    }
