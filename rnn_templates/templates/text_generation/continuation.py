"""Continuation of texts by a language model, token by token."""

import numpy as np
import tensorflow as tf

from rnn_templates.decoding.beam_search import beam_search
from rnn_templates.decoding.decoder_step import NEG_INF
from rnn_templates.decoding.draw_token import check_sampling, draw_token
from rnn_templates.layers.rnn.implementation import prefer_implementation
from rnn_templates.preprocessing.text.symbol_vocabulary import END_ID, PAD_ID, UNKNOWN_ID
from rnn_templates.preprocessing.text.word_tokenizer import decode_text
from rnn_templates.runtime.text_stream import TextStream
from rnn_templates.tasks.prediction import Prediction
from rnn_templates.utils.validation import check_int

STRATEGIES = ("sample", "greedy", "beam")
BANNED_IDS = (PAD_ID, UNKNOWN_ID)
DEFAULTS = {
    "strategy": "sample",
    "temperature": 1.0,
    "top_k": 0,
    "top_p": 1.0,
    "beam_width": 5,
    "length_penalty": 1.0,
    "max_length": None,
    "stop": (),
    "seed": None,
}
CHUNK = 256  # tokens of a prefix that are read in one call


class Continuation:
    """Generation of text; a base class of `LanguageModel`."""

    output_name = "continuation"  # key of the generated text in dicts

    def generate(
        self,
        x="",
        *,
        strategy="sample",
        temperature=1.0,
        top_k=0,
        top_p=1.0,
        beam_width=5,
        length_penalty=1.0,
        max_length=None,
        stop=(),
        seed=None,
        stream=False,
    ):
        """Continues texts.

        A prefix may have any length: its states are carried over. The continuation ends at the end of a text, at a stop
        string, which is left out, or after `max_length` tokens.

        Args:
            x: str, or list of str; the prefixes; "" for the beginning of a text.
            strategy: "sample" (random), "greedy", or "beam", which finds the most probable continuation.
            temperature: positive float; of sampling; small values favor probable tokens.
            top_k: int of at least 0; sample among this number of tokens; 0 for all.
            top_p: float in (0, 1]; sample among the most probable tokens with this total probability.
            beam_width: positive int; hypotheses that the beam search keeps.
            length_penalty: float of at least 0; exponent of the length in the score of the beam search.
            max_length: positive int; maximum number of tokens; None for the model's own.
            stop: str, or sequence of str; texts that end the continuation.
            seed: int of at least 0 or None; equal seeds give equal texts, also in exported files; None for a new one.
            stream: bool; whether to return a generator that yields the continuation of one text in parts, as they are
                generated.

        Returns:
            A str for one prefix, else a list of str; with `stream` a generator of str.

        Raises:
            ValueError: if an argument is out of range, naming it.

        Example:
            >>> from rnn_templates.preprocessing.text.symbol_vocabulary import CharacterVocabulary
            >>> model = rt.text_generation_model(CharacterVocabulary("abc"), units=8, embedding_dim=8)
            >>> text = model.generate("ab", max_length=8, seed=1)
            >>> "".join(model.generate("ab", max_length=8, seed=1, stream=True)) == text
            True
        """
        options = {"temperature": temperature, "top_k": top_k, "top_p": top_p, "seed": seed, "strategy": strategy}
        options |= {"beam_width": beam_width, "length_penalty": length_penalty, "stop": stop, "max_length": max_length}
        options = self._checked_options(**options)
        is_single = isinstance(x, (str, bytes))
        if stream:
            if not is_single:
                raise ValueError(f"generate: `x` must be one text with `stream`; received {type(x).__name__}.")
            return (text for text, _ in self._continue(x, options))
        prefixes = [x] if is_single else self.read_examples(x)[0]
        texts = ["".join(text for text, _ in self._continue(prefix, options)) for prefix in prefixes]
        return texts[0] if is_single else texts

    def _checked_options(self, **options):
        """The options of `generate`, complete, after a check."""
        options = {**DEFAULTS, **options}
        if options["max_length"] is None:
            options["max_length"] = self.max_length
        if isinstance(options["stop"], str):
            options["stop"] = (options["stop"],)
        _check_options(**options)
        return options

    def _continue(self, prefix, options):
        """Yields (text, log-probability) of each token; the last pair has the text that was held back, and 0."""
        prefix = decode_text(prefix)
        spaced = self.preprocessor.unit != "character"  # tokens that begin with the space before a word
        stream = TextStream(options["stop"], strip=spaced and (not prefix or prefix[-1].isspace()))
        states, last = self._read_prefix(prefix)
        tokens = self._beam if options["strategy"] == "beam" else self._draw
        for token, log_prob in tokens(last, states, options):
            if token == END_ID:
                break
            yield stream.feed(self.preprocessor.vocabulary.token_bytes[token]), log_prob
            if stream.stopped:
                return
        yield stream.finish(), 0.0

    def _read_prefix(self, prefix):
        """The states before the last token of a prefix, and that token."""
        *ids, last = self.preprocessor.encode(prefix)
        states = [tf.zeros((1, size)) for size in self.state_specs.values()]
        read = self._step_function("read", self._read_graph, tf.TensorSpec((1, None), tf.int32))
        for start in range(0, len(ids), CHUNK):
            states = read(np.array([ids[start : start + CHUNK]], np.int32), states)
        return states, last

    def _read_graph(self, ids, states):
        return self.features(ids, states)[1]

    def _draw(self, last, states, options):
        """Yields (token, log-probability) of a random or greedy continuation."""
        seed = options["seed"]
        seed = int(np.random.default_rng().integers(2**31 - 1)) if seed is None else seed
        top_k = 1 if options["strategy"] == "greedy" else options["top_k"]
        numbers = np.float32(options["temperature"]), np.int32(top_k), np.float32(options["top_p"]), np.int32(seed)
        specs = [tf.TensorSpec((), dtype) for dtype in (tf.float32, tf.int32, tf.float32, tf.int32, tf.int32)]
        draw = self._step_function("draw", self._draw_graph, tf.TensorSpec((1,), tf.int32), *specs)
        for t in range(options["max_length"]):
            token, log_prob, states = draw(np.array([last], np.int32), *numbers, np.int32(t), states)
            last = int(token[0])
            yield last, float(log_prob[0])

    def _draw_graph(self, last, temperature, top_k, top_p, seed, t, states):
        logits, states = self.step(last, None, states)
        logits = tf.cast(logits, tf.float32) + self._ban()
        token = draw_token(logits, t, seed=seed, temperature=temperature, top_k=top_k, top_p=top_p)
        return token, tf.gather(tf.nn.log_softmax(logits), token, batch_dims=1), list(states)

    def _ban(self):
        bias = np.zeros(len(self.preprocessor.vocabulary), np.float32)
        bias[list(BANNED_IDS)] = NEG_INF
        return bias

    def _beam(self, last, states, options):
        """Yields (token, log-probability) of the most probable continuation that beam search finds."""
        width = min(options["beam_width"], len(self.preprocessor.vocabulary))
        max_length, penalty = options["max_length"], options["length_penalty"]

        def search(last, states):
            limits = {"max_length": max_length, "beam_width": width, "length_penalty": penalty, "n_best": 1}
            return beam_search(
                self.step, None, tuple(states), start_id=last, end_id=END_ID, banned_ids=BANNED_IDS, **limits
            )

        key = f"beam {max_length} {width} {penalty}"
        tokens, _, log_probs = self._step_function(key, search, tf.TensorSpec((1,), tf.int32))(
            np.array([last], np.int32), states
        )
        tokens = [int(token) for token in tokens[0, 0] if token != PAD_ID]
        mean = float(log_probs[0, 0]) / max(1, len(tokens))
        yield from ((token, mean) for token in tokens)

    def step(self, tokens, memory, states):
        """Returns the logits and states of one step, as `rnn_templates.decoding` takes it."""
        features, states = self.features(tokens[:, None], states)
        return self.logits(features)[:, 0], tuple(states)

    def _step_function(self, key, function, *specs):
        """A `tf.function` of further arguments and the states of one row, traced once."""
        if key not in self._step_functions:
            states = [tf.TensorSpec((1, size), tf.float32) for size in self.state_specs.values()]

            def run(*arguments):
                with prefer_implementation("while_loop"):
                    return function(*arguments)

            self._step_functions[key] = tf.function(run, input_signature=[*specs, states], autograph=False)
        return self._step_functions[key]

    def predict(self, x, batch_size=32, verbose=0, return_labels=False, **options):
        """Returns continuations of texts, a list of str; with `return_labels` a list of dicts.

        Each dict holds the `continuation`, its `probability`, the geometric mean of those of its tokens, an empty list
        of `alternatives`, and `remarks`.

        Args:
            x: raw texts.
            batch_size, verbose: not used; texts are continued one after the other.
            return_labels: bool; whether to return dicts.
            **options: of `generate`.
        """
        prefixes, _ = self.read_examples([x] if isinstance(x, (str, bytes)) else x)
        if not return_labels:
            return self.generate(prefixes, **options)
        texts, predictions, options = [], [], self._checked_options(**options)
        for prefix in prefixes:
            parts = list(self._continue(prefix, options))
            texts.append("".join(text for text, _ in parts))
            mean = np.mean([log_prob for _, log_prob in parts[:-1]]) if len(parts) > 1 else 0.0
            predictions.append(Prediction(np.zeros(0, np.int32), np.exp([mean])))
        marked = self.add_remarks(prefixes, predictions)
        return [self._to_dict(text, one) for text, one in zip(texts, marked, strict=True)]

    def to_dict(self, example, prediction):
        return self._to_dict(self.preprocessor.vocabulary.decode(prediction.outputs), prediction)

    def _to_dict(self, text, prediction):
        remarks = [*prediction.remarks, *([] if text else [f"empty {self.output_name}"])]
        scores = {"probability": float(prediction.scores[0]), "alternatives": []}
        return {self.output_name: text, **scores, "remarks": remarks}


def _check_options(*, strategy, stop, max_length, temperature, top_k, top_p, seed, beam_width, length_penalty):
    """Raises ValueError if an option of `generate` is out of range."""
    if strategy not in STRATEGIES:
        raise ValueError(f"generate: `strategy` must be one of {', '.join(STRATEGIES)}; received {strategy!r}.")
    if any(not isinstance(one, str) or not one for one in stop):
        raise ValueError(f"generate: `stop` must be texts that are not empty; received {stop!r}.")
    check_int("max_length", max_length)
    check_int("beam_width", beam_width)
    check_sampling(temperature=temperature, top_k=top_k, top_p=top_p)
    if seed is not None:
        check_int("seed", seed, 0)
    if not 0 <= length_penalty < np.inf:
        raise ValueError(f"generate: `length_penalty` must be a number of at least 0; received {length_penalty!r}.")
