"""A model that writes texts, token by token."""

import numpy as np
import tensorflow as tf

from rnn_templates.decoding import beam_search, greedy, sample
from rnn_templates.preprocessing.text.subword_vocabulary import END_ID, PAD_ID, START_ID
from rnn_templates.preprocessing.text.word_tokenizer import decode_text
from rnn_templates.tasks.seq2seq import Seq2Seq
from rnn_templates.tasks.task import Answer
from rnn_templates.utils.progress import with_progress
from rnn_templates.utils.validation import check_int

SEARCHES = ("beam", "greedy", "sample")
MOST_SEARCHES = 16  # that are kept compiled


class TextGenerator(Seq2Seq):
    """Raw inputs in, texts out: what all models share that write.

    Args:
        *args, **kwargs: of `Seq2Seq`.
    """

    noun = "text"  # what it writes
    # Of two texts that are equally good either may win, and one token that changes, changes what follows: for int8 what
    # counts is `metric`.
    min_agreement = {"float32": 0.99, "int8": 0.5}
    metric_name = "bleu"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._searches = {}

    def step(self, tokens, memory, states):
        """One step of the decoder, as `rnn_templates.decoding` asks for it."""
        logits, *states = self.decoder([tokens[:, None], *memory, *states], training=False)
        return logits[:, 0], tuple(states)

    def remember(self, source):
        """Returns what the decoder reads of a batch: memory, its mask, and the first states."""
        return self.encoder(source, training=False)

    def search(self, source, how="beam", **options):
        """Searches answers inside a graph.

        Args:
            source: what the encoder reads.
            how: "beam", "greedy" or "sample".
            **options: of the function of that name in `rnn_templates.decoding`.

        Returns:
            `tokens, probabilities`: (batch, best, time) int32 and (batch, best) float32, the geometric mean of the
            probabilities of an answer's tokens; best first.
        """
        memory, mask, *states = self.remember(source)
        options = {"start_id": START_ID, "end_id": END_ID, "banned_ids": (PAD_ID, START_ID), **options}
        options.setdefault("max_length", self.target_preprocessor.max_length)
        if how == "beam":
            options = {"beam_width": self.beam_width, "length_penalty": self.length_penalty, **options}
            tokens, _, scores = beam_search(self.step, (memory, mask), tuple(states), **options)
        else:
            function = {"greedy": greedy, "sample": sample}[how]
            tokens, scores = function(self.step, (memory, mask), tuple(states), **options)
            tokens, scores = tokens[:, None], scores[:, None]
        lengths = tf.reduce_sum(tf.cast(tokens != PAD_ID, tf.float32), axis=-1)
        return tokens, tf.exp(scores / tf.maximum(lengths, 1.0))

    def search_all(self, x, how="beam", *, batch_size=32, progress=False, seed=None, **options):
        """Searches answers to raw inputs, batched by length.

        Returns:
            Two lists with one array an input: tokens (best, time) int32 and probabilities (best,) float32.

        Raises:
            ValueError: if there is no such search, or an option of it does not fit.
        """
        if how not in SEARCHES:
            raise ValueError(f"generate: `search` is one of {', '.join(SEARCHES)}, not {how!r}.")
        if not len(x):
            return [], []
        key = (how, self.beam_width, self.length_penalty, *sorted(options.items()))
        if key not in self._searches:
            random = how == "sample"
            if len(self._searches) >= MOST_SEARCHES:  # somebody may ask with another temperature every time
                self._searches.pop(next(iter(self._searches)))
            self._searches[key] = tf.function(
                lambda source, seed: self.search(source, how, **options, **({"seed": seed} if random else {})),
                reduce_retracing=True,
                autograph=False,  # nothing here needs it, and it would bury an error under its own words
            )
        batches = self.batches(x, batch_size=batch_size)
        generator = np.random.default_rng(seed)
        tokens, probabilities = [], []
        for inputs in with_progress(batches.dataset(), "writing", progress):
            source = (inputs[0] if isinstance(inputs, tuple) else inputs)["source"]
            drawn = tf.constant(generator.integers(0, 2**31 - 1, 2), tf.int32)
            found, sure = self._searches[key](source, drawn)
            tokens.extend(found.numpy())
            probabilities.extend(sure.numpy())
        return batches.restore_order(tokens), batches.restore_order(probabilities)

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
        """Returns what the model writes.

        Args:
            x: a raw input, or a list, array or dataset of them.
            search: "beam", "greedy", or "sample", which draws.
            best: how many answers to an input, up to `width`; with "beam" only.
            width: hypotheses that the beam search keeps; None for the model's own `beam_width`.
            length_penalty: power of the length by which scores are divided; None for the model's own.
            temperature: of drawing, positive: small keeps to what is likely.
            top_k: draw among so many tokens only; 0 for all.
            top_p: draw among the most likely tokens that together are so probable, in (0, 1].
            seed: of drawing, or None for a new one every time.
            max_length: most tokens of an answer; None for the model's own.
            batch_size: inputs at once.
            return_probabilities: whether to say how sure the model is too: the geometric mean of the probabilities of
                an answer's tokens.
            progress: whether to show a bar.

        Returns:
            A str for one input, else a list of str; with `best` above 1 a list of them in the place of each; with
            `return_probabilities` pairs (str, float) in the place of each str.

        Raises:
            ValueError: naming the argument that does not fit.

        Example:
            >>> model.generate("A dog runs.")
            'Ein Hund rennt.'
        """
        check_int("best", best)
        options = {"max_length": max_length}
        if search == "beam":
            options |= {"beam_width": width, "length_penalty": length_penalty, "n_best": best}
        elif best != 1:
            raise ValueError(f"generate: `best` goes with search='beam', which ranks its answers; got {search!r}.")
        if search == "sample":
            options |= {"temperature": temperature, "top_k": top_k, "top_p": top_p}
        options = {name: value for name, value in options.items() if value is not None}
        alone = self.is_one(x)
        inputs, _ = self.read([x] if alone else x)
        parts = [self.parts(one) for one in inputs]
        flat = [part for own in parts for part in own]
        how = {"batch_size": batch_size, "progress": progress, "seed": seed}
        tokens, sure = self.search_all(flat, search, **how, **options)
        found = zip(tokens, sure, strict=True)
        answers = [self._joined([next(found) for _ in own], best, return_probabilities) for own in parts]
        return answers[0] if alone else answers

    def _joined(self, parts, best, return_probabilities):
        """The answer to an input from those to its parts, rank by rank."""
        written = self.target_preprocessor.vocabulary.decode
        texts = [" ".join(filter(None, (written(tokens[rank]) for tokens, _ in parts))) for rank in range(best)]
        if return_probabilities:
            texts = [
                (text, float(np.mean([sure[rank] for _, sure in parts])) if parts else 1.0)
                for rank, text in enumerate(texts)
            ]
        return texts if best > 1 else texts[0]

    def predict(self, x, batch_size=32, verbose=0, return_labels=False, **options):
        """Returns what the model writes, a list of str; with `return_labels` a list of dicts.

        Each dict holds the text under the `noun` of the model, its `probability`, and `alternatives`, a list of more.

        Example:
            >>> model.predict(["A dog runs."])
            ['Ein Hund rennt.']
        """
        x = [x] if self.is_one(x) else x
        options |= {"batch_size": batch_size, "progress": bool(verbose)}
        if not return_labels:
            return self.generate(x, **options)
        ranked = options.get("search", "beam") == "beam"
        options |= {
            "best": min(3, options.get("width") or self.beam_width) if ranked else 1,
            "return_probabilities": True,
        }
        return [self.decode(answers) for answers in self.generate(x, **options)]

    def decode(self, answers):
        """Returns a dict for the answers to one input, a pair or a list of pairs of text and probability."""
        (first, probability), *others = answers if isinstance(answers, list) else [answers]
        return {
            self.noun: first,
            "probability": probability,
            "alternatives": [{self.noun: text, "probability": sure} for text, sure in others],
        }

    def to_dict(self, example, answer):
        """Returns one `Answer` in words."""
        written = self.target_preprocessor.vocabulary.decode(answer.labels)
        return self.decode((written, float(answer.probabilities[0])))

    def is_one(self, x):
        """Whether `x` is one raw input, not many."""
        return isinstance(x, (str, bytes))

    def parts(self, example):
        """Returns a raw input in parts that are answered one after the other, a list: here it stays whole."""
        return [example]

    @property
    def knows(self):
        vocabularies = self.preprocessor.vocabulary, self.target_preprocessor.vocabulary
        return "{} and {} subwords".format(*map(len, vocabularies))

    def ways(self, target):
        """Returns the searches by which an exported file can be asked."""
        return ("beam",) if target == "saved_model" else ("greedy", "beam")

    def ask(self, examples, way="beam"):
        """Returns one `Answer` an example: its tokens, without padding, and their probability."""
        options = {"best": 1} if way == "beam" else {}
        return [self._answer(*one) for one in zip(*self.search_all(examples, way, **options), strict=True)]

    @staticmethod
    def _answer(tokens, probabilities):
        """The best of the hypotheses for one example."""
        best = np.asarray(tokens).reshape(-1, np.shape(tokens)[-1])[0]
        return Answer(best[best != PAD_ID], np.ravel(probabilities)[:1])

    def device_signatures(self):
        """What the LiteRT file answers: its parts, and two whole ways from an input to tokens."""
        source = self.device_source()
        _, memory, mask, *states = self.decoder.inputs
        places = self.places
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
        """From what is read to what `decode_step` reads, by name."""
        return dict(zip(self._decoder_names(), self.remember(source), strict=True))

    def serve_step(self, tokens, memory, memory_mask, *states):
        """From the token before (1,), and what `encode` or the step before gave, to logits and states."""
        logits, states = self.step(tokens, (memory, memory_mask), states)
        return {"logits": logits, **dict(zip(self._decoder_names()[2:], states, strict=True))}

    def _decoder_names(self):
        return [tensor.name for tensor in self.decoder.inputs[1:]]

    def serve_greedy(self, source):
        """From what is read to tokens (1, max_target) and their probability (1,)."""
        tokens, probabilities = self.search(source, "greedy")
        return {"tokens": tokens[:, 0], "probabilities": probabilities[:, 0]}

    def serve_beam(self, source):
        """From what is read to the best tokens (1, beam_width, max_target) and probabilities."""
        tokens, probabilities = self.search(source, "beam")
        return {"tokens": tokens, "probabilities": probabilities}

    @staticmethod
    def agreement(ours, theirs):
        """Returns the share of the texts that are the same, token for token."""
        return float(np.mean([np.array_equal(a.labels, b.labels) for a, b in zip(ours, theirs, strict=True)]))

    def metric(self, answers, targets):
        """Returns BLEU, in percent, of answers beside raw targets."""
        import sacrebleu

        written = [self.target_preprocessor.vocabulary.decode(answer.labels) for answer in answers]
        references = [decode_text(target) for target in targets]
        return float(sacrebleu.corpus_bleu(written, [references]).score)

    def save_vocabulary(self, directory):
        self.preprocessor.vocabulary.save(directory / "source_vocabulary.txt")
        self.target_preprocessor.vocabulary.save(directory / "target_vocabulary.txt")
