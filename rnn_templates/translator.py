"""A model that translates texts."""

import keras
import numpy as np
import tensorflow as tf

from rnn_templates.data.parallel_files import read_pairs
from rnn_templates.decoding.seam import check_whole
from rnn_templates.generator import Generator
from rnn_templates.text.passages import passages
from rnn_templates.text.splitting import encode_text
from rnn_templates.text.subword_preprocessor import subword_rule
from rnn_templates.text.subwords import END, PAD


@keras.saving.register_keras_serializable(package="rnn_templates")
class Translator(Generator):
    """Texts in, texts out; made by `translation_model`.

    `fit` and `evaluate` take a `tf.data.Dataset` of (source, target), or two lists of texts.

    Args:
        (all): see `Generator`.
    """

    embedded_data = "dates"

    def generate(
        self,
        x,
        *,
        search="beam",
        best=1,
        width=None,
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
        """Returns translations of texts.

        A text that is longer than the model reads at once is translated in parts: sentences, or, where a sentence is
        too long, runs of words. An empty text is answered by an empty one.

        Args:
            x: a text, or a list, array or dataset of texts.
            search: "beam", "greedy", or "sample", which draws.
            best: how many answers to a text, up to `width`; with "beam" only.
            width: hypotheses that the beam search keeps; None for the model's own `beam_width`.
            length_penalty: power of the length by which scores are divided; None for the model's own.
            temperature: of drawing, positive: small keeps to what is likely.
            top_k: draw among so many tokens only; 0 for all.
            top_p: draw among the most likely tokens that together are so probable, in (0, 1].
            seed: of drawing, or None for a new one every time.
            max_length: most tokens of an answer; None for the model's own.
            batch_size: texts at once.
            return_probabilities: whether to say how sure the model is too: the geometric mean of the probabilities of
                an answer's tokens.
            progress: whether to show a bar.

        Returns:
            A str for a text, else a list of str; with `best` above 1 a list of them in the place of each; with
            `return_probabilities` pairs (str, float) in the place of each str.

        Raises:
            ValueError: naming the argument that does not fit.

        Example:
            >>> model.generate("A dog runs.")
            'Ein Hund rennt.'
        """
        check_whole("best", best, 1)
        options = {"max_length": max_length}
        if search == "beam":
            options |= {"width": width, "length_penalty": length_penalty, "best": best}
        elif best != 1:
            raise ValueError(f"generate: `best` goes with search='beam', which ranks its answers; got {search!r}.")
        if search == "sample":
            options |= {"temperature": temperature, "top_k": top_k, "top_p": top_p}
        options = {name: value for name, value in options.items() if value is not None}
        alone = isinstance(x, (str, bytes))
        texts, _ = self.read([x] if alone else x)
        parts = [passages(text, self.preprocessor.vocabulary, self.preprocessor.max_length - 1) for text in texts]
        flat = [part for own in parts for part in own]
        how = {"batch_size": batch_size, "progress": progress, "seed": seed}
        tokens, sure = self.search_all(flat, search, **how, **options)
        found = zip(tokens, sure, strict=True)
        answers = [self._joined([next(found) for _ in own], best, return_probabilities) for own in parts]
        return answers[0] if alone else answers

    def _joined(self, parts, best, return_probabilities):
        """The answer to a text from those to its parts, rank by rank."""
        written = self.target_preprocessor.vocabulary.text
        texts = [" ".join(filter(None, (written(tokens[rank]) for tokens, _ in parts))) for rank in range(best)]
        if return_probabilities:
            texts = [
                (text, float(np.mean([sure[rank] for _, sure in parts])) if parts else 1.0)
                for rank, text in enumerate(texts)
            ]
        return texts if best > 1 else texts[0]

    def predict(self, x, batch_size=32, verbose=0, return_labels=False, **options):
        """Returns the translations of texts, a list of str; with `return_labels` a list of dicts.

        Each dict holds `translation`, `probability`, and `alternatives`, a list of further ones.

        Example:
            >>> model.predict(["A dog runs."])
            ['Ein Hund rennt.']
        """
        x = [x] if isinstance(x, (str, bytes)) else x
        options |= {"batch_size": batch_size, "progress": bool(verbose)}
        if not return_labels:
            return self.generate(x, **options)
        ranked = options.get("search", "beam") == "beam"
        options |= {
            "best": min(3, options.get("width") or self.beam_width) if ranked else 1,
            "return_probabilities": True,
        }
        return [self.decode(answers) for answers in self.generate(x, **options)]

    @staticmethod
    def decode(answers):
        """Returns a dict for a text's answers, a pair or a list of pairs of text and probability."""
        (first, probability), *others = answers if isinstance(answers, list) else [answers]
        return {
            "translation": first,
            "probability": probability,
            "alternatives": [{"translation": text, "probability": sure} for text, sure in others],
        }

    def decode_answer(self, text, answer):
        """Returns one `Answer` in words."""
        written = self.target_preprocessor.vocabulary.text(answer.labels)
        return self.decode((written, float(answer.probabilities[0])))

    def attention(self, source, target=None):
        """Returns where the model looks in a source while it writes each token.

        Args:
            source: a text, no longer than the model reads at once.
            target: the text that is written; None for the model's own greedy one.

        Returns:
            `source_tokens, target_tokens, weights`: two lists of str, and (target, source) float32.

        Example:
            >>> attention_map(*model.attention("A dog runs."))
        """
        if target is None:
            target = self.generate(source, search="greedy")
        features, targets, _ = self.encode([source], [target])
        looking = keras.Model(self.decoder.inputs, self.decoder.get_layer("attention").output[1])
        ids, before = features["source"][0], features["target"][0]
        memory = self.encoder(ids[None], training=False)
        weights = looking([tf.constant(before[None]), *memory], training=False)[0].numpy()
        vocabularies = (self.preprocessor.vocabulary, ids), (self.target_preprocessor.vocabulary, targets[0])
        return *([vocabulary.tokens[i] for i in numbers] for vocabulary, numbers in vocabularies), weights

    def read_file(self, path, *, text=None, label=None, **_):
        """Returns the pairs of a file, or of two parallel ones, `Pairs`; see `rnn_templates.load`."""
        return read_pairs(path, text=text, label=label)

    def signatures(self):
        """What the SavedModel answers, by name; see `translate` and `translate_best`."""
        texts = tf.TensorSpec((None,), tf.string, name="texts")
        return {"translate": (self.translate, (texts,)), "translate_best": (self.translate_best, (texts,))}

    def translate(self, texts):
        """From texts (batch,) to translations and their probabilities (batch,), and tokens (batch, time)."""
        answers = self._serve(texts, 1)
        return {
            "translation": answers["translations"][:, 0],
            "probability": answers["probabilities"][:, 0],
            "tokens": answers["tokens"][:, 0],
            "truncated": answers["truncated"],
        }

    def translate_best(self, texts):
        """From texts (batch,) to the `beam_width` best translations and their probabilities (batch, beam_width)."""
        return self._serve(texts, self.beam_width)

    def _serve(self, texts, best):
        ids = self.preprocessor(texts)
        tokens, probabilities = self.search(ids, "beam", best=best)
        empty = ids[:, 0] == END
        tokens = tf.where(empty[:, None, None], PAD, tokens)
        return {
            "translations": self.target_preprocessor.texts(tokens),
            "probabilities": tf.where(empty[:, None], 1.0, probabilities),
            "tokens": tokens,
            "truncated": self.preprocessor.truncated(texts, ids),
        }

    def device_signatures(self):
        """What the LiteRT file answers: its parts, and two whole ways from tokens to tokens."""
        places = self.preprocessor.max_length
        source = tf.TensorSpec((1, places), tf.int32, name="source")
        _, memory, mask, *states = self.decoder.inputs
        specs = (
            tf.TensorSpec((1,), tf.int32, name="tokens"),
            tf.TensorSpec((1, places, memory.shape[-1]), tf.float32, name="memory"),
            tf.TensorSpec((1, places), tf.bool, name="memory_mask"),
            *(tf.TensorSpec((1, state.shape[-1]), tf.float32, name=state.name) for state in states),
        )
        return {
            "encode": (self.serve_encode, (source,)),
            "decode_step": (self.serve_step, specs),
            "greedy": (self.serve_greedy, (source,)),
            "beam": (self.serve_beam, (source,)),
        }

    def serve_encode(self, source):
        """From a text (1, max_source) to what `decode_step` reads, by name."""
        return dict(zip(self._decoder_names(), self.encoder(source, training=False), strict=True))

    def serve_step(self, tokens, memory, memory_mask, *states):
        """From the token before (1,), and what `encode` or the step before gave, to logits and states."""
        logits, states = self.step(tokens, (memory, memory_mask), states)
        return {"logits": logits, **dict(zip(self._decoder_names()[2:], states, strict=True))}

    def _decoder_names(self):
        return [tensor.name for tensor in self.decoder.inputs[1:]]

    def serve_greedy(self, source):
        """From a text (1, max_source) to tokens (1, max_target) and their probability (1,)."""
        tokens, probabilities = self.search(source, "greedy")
        return {"tokens": tokens[:, 0], "probabilities": probabilities[:, 0]}

    def serve_beam(self, source):
        """From a text (1, max_source) to the best tokens (1, beam_width, max_target) and probabilities."""
        tokens, probabilities = self.search(source, "beam")
        return {"tokens": tokens, "probabilities": probabilities}

    def reading_rule(self):
        """Returns all that a device must know to make tokens of a text and a text of tokens, but for the words."""
        lengths = {"max_source": self.preprocessor.max_length, "max_target": self.target_preprocessor.max_length}
        return {**subword_rule(), **lengths, "beam_width": self.beam_width, "length_penalty": self.length_penalty}

    def cut(self, examples, targets=None):
        """Returns the examples that a device can read at once, with their targets: longer ones are left out."""
        room = self.preprocessor.max_length - 1
        kept = [i for i, text in enumerate(examples) if 0 < len(self.preprocessor.vocabulary.ids(text)) <= room]
        if not kept:
            raise ValueError(f"None of {len(examples)} texts has between 1 and {room} subwords.")
        return [examples[i] for i in kept], None if targets is None else [targets[i] for i in kept]

    def ask_saved_model(self, served, texts, way="beam"):
        """Returns one `Answer` a text of a loaded SavedModel."""
        answers = []
        for i in range(0, len(texts), 64):
            found = served.translate(tf.constant([encode_text(text) for text in texts[i : i + 64]], tf.string))
            answers += [
                self._answer(*one) for one in zip(found["tokens"].numpy(), found["probability"].numpy(), strict=True)
            ]
        return answers

    def ask_device(self, file, texts, way="greedy"):
        """Returns one `Answer` a text of a `LiteRTFile`, searched by its signature `way`."""
        answers = []
        for text in texts:
            source = np.zeros(file.shape("source", way), np.int32)
            ids = self.preprocessor.ids(text)
            source[0, : len(ids)] = ids
            found = file(way, source=source)
            answers.append(self._answer(found["tokens"][0], found["probabilities"][0]))
        return answers
