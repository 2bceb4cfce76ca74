"""Text streams of language models, for devices; needs NumPy and ai-edge-litert only."""

import codecs
import re

import numpy as np

if __package__:
    from .stream import Step, open_folder
    from .subword_tokenizer import load, make_encoder
else:  # beside an exported model
    from stream import Step, open_folder
    from subword_tokenizer import load, make_encoder

LINE_BREAK = "\x1e"  # stands for a line feed where words are split
ESCAPED = re.compile(r"\\(\\|n|r|x85|u2028|u2029)")
UNESCAPED = {"\\": "\\", "n": "\n", "r": "\r", "x85": "\x85", "u2028": "\u2028", "u2029": "\u2029"}
MODULUS = 2**31 - 1
ROUNDS = ((48271, 16807), (69621, 40692), (39373, 14711))  # multipliers of Lehmer generators


class TextReader:
    """Continues texts, and returns the probabilities of texts that arrive in parts.

    Args:
        folder: str or `Path`; folder with the exported files.
        run: function that runs signatures; None for `model.tflite` in the folder.

    Attributes:
        spec: dict; the content of `preprocessing.json`.
        token_bytes: list of bytes; the bytes that each id stands for in a text.

    Example:
        >>> reader = TextReader("runs/book")  # doctest: +SKIP
        >>> for part in reader.generate("Once upon", seed=1):  # doctest: +SKIP
        ...     print(part, end="", flush=True)
    """

    def __init__(self, folder, run=None):
        self.spec, self._run = open_folder(folder, run)
        if self.spec["unit"] == "subword":
            _, self.token_bytes = load(folder, "vocabulary.txt")
            self._encode = make_encoder(folder, "vocabulary.txt")
        else:
            with open(f"{folder}/vocabulary.txt", encoding="utf-8", newline="\n") as file:
                tokens = file.read().split("\n")[:-1]
            self.token_bytes, self._ids = read_symbols(tokens, self.spec["unit"] == "word")
        self.reset()

    def encode(self, text):
        """Returns the ids of a text, a list of int.

        Args:
            text: str, or bytes in UTF-8.
        """
        if self.spec["unit"] == "subword":
            return self._encode(text)[:-1]
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        text = data.decode("utf-8", "replace")
        if self.spec["unit"] == "word":
            text = re.findall(r"[^ \t\n\r\f\v]+", text.replace("\n", f" {LINE_BREAK} "))
        return [self._ids.get(symbol, self.spec["unknown_id"]) for symbol in text]

    def reset(self):
        """Begins a new stream."""
        self._step, self._last = Step(self._run, self.spec["stream"]), self.spec["end_id"]

    def log_probs(self, text):
        """Returns the log-probability of each token of the next part of a stream, given all before it, a list of float.

        Args:
            text: str, or bytes in UTF-8; of words and subwords it must end between two words.
        """
        found = []
        for id in self.encode(text):
            found.append(float(self._step(token=np.array([self._last], np.int32))["log_probs"][0, id]))
            self._last = id
        return found

    def feed(self, text):
        """Returns `tokens`, their number, and `bits_per_character` of the next part of a stream, a dict.

        Args:
            text: see `log_probs`.
        """
        log_probs, size = self.log_probs(text), max(1, len(text))
        return {"tokens": len(log_probs), "bits_per_character": -sum(log_probs) / float(np.log(2)) / size}

    def generate(self, prefix="", *, temperature=1.0, top_k=0, top_p=1.0, max_length=None, stop=(), seed=0):
        """Yields the continuation of a text in parts, by the signature `step`: that of the Keras model's `generate`.

        Args:
            prefix: str of any length.
            temperature: positive float; small values favor probable tokens.
            top_k: int of at least 0; draw among this number of tokens; 1 is greedy, 0 for all.
            top_p: float in (0, 1]; draw among the most probable tokens with this total probability.
            max_length: positive int; number of tokens; None for that of the model.
            stop: sequence of str; texts that end the continuation.
            seed: int of at least 0; equal seeds give equal texts.
        """
        check_sampling(temperature, top_k, top_p, seed)
        step, (*ids, last) = Step(self._run, self.spec["stream"]), [self.spec["end_id"], *self.encode(prefix)]
        for id in ids:
            step(token=np.array([id], np.int32))
        banned = [self.spec["pad_id"], self.spec["unknown_id"]]
        stream = self._stream(prefix, stop)
        for t in range(self.spec["max_length"] if max_length is None else max_length):
            log_probs = np.array(step(token=np.array([last], np.int32))["log_probs"][0], np.float32)
            log_probs[banned] = -np.inf
            last = draw_token(log_probs, t, seed=seed, temperature=temperature, top_k=top_k, top_p=top_p)
            if last == self.spec["end_id"]:
                break
            yield stream.feed(self.token_bytes[last])
            if stream.stopped:
                return
        yield stream.finish()

    def sample(self, prefix="", *, temperature=1.0, top_k=0, top_p=1.0, stop=(), seed=0):
        """Returns the continuation of a text, by the signature `sample`: one call, of the model's `max_length` tokens.

        Args:
            prefix: str; its last `window_length` - 1 tokens are read.
            temperature, top_k, top_p, stop, seed: see `generate`.
        """
        check_sampling(temperature, top_k, top_p, seed)
        ids = [self.spec["end_id"], *self.encode(prefix)][-self.spec["window_length"] :]
        padded = np.full((1, self.spec["window_length"]), self.spec["pad_id"], np.int32)
        padded[0, : len(ids)] = ids
        options = {"temperature": np.float32(temperature), "top_k": np.int32(top_k), "top_p": np.float32(top_p)}
        tokens = self._run("sample", ids=padded, seed=np.int32(seed), **options)["tokens"][0].tolist()
        stream = self._stream(prefix, stop)
        end = tokens.index(self.spec["end_id"]) if self.spec["end_id"] in tokens else len(tokens)
        return "".join(stream.feed(self.token_bytes[id]) for id in tokens[:end]) + stream.finish()

    def _stream(self, prefix, stop):
        spaced = self.spec["unit"] != "character"  # tokens that begin with the space before a word
        return TextStream((stop,) if isinstance(stop, str) else stop, spaced and (not prefix or prefix[-1].isspace()))


def read_symbols(tokens, is_word):
    """Returns the bytes of each id, and the id of each symbol, of the lines of a vocabulary of characters or words.

    Args:
        tokens: list of str.
        is_word: bool.

    Example:
        >>> read_symbols(["<PAD>", "<UNK>", "<END>", "no", "\\\\n"], is_word=True)[0][3:]
        [b' no', b'\\n']
    """
    symbols = [ESCAPED.sub(lambda found: UNESCAPED[found[1]], token) for token in tokens[3:]]
    space = " " if is_word else ""
    texts = [symbol if symbol == "\n" else space + symbol for symbol in symbols]
    token_bytes = [b"", "\N{REPLACEMENT CHARACTER}".encode(), b"", *(text.encode("utf-8", "replace") for text in texts)]
    return token_bytes, {LINE_BREAK if is_word and one == "\n" else one: id for id, one in enumerate(symbols, start=3)}


def check_sampling(temperature, top_k, top_p, seed):
    """Raises ValueError if an option of `generate` is out of range."""
    options = {"temperature": temperature, "top_k": top_k, "top_p": top_p, "seed": seed}
    valid = {"temperature": 0 < temperature < np.inf, "top_k": top_k >= 0, "top_p": 0 < top_p <= 1}
    for name, is_valid in {**valid, "seed": 0 <= seed <= MODULUS}.items():
        if not is_valid:
            raise ValueError(f"generate: `{name}` is out of range; received {options[name]!r}.")


def uniform_draw(seed, t):
    """Returns the number in [0, 1) for a seed and a step, float32; integer arithmetic, equal in every runtime.

    Example:
        >>> round(float(uniform_draw(7, 0)), 3)
        0.81
    """
    (first, second), *_ = ROUNDS
    x = (seed * first % MODULUS + t * second % MODULUS + 1) % MODULUS
    for number, (multiplier, shift) in enumerate(ROUNDS, start=1):
        x = (multiplier * x + shift) % MODULUS * ((x + t + number) % MODULUS) % MODULUS
    return min(np.float32(x) / np.float32(MODULUS), np.float32(1 - 2.0**-24))


def draw_token(log_probs, t, *, seed, temperature=1.0, top_k=0, top_p=1.0):
    """Returns the id of a token that is drawn from log-probabilities, an int.

    The tokens are sorted by probability, and the one is taken in whose interval of the cumulative probability
    `uniform_draw(seed, t)` falls.

    Args:
        log_probs: (vocabulary,) float32; -inf for tokens that must not be drawn.
        t: int; number of the step.
        seed, temperature, top_k, top_p: see `TextReader.generate`.

    Example:
        >>> draw_token(np.log(np.array([0.1, 0.7, 0.2], np.float32)), 0, seed=3, top_k=1)
        1
    """
    order = np.argsort(-log_probs, kind="stable")
    values = log_probs[order]
    weights = np.exp((values - values[0]) / np.float32(max(temperature, 1e-6)))
    weights[top_k or len(weights) :] = 0
    before = np.cumsum(weights) - weights
    weights[before >= np.float32(top_p) * weights.sum()] = 0
    cumulative = np.cumsum(weights)
    index = int((cumulative <= uniform_draw(seed, t) * cumulative[-1]).sum())
    return int(order[min(index, np.count_nonzero(weights) - 1)])


def open_reader(folder, run=None):
    """Returns the `TextReader` of an exported folder."""
    return TextReader(folder, run)


class TextStream:
    """Converts the bytes of tokens to text, up to the first stop string.

    Args:
        stop: tuple of str; texts that end the stream, and are left out.
        strip: bool; whether to drop a space at the beginning.

    Attributes:
        stopped: bool; whether a stop string was found.

    Example:
        >>> from rnn_templates.runtime.text_stream import TextStream
        >>> stream = TextStream(stop=("end",))
        >>> [stream.feed(b"the "), stream.feed(b"e"), stream.feed(b"n"), stream.feed(b"vy en"), stream.feed(b"d.")]
        ['the ', '', '', 'envy ', '']
        >>> stream.stopped
        True
    """

    def __init__(self, stop=(), strip=False):
        self.stop, self.stopped = tuple(stop), False
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""
        self._strip = strip

    def feed(self, token):
        """Returns the text that is complete after a further token, a str; empty after a stop string.

        Args:
            token: bytes.
        """
        return self._take(self._decoder.decode(token))

    def finish(self):
        """Returns the text that was held back, a str."""
        if self.stopped:
            return ""
        text = self._take(self._decoder.decode(b"", final=True))
        return "" if self.stopped else text + self._held

    def _take(self, text):
        if self.stopped:
            return ""
        if self._strip and text:
            text, self._strip = text.removeprefix(" "), False
        text = self._held + text
        found = [place for place in (text.find(one) for one in self.stop) if place >= 0]
        if found:
            self.stopped, self._held = True, ""
            return text[: min(found)]
        held = max((_overlap(text, one) for one in self.stop), default=0)
        self._held = text[len(text) - held :]
        return text[: len(text) - held]


def _overlap(text, stop):
    """Length of the longest end of a text with which a stop string begins."""
    longest = min(len(text), len(stop) - 1)
    return next((size for size in range(longest, 0, -1) if text.endswith(stop[:size])), 0)
