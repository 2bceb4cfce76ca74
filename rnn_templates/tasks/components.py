"""Groups of builder arguments, shared by several templates."""

import dataclasses
import math

from rnn_templates.utils.validation import check_fractions, check_positive, check_range, is_number

MAX_IMAGE_SIZE = 2048  # a larger one takes gigabytes a batch
MAX_BEAM_WIDTH = 1000  # every hypothesis of a batch has a row of logits


@dataclasses.dataclass(frozen=True)
class TokenLoss:
    """Cross-entropy of target tokens, and its regularization in training.

        L = -sum_v q(v) log p(v),   q = (1 - label_smoothing) * one_hot(y) + label_smoothing / vocabulary_size

    Args:
        label_smoothing: float in [0, 1); probability that training moves from the correct token to all tokens evenly,
            against overconfident predictions; 0 for none.
        r_drop: float of at least 0; weight of the difference (symmetric KL divergence) between two predictions of an
            example with different dropout masks; 0 disables it. Values from 1 to 5 help on small data, and double the
            time of training.
        scheduled_sampling: float in [0, 1); probability of replacing a token before the predicted one, during training,
            with the model's own prediction, as at inference.
        decoder_input_noise: float in [0, 1); probability of replacing a token before the predicted one, during
            training, with the token at the same position of another example in the batch. Makes the decoder rely more
            on attention, that is on the source.
        attention_regularization: float of at least 0; weight of the penalty on source positions (or image regions)
            whose attention weights do not sum to one over the target tokens (doubly stochastic attention): parts that
            are left out or repeated.

    Raises:
        ValueError: if an argument is out of range.

    Source:
        Szegedy et al., arXiv:1512.00567 (label smoothing); Liang et al., R-Drop, arXiv:2106.14448; Mihaylova and
        Martins, arXiv:1906.07651 (scheduled sampling); Xu et al., arXiv:1502.03044 (doubly stochastic attention).

    Example:
        >>> from rnn_templates.tasks.components import TokenLoss
        >>> TokenLoss(label_smoothing=0.0).r_drop
        0.0
    """

    label_smoothing: float = 0.1
    r_drop: float = 0.0
    scheduled_sampling: float = 0.0
    decoder_input_noise: float = 0.0
    attention_regularization: float = 0.0

    def __post_init__(self):
        check_fractions(
            "TokenLoss",
            label_smoothing=self.label_smoothing,
            scheduled_sampling=self.scheduled_sampling,
            decoder_input_noise=self.decoder_input_noise,
        )
        _check_non_negative("TokenLoss", r_drop=self.r_drop, attention_regularization=self.attention_regularization)


@dataclasses.dataclass(frozen=True)
class BeamSearch:
    """Default settings of the beam search of a text generator.

        score(y) = log p(y | x) / |y| ** length_penalty

    Args:
        beam_width: int from 1 to 1000; number of candidate texts (hypotheses) kept at every step; 1 is greedy search.
        length_penalty: float of at least 0; exponent of the length in the score: 0 favors short texts, larger values
            favor longer ones.

    Raises:
        ValueError: if an argument is out of range.

    Example:
        >>> from rnn_templates.tasks.components import BeamSearch
        >>> BeamSearch(beam_width=3)
        BeamSearch(beam_width=3, length_penalty=1.0)
    """

    beam_width: int = 5
    length_penalty: float = 1.0

    def __post_init__(self):
        check_range("BeamSearch", 1, MAX_BEAM_WIDTH, beam_width=self.beam_width)
        _check_non_negative("BeamSearch", length_penalty=self.length_penalty)


@dataclasses.dataclass(frozen=True)
class Adam:
    """Settings of the Adam optimizer, except for its learning rate.

    Args:
        beta_2: float in [0, 1); decay rate of the average of squared gradients (second moments).
        clip_norm: positive float; maximum norm of the gradient of all weights together; a larger one is scaled down.
        epsilon: positive float; added to the square root of the second moments; larger values reduce the updates of
            weights with small gradients.

    Raises:
        ValueError: if an argument is out of range.

    Source:
        Kingma and Ba, Adam, arXiv:1412.6980.

    Example:
        >>> from rnn_templates.tasks.components import Adam
        >>> Adam(beta_2=0.98).build(learning_rate=1e-3).beta_2
        0.98
    """

    beta_2: float = 0.999
    clip_norm: float = 1.0
    epsilon: float = 1e-7

    def __post_init__(self):
        check_fractions("Adam", beta_2=self.beta_2)
        check_positive("Adam", clip_norm=self.clip_norm, epsilon=self.epsilon)

    def build(self, learning_rate):
        """Returns a `keras.optimizers.Adam` with these settings.

        Args:
            learning_rate: positive float, or a `keras.optimizers.schedules.LearningRateSchedule`.

        Raises:
            ValueError: if the learning rate is not positive.
        """
        import keras  # here, so that the command line can list the fields without TensorFlow

        if not isinstance(learning_rate, keras.optimizers.schedules.LearningRateSchedule):
            check_positive("Adam", learning_rate=learning_rate)

        return keras.optimizers.Adam(
            learning_rate, beta_2=self.beta_2, epsilon=self.epsilon, global_clipnorm=self.clip_norm
        )


@dataclasses.dataclass(frozen=True)
class ImageEncoder:
    """Convolutional network that encodes an image as a grid of regions.

    Args:
        backbone: str; "small", a custom network for training from scratch, or a network of `keras.applications`:
            "mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large", "efficientnet_v2_b0" or "resnet50_v2".
        backbone_weights: str or None; "imagenet", or the path of a weights file without the classifier; None for
            random weights.
        trainable_backbone: bool; whether the backbone is trained. The features of a frozen one are computed once and
            cached.
        image_size: int from 32 to 2048; height and width to which images are resized, without keeping the aspect ratio.

    Raises:
        ValueError: if an argument is out of range.

    Example:
        >>> from rnn_templates.tasks.components import ImageEncoder
        >>> ImageEncoder("mobilenet_v2", backbone_weights="imagenet", image_size=224).trainable_backbone
        True
    """

    backbone: str = "small"
    backbone_weights: str | None = None
    trainable_backbone: bool = True
    image_size: int = 64

    def __post_init__(self):
        check_range("ImageEncoder", 32, MAX_IMAGE_SIZE, image_size=self.image_size)
        if not isinstance(self.backbone, str):
            raise ValueError(f"ImageEncoder: `backbone` must be the name of a network; received {self.backbone!r}.")


@dataclasses.dataclass(frozen=True)
class _Dropouts:
    """Dropout probabilities of an embedding and of an RNN."""

    embedding_dropout: float = 0.0
    recurrent_dropout: float = 0.0
    type_dropout: float = 0.0

    def __post_init__(self):
        dropouts = {name: value for name, value in vars(self).items() if name.endswith("dropout")}
        check_fractions(type(self).__name__, **dropouts)


@dataclasses.dataclass(frozen=True)
class ClassifierRegularization(_Dropouts):
    """Dropout of the embedding and of the RNN, and adversarial training, of a text classifier.

    Args:
        embedding_dropout: float in [0, 1); probability of setting an embedding feature to zero in training, at all
            positions of an example.
        recurrent_dropout: float in [0, 1); probability of setting a feature of the RNN state to zero, on its way to
            the next step, in training.
        type_dropout: float in [0, 1); probability of hiding a word of the vocabulary in training, at all of its
            positions in the batch.
        adversarial_epsilon: float of at least 0; norm of the adversarial perturbation of the embedded text, relative to
            its own norm; 0 disables it. Try 0.02. Doubles the time of training.

    Raises:
        ValueError: if an argument is out of range.

    Source:
        Gal and Ghahramani, arXiv:1512.05287 (recurrent and type dropout); Miyato et al., arXiv:1605.07725 (adversarial
        training).

    Example:
        >>> from rnn_templates.tasks.components import ClassifierRegularization
        >>> ClassifierRegularization(type_dropout=0.2).adversarial_epsilon
        0.0
    """

    adversarial_epsilon: float = 0.0

    def __post_init__(self):
        super().__post_init__()
        _check_non_negative("ClassifierRegularization", adversarial_epsilon=self.adversarial_epsilon)


@dataclasses.dataclass(frozen=True)
class Seq2SeqRegularization(_Dropouts):
    """Dropout of the embeddings, of the memory and of the RNNs of an encoder-decoder model.

    Args:
        embedding_dropout: float in [0, 1); probability of setting an embedding feature to zero in training.
        memory_dropout: float in [0, 1); probability of setting a feature of the encoder's outputs (the memory that
            attention reads) to zero in training.
        recurrent_dropout: float in [0, 1); probability of setting a feature of the RNN state to zero, on its way to
            the next step, in training.
        type_dropout: float in [0, 1); probability of hiding a token of the vocabulary in training, at all of its
            positions in the batch.

    Raises:
        ValueError: if an argument is out of range.

    Source:
        Gal and Ghahramani, arXiv:1512.05287 (recurrent and type dropout).

    Example:
        >>> from rnn_templates.tasks.components import Seq2SeqRegularization
        >>> Seq2SeqRegularization(memory_dropout=0.3).type_dropout
        0.0
    """

    memory_dropout: float = 0.0


def _check_non_negative(owner, **values):
    for name, value in values.items():
        if not is_number(value) or not 0 <= value < math.inf:
            raise ValueError(f"{owner}: `{name}` must be a number of at least 0; received {value!r}.")
