"""Models that generate texts."""

import itertools

import numpy as np
import tensorflow as tf

from rnn_templates.preprocessing.text.subword_vocabulary import PAD_ID
from rnn_templates.preprocessing.text.word_tokenizer import decode_text
from rnn_templates.tasks.predict_function import PredictFunction
from rnn_templates.tasks.prediction import Prediction
from rnn_templates.tasks.seq2seq import Seq2Seq
from rnn_templates.tasks.signature import Signature
from rnn_templates.utils.extras import require
from rnn_templates.utils.validation import check_int

STRATEGIES = ("beam", "greedy", "sample")
MAX_CACHED_FUNCTIONS = 16  # one for every combination of options that was used


class TextGenerator(Seq2Seq):
    """Base class of models from raw inputs to texts.

    Subclasses implement `device_input_spec`, `device_input`, `memory_length` and `serving_signatures`.

    Args:
        *args, **kwargs: of `Seq2Seq`.
    """

    output_name = "text"  # key of the generated text in dicts
    # Ties may be broken differently, and a changed token changes all later ones; for int8 compare the metric.
    min_agreement = {"float32": 0.99, "int8": 0.5}
    metric_name = "bleu"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._decode_functions = {}

    def decode_examples(self, examples, strategy="beam", *, batch_size=32, progress=False, seed=None, **options):
        """Generates token ids for raw inputs, batched by length.

        Args:
            examples: list of raw inputs.
            strategy, **options: see `decode`.
            batch_size: positive int; inputs in a batch.
            progress: bool; whether to show a progress bar.
            seed: int or None; of the strategy "sample".

        Returns:
            Two lists with one array per input: tokens (n_best, time) int32 and probabilities (n_best,) float32.

        Raises:
            ValueError: if `strategy` or an option of it is not valid.
        """
        if strategy not in STRATEGIES:
            raise ValueError(f"generate: `strategy` must be one of {', '.join(STRATEGIES)}; received {strategy!r}.")
        if not len(examples):
            return [], []
        function = self._decode_function(strategy, options)
        batches = self.make_batches(examples, batch_size=batch_size)
        generator = np.random.default_rng(seed)
        seeds = (generator.integers(0, 2**31 - 1, 2).astype(np.int32) for _ in itertools.count())
        tokens, probabilities = [], []
        for _, outputs in function.run(batches, seeds, description="generating", progress=progress):
            tokens.extend(outputs[0])
            probabilities.extend(outputs[1])
        return batches.restore_order(tokens), batches.restore_order(probabilities)

    def _decode_function(self, strategy, options):
        """Returns `decode` as a `PredictFunction` of inputs and seed; the functions used last are kept."""
        key = (strategy, self.beam_width, self.length_penalty, *sorted(options.items()))
        if key not in self._decode_functions:
            if len(self._decode_functions) >= MAX_CACHED_FUNCTIONS:  # for example with another temperature in each call
                self._decode_functions.pop(next(iter(self._decode_functions)))
            self._decode_functions[key] = PredictFunction(
                lambda inputs, seed: self.decode(
                    inputs["source"], strategy, **options, **({"seed": seed} if strategy == "sample" else {})
                )
            )
        return self._decode_functions[key]

    def generate(
        self,
        x,
        *,
        strategy="beam",
        n_best=1,
        beam_width=None,
        length_penalty=None,
        temperature=1.0,
        top_k=0,
        top_p=1.0,
        seed=None,
        max_length=None,
        batch_size=32,
        return_probabilities=False,
        progress=False,
    ):
        """Generates texts for raw inputs.

        Args:
            x: a raw input, or a list, array or dataset of them.
            strategy: "beam", "greedy", or "sample" (random).
            n_best: positive int up to `beam_width`; number of hypotheses per input; with "beam" only.
            beam_width: positive int; hypotheses that the beam search keeps; None for the model's `beam_width`.
            length_penalty: float of at least 0; exponent of the length in the score; None for the model's own.
            temperature: positive float; of sampling; small values favor probable tokens.
            top_k: int of at least 0; sample among this number of tokens; 0 for all.
            top_p: float in (0, 1]; sample among the most probable tokens with this total probability.
            seed: int or None; of sampling; None for a new one in every call.
            max_length: positive int; maximum number of tokens; None for the model's own.
            batch_size: positive int; inputs in a batch.
            return_probabilities: bool; whether to return the geometric mean of the probabilities of a text's tokens.
            progress: bool; whether to show a progress bar.

        Returns:
            A str for one input, else a list of str; with `n_best` above 1 each is a list of str; with
            `return_probabilities` a pair (str, float) replaces every str.

        Raises:
            ValueError: if an argument is out of range, naming it.

        Example:
            >>> model = rt.load_model("saved_models/dates")
            >>> model.generate("three hundred and seventeen", strategy="greedy")
            'dreihundertsiebzehn'
        """
        check_int("n_best", n_best)
        options = {"max_length": max_length}
        if strategy == "beam":
            options |= {"beam_width": beam_width, "length_penalty": length_penalty, "n_best": n_best}
        elif n_best != 1:
            raise ValueError(f"generate: `n_best` must be 1 unless strategy='beam'; received {strategy!r}.")
        if strategy == "sample":
            options |= {"temperature": temperature, "top_k": top_k, "top_p": top_p}
        options = {name: value for name, value in options.items() if value is not None}
        is_single = self.is_single_example(x)
        segments = [self.split_input(example) for example in self.read_examples([x] if is_single else x)[0]]
        flat = [segment for one in segments for segment in one]
        loop = {"batch_size": batch_size, "progress": progress, "seed": seed}
        tokens, probabilities = self.decode_examples(flat, strategy, **loop, **options)
        decoded = zip(tokens, probabilities, strict=True)
        texts = [self._join_segments([next(decoded) for _ in one], n_best, return_probabilities) for one in segments]
        return texts[0] if is_single else texts

    def _join_segments(self, segments, n_best, return_probabilities):
        """Joins the texts of an input's segments, rank by rank."""
        to_text = self.target_preprocessor.vocabulary.decode
        texts = [" ".join(filter(None, (to_text(tokens[rank]) for tokens, _ in segments))) for rank in range(n_best)]
        if return_probabilities:
            texts = [
                (text, float(np.mean([scores[rank] for _, scores in segments])) if segments else 1.0)
                for rank, text in enumerate(texts)
            ]
        return texts if n_best > 1 else texts[0]

    def predict(self, x, batch_size=32, verbose=0, return_labels=False, **options):
        """Returns generated texts, a list of str; with `return_labels` a list of dicts.

        Each dict holds the text under the model's `output_name`, its `probability`, and `alternatives`, a list of
        further hypotheses; and `remarks`.

        Args:
            x: a raw input, or a list, array or dataset of them.
            batch_size: positive int; inputs in a batch.
            verbose: int; whether to show a progress bar.
            return_labels: bool; whether to return dicts.
            **options: of `generate`.

        Example:
            >>> model = rt.load_model("saved_models/dates")
            >>> model.predict(["three hundred and seventeen"])
            ['dreihundertsiebzehn']
        """
        x = [x] if self.is_single_example(x) else x
        options |= {"batch_size": batch_size, "progress": bool(verbose)}
        if not return_labels:
            return self.generate(x, **options)
        is_ranked = options.get("strategy", "beam") == "beam"
        n_best = min(3, options.get("beam_width") or self.beam_width) if is_ranked else 1
        inputs, _ = self.read_examples(x)
        texts = self.generate(inputs, **options | {"n_best": n_best, "return_probabilities": True})
        ranked = [hypotheses if n_best > 1 else [hypotheses] for hypotheses in texts]
        best = self.add_remarks(inputs, [Prediction(*hypotheses[0]) for hypotheses in ranked])
        return [self._ranked_to_dict(texts, one.remarks) for texts, one in zip(ranked, best, strict=True)]

    def predict_examples(self, examples, strategy=None):
        """Returns a `Prediction` per raw input: its token ids without padding, and their probability (1,).

        Args:
            examples: list of raw inputs; they are not split.
            strategy: "beam" or "greedy"; None for "beam".
        """
        strategy = strategy or "beam"
        options = {"n_best": 1} if strategy == "beam" else {}
        tokens, probabilities = self.decode_examples(examples, strategy, **options)
        return [self._prediction(*one) for one in zip(tokens, probabilities, strict=True)]

    @staticmethod
    def _prediction(tokens, probabilities):
        """Returns the best hypothesis of tokens ([n_best,] time) and probabilities ([n_best]) as a `Prediction`."""
        best = np.asarray(tokens).reshape(-1, np.shape(tokens)[-1])[0]
        return Prediction(best[best != PAD_ID], np.ravel(probabilities)[:1])

    def to_dict(self, example, prediction):
        hypothesis = self.target_preprocessor.vocabulary.decode(prediction.outputs), float(prediction.scores[0])
        return self._ranked_to_dict([hypothesis], prediction.remarks)

    def _ranked_to_dict(self, hypotheses, remarks):
        """Returns pairs of text and probability, best first, as a dict."""
        best, *others = [{self.output_name: text, "probability": score} for text, score in hypotheses]
        empty = [] if best[self.output_name] else [f"empty {self.output_name}"]
        return best | {"alternatives": others, "remarks": [*remarks, *empty]}

    def is_single_example(self, x):
        """Returns whether `x` is one raw input, not a collection."""
        return isinstance(x, (str, bytes))

    def split_input(self, example):
        """Returns the segments of a raw input that are generated one after the other, a list; the default is one."""
        return [example]

    def describe(self):
        return f"{len(self.preprocessor.vocabulary)} and {len(self.target_preprocessor.vocabulary)} subwords"

    @property
    def memory_length(self):
        """Number of memory positions of a device, an int."""
        raise NotImplementedError(f"{type(self).__name__} must implement `memory_length`.")

    def device_signatures(self):
        """Returns the signatures of the LiteRT file.

        `encode` and `decode_step` are the parts of the model; `greedy` and `beam` return token ids for an input.
        """
        return [
            self.device_signature("encode", self.device_encode),
            Signature("decode_step", self._decode_step_specs(), self.device_decode_step),
            self.device_signature("greedy", self.device_greedy, self._decode_device, strategy="greedy"),
            self.device_signature("beam", self.device_beam, self._decode_device, strategy="beam"),
        ]

    def _decode_step_specs(self):
        _, memory, _, *states = self.decoder.inputs
        return (
            tf.TensorSpec((1,), tf.int32, name="tokens"),
            tf.TensorSpec((1, self.memory_length, memory.shape[-1]), tf.float32, name="memory"),
            tf.TensorSpec((1, self.memory_length), tf.bool, name="memory_mask"),
            *(tf.TensorSpec((1, state.shape[-1]), tf.float32, name=state.name) for state in states),
        )

    def _decoder_input_names(self):
        return [tensor.name for tensor in self.decoder.inputs[1:]]

    def _decode_device(self, outputs, examples):
        return [self._prediction(*one) for one in zip(outputs["tokens"], outputs["probabilities"], strict=True)]

    def _decode_serving(self, outputs, examples):
        return [self._prediction(*one) for one in zip(outputs["tokens"], outputs["probability"], strict=True)]

    def device_encode(self, source):
        """Returns the named inputs of `decode_step` for an encoded input."""
        return dict(zip(self._decoder_input_names(), self.encode_source(source), strict=True))

    def device_decode_step(self, tokens, memory, memory_mask, *states):
        """Returns the logits (1, vocabulary) and states for the previous token (1,), the memory and the states."""
        logits, states = self.step(tokens, (memory, memory_mask), states)
        return {"logits": logits, **dict(zip(self._decoder_input_names()[2:], states, strict=True))}

    def device_greedy(self, source):
        """Returns token ids (1, max_length) and their probability (1,) for an encoded input."""
        tokens, probabilities = self.decode(source, "greedy")
        return {"tokens": tokens[:, 0], "probabilities": probabilities[:, 0]}

    def device_beam(self, source):
        """Returns token ids (1, beam_width, max_length) and probabilities (1, beam_width) for an encoded input."""
        tokens, probabilities = self.decode(source, "beam")
        return {"tokens": tokens, "probabilities": probabilities}

    @staticmethod
    def agreement(expected, actual):
        """Returns the fraction of texts with the same tokens in two lists of `Prediction`, in [0, 1]."""
        return float(np.mean([np.array_equal(a.outputs, b.outputs) for a, b in zip(expected, actual, strict=True)]))

    @staticmethod
    def is_comparable(expected, actual):
        """Returns whether two predictions are the same text: different texts have different probabilities."""
        return np.array_equal(expected.outputs, actual.outputs)

    def score(self, predictions, targets):
        """Returns the BLEU score, in percent, of a list of `Prediction` and raw target texts."""
        hypotheses = [self.target_preprocessor.vocabulary.decode(prediction.outputs) for prediction in predictions]
        references = [decode_text(target) for target in targets]
        return float(require("sacrebleu", "metrics", "BLEU").corpus_bleu(hypotheses, [references]).score)

    def save_vocabulary(self, directory):
        self.preprocessor.vocabulary.save(directory / "source_vocabulary.txt")
        self.target_preprocessor.vocabulary.save(directory / "target_vocabulary.txt")
