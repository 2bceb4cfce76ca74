// Text streams of language models, for devices.

import { makeStep } from "./stream.mjs";
import { makeSubwordTokenizer } from "./subword_tokenizer.mjs";

const LINE_BREAK = "\x1e"; // stands for a line feed where words are split
const UNESCAPED = { "\\": "\\", n: "\n", r: "\r", x85: "\x85", u2028: "\u2028", u2029: "\u2029" };
const MODULUS = 2147483647n;
const ROUNDS = [[48271n, 16807n], [69621n, 40692n], [39373n, 14711n]]; // multipliers of Lehmer generators

/**
 * Returns `encode`, from a text to ids; `logProbs`, of the tokens of the next part of a stream; `generate`, an async
 * generator of the parts of a continuation, by the signature `step`; `sample`, the continuation by the signature
 * `sample`; and `reset`, which begins a new stream.
 * @param {object} spec The object in preprocessing.json.
 * @param {string} vocabulary The text of vocabulary.txt.
 * @param {function} run Runs a signature; see `makeStep`.
 */
export function makeTextReader(spec, vocabulary, run) {
  const { encode, tokenBytes } = (spec.unit === "subword" ? readSubwords : readSymbols)(spec, vocabulary);
  const stream = makeStep(run, spec.stream);
  let last = spec.end_id;

  function reset() {
    stream.reset();
    last = spec.end_id;
  }

  async function logProbs(text) {
    const found = [];
    for (const id of encode(text)) {
      found.push((await stream.call({ token: Int32Array.of(last) })).log_probs[id]);
      last = id;
    }
    return found;
  }

  async function* generate(prefix = "", { max_length = spec.max_length, stop = [], seed = 0, ...options } = {}) {
    const step = makeStep(run, spec.stream);
    const ids = [spec.end_id, ...encode(prefix)];
    let token = ids.pop();
    for (const id of ids) await step.call({ token: Int32Array.of(id) });
    const text = textOf(prefix, stop);
    for (let t = 0; t < max_length; t += 1) {
      const scores = Float32Array.from((await step.call({ token: Int32Array.of(token) })).log_probs);
      for (const id of [spec.pad_id, spec.unknown_id]) scores[id] = -Infinity;
      token = drawToken(scores, t, seed, options);
      if (token === spec.end_id) break;
      yield text.feed(tokenBytes[token]);
      if (text.stopped()) return;
    }
    yield text.finish();
  }

  async function sample(prefix = "", { temperature = 1, top_k = 0, top_p = 1, stop = [], seed = 0 } = {}) {
    const ids = new Int32Array(spec.window_length).fill(spec.pad_id);
    ids.set([spec.end_id, ...encode(prefix)].slice(-spec.window_length));
    const options = { temperature: Float32Array.of(temperature), top_p: Float32Array.of(top_p) };
    const integers = { top_k: Int32Array.of(top_k), seed: Int32Array.of(seed) };
    const tokens = [...Array.from((await run("sample", { ids, ...options, ...integers })).tokens), spec.end_id];
    const text = textOf(prefix, stop);
    return tokens.slice(0, tokens.indexOf(spec.end_id)).map((id) => text.feed(tokenBytes[id])).join("") + text.finish();
  }

  function textOf(prefix, stop) {
    return makeTextStream(stop, spec.unit !== "character" && /^$|\s$/u.test(prefix));
  }

  return { encode, logProbs, generate, sample, reset };
}

function readSubwords(spec, vocabulary) {
  const { encode } = makeSubwordTokenizer(spec, vocabulary);
  const lines = vocabulary.split("\n").slice(spec.first_subword_id, -1);
  const subwords = lines.map((one) => one.replace(spec.word_start, " "));
  const special = Array.from({ length: spec.first_byte_id }, () => new Uint8Array());
  const bytes = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte));
  const tokenBytes = [...special, ...bytes, ...subwords.map((one) => new TextEncoder().encode(one))];
  return { encode: (text) => encode(text).slice(0, -1), tokenBytes };
}

function readSymbols(spec, vocabulary) {
  const isWord = spec.unit === "word";
  const unescape = (token) => token.replace(/\\(\\|n|r|x85|u2028|u2029)/g, (_, name) => UNESCAPED[name]);
  const symbols = vocabulary.split("\n").slice(3, -1).map(unescape);
  const ids = new Map(symbols.map((one, i) => [isWord && one === "\n" ? LINE_BREAK : one, i + 3]));
  const texts = ["", "\ufffd", "", ...symbols.map((one) => (isWord && one !== "\n" ? ` ${one}` : one))];

  function encode(text) {
    const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
    const clean = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    const words = () => clean.replaceAll("\n", ` ${LINE_BREAK} `).match(/[^ \t\n\r\f\v]+/g) ?? [];
    return (isWord ? words() : Array.from(clean)).map((one) => ids.get(one) ?? spec.unknown_id);
  }

  return { encode, tokenBytes: texts.map((one) => new TextEncoder().encode(one)) };
}

/** Converts the bytes of tokens to text, up to the first stop string; a possible beginning of one is held back. */
function makeTextStream(stop, strip) {
  const [decoder, stops] = [new TextDecoder("utf-8", { ignoreBOM: true }), [stop].flat()];
  let [held, ended] = ["", false];

  function take(text) {
    if (ended) return "";
    if (strip && text) [text, strip] = [text.replace(/^ /, ""), false];
    text = held + text;
    const places = stops.map((one) => text.indexOf(one)).filter((place) => place >= 0);
    if (places.length) {
      [ended, held] = [true, ""];
      return text.slice(0, Math.min(...places));
    }
    let size = Math.max(0, ...stops.map((one) => Math.min(text.length, one.length - 1)));
    while (size && !stops.some((one) => size < one.length && text.endsWith(one.slice(0, size)))) size -= 1;
    held = text.slice(text.length - size);
    return text.slice(0, text.length - size);
  }

  const finish = () => {
    const text = take(decoder.decode());
    return ended ? text : text + held;
  };
  return { feed: (bytes) => take(decoder.decode(bytes, { stream: true })), finish, stopped: () => ended };
}

function uniformDraw(seed, t) {
  const [big, step] = [BigInt(seed), BigInt(t)];
  let x = ((big * ROUNDS[0][0]) % MODULUS + (step * ROUNDS[0][1]) % MODULUS + 1n) % MODULUS;
  ROUNDS.forEach(([multiplier, shift], i) => {
    x = ((((multiplier * x + shift) % MODULUS) * ((x + step + BigInt(i + 1)) % MODULUS)) % MODULUS);
  });
  return Math.min(Math.fround(Math.fround(Number(x)) / Math.fround(Number(MODULUS))), 1 - 2 ** -24);
}

/** Returns the id in whose interval of the cumulative probability the draw for a seed and a step falls. */
export function drawToken(scores, t, seed, { temperature = 1, top_k = 0, top_p = 1 } = {}) {
  const order = Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a] || a - b);
  const weigh = (id) => Math.fround(Math.exp((scores[id] - scores[order[0]]) / Math.max(temperature, 1e-6)));
  let weights = order.map((id, rank) => (top_k && rank >= top_k ? 0 : weigh(id)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let before = 0;
  weights = weights.map((weight) => {
    const kept = before < top_p * total ? weight : 0;
    before += weight;
    return kept;
  });
  const target = uniformDraw(seed, t) * weights.reduce((sum, weight) => sum + weight, 0);
  let [index, cumulative] = [0, weights[0]];
  while (cumulative <= target && weights[index + 1] > 0) cumulative += weights[(index += 1)];
  return order[index];
}
