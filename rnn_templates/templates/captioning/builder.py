"""Builder of the captioning template: an image encoder and a text decoder with attention."""

import keras
from keras import ops

from rnn_templates.data.kinds import check_kind
from rnn_templates.layers.image_backbone import OWN, PRETRAINED, image_backbone
from rnn_templates.layers.position_embedding import PositionEmbedding
from rnn_templates.layers.similarity_attention import SimilarityAttention
from rnn_templates.preprocessing.images.image_preprocessor import ImagePreprocessor
from rnn_templates.preprocessing.text.captions import normalize_caption
from rnn_templates.preprocessing.text.subword_preprocessor import SubwordPreprocessor
from rnn_templates.preprocessing.text.subword_vocabulary import SubwordVocabulary
from rnn_templates.tasks.components import Adam, BeamSearch, ImageEncoder, Seq2SeqRegularization, TokenLoss
from rnn_templates.templates.captioning.task import Captioner
from rnn_templates.templates.encoder_decoder import DecoderSettings, decoder_space, task_options, unit_norm_range
from rnn_templates.templates.shared_arguments import documented
from rnn_templates.utils.validation import check_sizes


def data_kwargs(splits, *, vocabulary_size: int = 3000):
    """Returns the builder arguments that the data determines.

    Args:
        splits: `rnn_templates.data.splits.Splits` of captioned images.
        vocabulary_size: int of at least 259; maximum number of subwords of the normalized captions, the 259 reserved
            tokens and bytes included.

    Returns:
        Dict with `vocabulary`.

    Example:
        >>> from rnn_templates.templates.captioning.builder import data_kwargs
        >>> len(data_kwargs(rt.load("scenes"), vocabulary_size=400)["vocabulary"])  # doctest: +SKIP
        400
    """
    check_kind("captioned_images", splits)
    captions = (caption for _, several in splits.train.as_numpy_iterator() for caption in several)
    normalized = map(normalize_caption, captions)
    return {"vocabulary": SubwordVocabulary.from_texts(normalized, vocabulary_size=vocabulary_size)}


@documented
def captioning_model(
    vocabulary,
    *,
    encoder: ImageEncoder = ImageEncoder(),
    initial_weights: str | None = None,
    cell: str = "lstm",
    units: int = 256,
    decoder_layers: int = 2,
    embedding_dim: int = 256,
    attention: str = "additive",
    attention_units: int | None = None,
    context_gate: bool = True,
    similarity_units: int = 0,
    dropout: float = 0.3,
    regularization: Seq2SeqRegularization = Seq2SeqRegularization(embedding_dropout=0.3, memory_dropout=0.3),
    loss: TokenLoss = TokenLoss(attention_regularization=1.0),
    max_target_length: int = 32,
    search: BeamSearch = BeamSearch(),
    learning_rate: float = 1e-3,
    optimizer: Adam = Adam(),
):
    """Returns a compiled encoder-decoder model with attention, from image to caption.

        image -> convolutions -> regions -> dense + position (-> similarity) -> memory
                                                                                  |
        target prefix -> embedding -> RNN -------------------------------------> attention -> RNN -> dense
            -> tied embedding

    The mean of the regions determines the initial states of the decoder. With `attention="none"` it is the only input
    from the image; otherwise every step attends to the regions.

    Args:
        vocabulary: `rnn_templates.preprocessing.text.subword_vocabulary.SubwordVocabulary` of the normalized captions.
        encoder: `ImageEncoder`; convolutional network, its initial weights and the image size.
        initial_weights: str or None; folder or `.keras` file of a captioning model with the same vocabulary and sizes.
            A second stage of training, with `trainable_backbone` and a low `learning_rate`, fine-tunes the backbone.
        {cell}
        units: positive int; size of the RNN state and of a region in the memory.
        {decoder_layers}
        {embedding_dim}
        attention: str; score function, "additive" or "scaled_dot", or "none" for no attention.
        {attention_units}
        context_gate: bool; whether a gate scales the context vector at every step.
        similarity_units: int; size of the vectors whose cosine similarity between regions is added to the memory, so
            that the decoder can count similar regions; 0 disables it.
        {dropout}
        {regularization}
        {loss}
        {max_target_length}
        {search}
        {learning_rate}
        {optimizer}

    Returns:
        `Captioner`: `fit`, `evaluate`, `generate` and `predict` take raw images.

    Raises:
        ValueError: if an argument is out of range.
        RuntimeError: if the weights of the backbone cannot be loaded.

    Source:
        Vinyals et al., arXiv:1411.4555; Xu et al., arXiv:1502.03044 (attention).

    Example:
        >>> vocabulary = rt.SubwordVocabulary.from_texts(["a small red circle"])
        >>> model = rt.captioning_model(vocabulary, units=8, embedding_dim=8)
        >>> model.encoder.output_shape[0]
        (None, 64, 16)
    """
    settings = DecoderSettings(
        cell, units, decoder_layers, embedding_dim, attention, attention_units, dropout, regularization, loss
    )
    settings.check("captioning_model", max_target_length)
    check_sizes("captioning_model", 0, similarity_units=similarity_units)
    from_scratch = _check_encoder(encoder, initial_weights)

    # Layers
    backbone = image_backbone(encoder.backbone, encoder.image_size, weights=encoder.backbone_weights)
    backbone.trainable = encoder.trainable_backbone
    _check_memory(settings, backbone, len(vocabulary), similarity_units)
    regions = keras.Input(backbone.output_shape[1:], name="image_regions")
    values = _encode(regions, units, similarity_units, regularization.memory_dropout)
    mean = keras.layers.GlobalAveragePooling1D(name="mean_pooling")(values)

    # Functional model
    memory_mask = ops.ones_like(regions[:, :, 0], dtype="bool")
    init_range = unit_norm_range(embedding_dim)
    memory_encoder, decoder = settings.build(
        regions, values, memory_mask, mean, len(vocabulary), init_range, "embedding", context_gate
    )
    source = keras.Input(backbone.input_shape[1:], dtype="uint8", name="source")
    target = keras.Input((None,), dtype="int32", name="target")
    logits, *_ = decoder([target, *memory_encoder(backbone(source))])

    # Task
    model = Captioner(
        keras.Model({"source": source, "target": target}, logits, name="network"),
        ImagePreprocessor(encoder.image_size),
        SubwordPreprocessor(vocabulary, max_length=max_target_length),
        from_scratch=from_scratch,
        **task_options(loss, search),
        name="captioning",
    )
    if initial_weights is not None:
        model.load_weights_from(initial_weights)
    model.compile(optimizer=optimizer.build(learning_rate))
    return model


def _check_memory(settings, backbone, vocabulary_size, similarity_units):
    """Raises ValueError if the model needs more memory than is available."""
    units, (positions, features) = settings.units, backbone.output_shape[1:]
    encoder = backbone.count_params() + (features + positions + 3 * similarity_units) * units
    settings.check_memory("captioning_model", units, vocabulary_size, encoder, similarity_units=similarity_units)


def _encode(regions, units, similarity_units, memory_dropout):
    """Projected regions (batch, positions, units) with their positions, and their similarities if there are any."""
    x = keras.layers.Dense(units, name="projection")(regions)
    x = keras.layers.LayerNormalization(name="layer_norm")(x)
    dropout = keras.layers.Dropout(memory_dropout, name="memory_dropout")
    values = dropout(PositionEmbedding(name="position_embedding")(x))
    return SimilarityAttention(similarity_units, name="similarity")(values) if similarity_units else values


def _check_encoder(encoder, initial_weights):
    """Returns whether the backbone is trained from scratch; raises ValueError if its settings contradict each other."""
    backbones = (*OWN, *PRETRAINED)
    if encoder.backbone not in backbones:
        raise ValueError(
            f"captioning_model: `backbone` must be one of {', '.join(backbones)}; received {encoder.backbone!r}."
        )
    if encoder.backbone in OWN and encoder.backbone_weights is not None:
        raise ValueError(
            f"captioning_model: `backbone_weights` must be None for {encoder.backbone!r}, which is not pretrained; "
            f"received {encoder.backbone_weights!r}."
        )
    from_scratch = encoder.backbone_weights is None and initial_weights is None
    if from_scratch and not encoder.trainable_backbone:
        raise ValueError(
            "captioning_model: `trainable_backbone` False requires `backbone_weights` or `initial_weights`; "
            "received None for both."
        )
    return from_scratch


def search_space(hp):
    """Returns builder arguments for one trial of `rnn_templates.tune`, drawn from `keras_tuner.HyperParameters`.

    Example:
        >>> import keras_tuner
        >>> from rnn_templates.templates.captioning.builder import search_space
        >>> search_space(keras_tuner.HyperParameters())["units"]
        128
    """
    sizes = {"cells": ["lstm", "gru"], "units": [128, 256, 384], "embedding_dims": [128, 192, 256]}
    return {
        "similarity_units": hp.Choice("similarity_units", [0, 32]),
        "attention_regularization": hp.Float("attention_regularization", 0.0, 2.0, step=0.5),
        **decoder_space(hp, **sizes, attentions=["additive", "scaled_dot", "none"]),
    }
