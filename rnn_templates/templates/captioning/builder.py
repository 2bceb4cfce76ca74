"""One to many: a picture is looked at, and described word by word."""

import keras
from keras import ops

from rnn_templates.cells import make_cell
from rnn_templates.layers.attention_decoder import attention_decoder, state_names
from rnn_templates.layers.image_backbone import image_backbone
from rnn_templates.layers.cross_attention import KeyValueMemory
from rnn_templates.layers.position_embedding import PositionEmbedding
from rnn_templates.layers.similarity_attention import SimilarityAttention
from rnn_templates.layers.tied_embedding import TiedEmbedding
from rnn_templates.preprocessing.images.image_preprocessor import ImagePreprocessor
from rnn_templates.preprocessing.text.captions import normalize_caption
from rnn_templates.preprocessing.text.subword_preprocessor import SubwordPreprocessor
from rnn_templates.preprocessing.text.subword_vocabulary import SubwordVocabulary
from rnn_templates.templates.captioning.task import Captioner
from rnn_templates.utils.validation import check_fractions, check_ints

ATTENTIONS = ("additive", "scaled_dot", "none")


def data_kwargs(splits, *, vocabulary_size: int = 3000):
    """Returns the arguments of the builder that the data dictates, a dict.

    Args:
        splits: `rnn_templates.data.splits.Splits` of captioned pictures.
        vocabulary_size: most subwords of the captions, the 259 special ones and bytes included.
    """
    captions = (caption for _, several in splits.train.as_numpy_iterator() for caption in several)
    return {"vocabulary": SubwordVocabulary.from_texts(map(normalize_caption, captions), vocabulary_size=vocabulary_size)}


def captioning_model(
    vocabulary,
    *,
    image_size: int = 64,
    backbone: str = "small",
    backbone_weights: str | None = None,
    trainable_backbone: bool = True,
    initial_weights: str | None = None,
    cell: str = "lstm",
    units: int = 256,
    decoder_layers: int = 2,
    embedding_dim: int = 256,
    attention: str = "additive",
    attention_units: int | None = None,
    context_gate: bool = True,
    attention_regularization: float = 1.0,
    similarity_units: int = 0,
    dropout: float = 0.3,
    embedding_dropout: float = 0.3,
    memory_dropout: float = 0.3,
    recurrent_dropout: float = 0.0,
    type_dropout: float = 0.0,
    label_smoothing: float = 0.1,
    r_drop: float = 0.0,
    scheduled_sampling: float = 0.0,
    decoder_input_noise: float = 0.0,
    max_target_length: int = 32,
    beam_width: int = 5,
    length_penalty: float = 1.0,
    learning_rate: float = 1e-3,
    beta_2: float = 0.999,
    clip_norm: float = 1.0,
):
    """Returns a compiled model that looks at a picture and writes what is to be seen.

        picture -> convolutions -> regions -> dense + places (-> likeness) -> memory
                                                                  |
        words so far -> embedding -> recurrence -> attention -> recurrence -> dense -> tied embedding

    The mean of the regions gives the first states of the decoder. With attention="none" it is all that the decoder
    learns of the picture (Show and Tell); otherwise every step looks at the regions anew (Show, attend and tell).

    Args:
        vocabulary: `rnn_templates.preprocessing.text.subword_vocabulary.SubwordVocabulary` of the plain captions.
        image_size: height and width to which pictures are brought, whole and squashed, at least 32.
        backbone: "small", convolutions of our own, to be trained from nothing; or a network of `keras.applications`:
            "mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large", "efficientnet_v2_b0" or "resnet50_v2".
        backbone_weights: what the encoder knows already: "imagenet", the path of a file with its weights (without classifier),
            or None for nothing.
        trainable_backbone: whether the encoder learns too. A frozen one sees every picture only once.
        initial_weights: folder or `.keras` file of a captioner with the same vocabulary and sizes, whose weights to start
            from: the second stage, with `trainable_backbone` and a small `learning_rate`, tunes its encoder.
        cell: a name in `rnn_templates.cells.CELLS`, such as "lstm", "gru" or "mingru", or a cell class of your own.
        units: size of the recurrent states, and of the regions in the memory.
        decoder_layers: recurrent layers of the decoder, two or more: one before attention, the others behind it.
        embedding_dim: size of a subword's vector.
        attention: how well a region fits is scored, "additive" or "scaled_dot"; or "none".
        attention_units: size of a key, or None for `units`.
        context_gate: whether a gate says how much the picture matters for the next word.
        attention_regularization: weight of the penalty on regions that attention looks at too little or too much.
        similarity_units: size of the vectors by which regions are compared with each other, so that the decoder knows how
            many things are alike; 0 for no comparison.
        dropout: fraction of the features between the decoder's layers dropped in training, in [0, 1).
        embedding_dropout: fraction of the features of subwords dropped, in [0, 1).
        memory_dropout: fraction of the features of regions dropped, in [0, 1).
        recurrent_dropout: fraction of the states dropped on their way to the next step, in [0, 1).
        type_dropout: fraction of the vocabulary hidden from a batch, in [0, 1).
        label_smoothing: share of the truth that is spread over all subwords, in [0, 1).
        r_drop: weight of the divergence between two readings of a batch under different dropout; 0 is off.
        scheduled_sampling: share of the words so far that are the model's own in training, in [0, 1).
        decoder_input_noise: share of them that are those of another text at the same place, in [0, 1): then the model cannot
            guess the next word from the last ones alone, and learns to look.
        max_target_length: most subwords of a caption.
        beam_width: hypotheses that the search keeps.
        length_penalty: power of the length by which the score of a hypothesis is divided.
        learning_rate: of Adam.
        beta_2: of Adam.
        clip_norm: largest norm of the gradient of all weights together.

    Returns:
        `Captioner`: `fit`, `evaluate`, `generate` and `predict` take raw pictures.

    Raises:
        ValueError: naming the argument that does not fit.
        RuntimeError: if the weights of the encoder cannot be had.

    Source:
        Vinyals et al., Show and tell, arXiv:1411.4555; Xu et al., Show, attend and tell, arXiv:1502.03044.

    Example:
        >>> model = captioning_model(SubwordVocabulary.from_texts(["a small red circle"]), units=8, embedding_dim=8)
        >>> model.generate("picture.jpg")
    """
    key_units = units if attention_units is None else attention_units
    sizes = {"units": units, "embedding_dim": embedding_dim, "attention_units": key_units, "beam_width": beam_width}
    check_ints("captioning_model", **sizes)
    check_ints("captioning_model", 2, decoder_layers=decoder_layers, max_target_length=max_target_length)
    check_ints("captioning_model", 0, similarity_units=similarity_units)
    if attention not in ATTENTIONS:
        raise ValueError(f"captioning_model: `attention` is one of {', '.join(ATTENTIONS)}, not {attention!r}.")
    if backbone_weights is None and not trainable_backbone and initial_weights is None:
        raise ValueError(
            "captioning_model: an encoder without `backbone_weights` knows nothing; train it (`trainable_backbone`)."
        )
    from_scratch = backbone_weights is None and initial_weights is None
    check_fractions(
        "captioning_model",
        dropout=dropout,
        embedding_dropout=embedding_dropout,
        memory_dropout=memory_dropout,
        recurrent_dropout=recurrent_dropout,
        type_dropout=type_dropout,
    )

    image_encoder = image_backbone(backbone, image_size, weights=backbone_weights)
    image_encoder.trainable = trainable_backbone
    regions = keras.Input(image_encoder.output_shape[1:], name="image_regions")
    x = keras.layers.Dense(units, name="projection")(regions)
    x = keras.layers.LayerNormalization(name="layer_norm")(x)
    values = keras.layers.Dropout(memory_dropout, name="memory_dropout")(
        PositionEmbedding(name="position_embedding")(x)
    )
    if similarity_units:
        values = SimilarityAttention(similarity_units, name="similarity")(values)
    mean = keras.layers.GlobalAveragePooling1D(name="mean_pooling")(values)
    memory = KeyValueMemory(key_units, name="memory")(values)
    cells = [make_cell(cell, units) for _ in range(decoder_layers)]
    states = [keras.layers.Dense(units, activation="tanh", name=f"initial_{name}")(mean) for name in state_names(cells)]
    memory_mask = ops.ones_like(regions[:, :, 0], dtype="bool")
    encoder = keras.Model(regions, [memory, memory_mask, *states], name="encoder")

    start = (3 / embedding_dim) ** 0.5  # vectors of length one
    decoder = attention_decoder(
        TiedEmbedding(len(vocabulary), embedding_dim, type_dropout=type_dropout, init_range=start, name="embedding"),
        cells,
        memory.shape[-1],
        attention=attention,
        attention_units=key_units,
        context_gate=context_gate,
        attention_regularization=attention_regularization,
        dropout=dropout,
        embedding_dropout=embedding_dropout,
        recurrent_dropout=recurrent_dropout,
    )

    source = keras.Input(image_encoder.input_shape[1:], dtype="uint8", name="source")
    target = keras.Input((None,), dtype="int32", name="target")
    logits, *_ = decoder([target, *encoder(image_encoder(source))])
    model = Captioner(
        keras.Model({"source": source, "target": target}, logits, name="network"),
        ImagePreprocessor(image_size),
        SubwordPreprocessor(vocabulary, max_length=max_target_length),
        label_smoothing=label_smoothing,
        r_drop=r_drop,
        scheduled_sampling=scheduled_sampling,
        decoder_input_noise=decoder_input_noise,
        beam_width=beam_width,
        length_penalty=length_penalty,
        from_scratch=from_scratch,
        name="captioning",
    )
    if initial_weights is not None:
        model.load_weights_from(initial_weights)
    model.compile(optimizer=keras.optimizers.Adam(learning_rate, beta_2=beta_2, global_clipnorm=clip_norm))
    return model


def search_space(hp):
    """Returns the builder's keyword arguments for one trial of keras-tuner, drawn from `hp`.

    Example:
        >>> captioning_model(vocabulary, **search_space(keras_tuner.HyperParameters()))
    """
    return {
        "cell": hp.Choice("cell", ["lstm", "gru"]),
        "units": hp.Choice("units", [128, 256, 384]),
        "embedding_dim": hp.Choice("embedding_dim", [128, 192, 256]),
        "attention": hp.Choice("attention", ["additive", "scaled_dot", "none"]),
        "dropout": hp.Float("dropout", 0.1, 0.5, step=0.1),
        "memory_dropout": hp.Float("memory_dropout", 0.0, 0.5, step=0.1),
        "attention_regularization": hp.Float("attention_regularization", 0.0, 2.0, step=0.5),
        "similarity_units": hp.Choice("similarity_units", [0, 32]),
        "label_smoothing": hp.Float("label_smoothing", 0.0, 0.2, step=0.05),
        "learning_rate": hp.Float("learning_rate", 3e-4, 3e-3, sampling="log"),
    }
