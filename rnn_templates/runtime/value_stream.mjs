// Streams of single values, for devices.

import { makeStep } from "./stream.mjs";

/**
 * Returns `feed`, from the next value of a series to the outputs for it, and `reset`, which begins a new stream.
 * @param {object} spec The object in preprocessing.json.
 * @param {string[]} names The series, `names` of series.json.
 * @param {function} run Runs a signature; see `makeStep`.
 */
export function makeValueReader(spec, names, run) {
  let steps = new Map();

  function reset(series) {
    if (series === undefined) steps = new Map();
    steps.delete(series);
  }

  /** `value`: NaN if it is missing; `known`: the covariates of the value. */
  async function feed(value, { series = names.length === 1 ? names[0] : undefined, known = [] } = {}) {
    if (!names.includes(series)) {
      throw new RangeError(`series must be one of ${names.slice(0, 20).join(", ")}; received ${series}.`);
    }
    if (!steps.has(series)) steps.set(series, makeStep(run, spec.stream));
    const inputs = { values: Float32Array.from([value, ...known]) };
    if ("series" in spec.stream.inputs) inputs.series = Int32Array.of(names.indexOf(series));
    const outputs = Object.entries(await steps.get(series).call(inputs));
    const unwrap = (one) => (one.length === 1 ? one[0] : Array.from(one));
    return { series, ...Object.fromEntries(outputs.map(([name, one]) => [name, unwrap(one)])) };
  }

  return { feed, reset };
}
