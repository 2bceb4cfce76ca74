// Streams of time series, for devices.

import { makeStep } from "./stream.mjs";

/**
 * Returns `feed`, which appends one value and returns the forecast from the last `look_back` values; `feedSegment`,
 * which appends a segment and returns the forecast from the state after all segments; and `reset`.
 * @param {object} spec The object in preprocessing.json.
 * @param {string[]} names The series, `names` of series.json.
 * @param {function} run Runs a signature; see `makeStep`.
 */
export function makeSeriesReader(spec, names, run) {
  let [rows, segments] = [new Map(), new Map()];

  function reset(series) {
    if (series === undefined) [rows, segments] = [new Map(), new Map()];
    for (const streams of [rows, segments]) streams.delete(series);
  }

  /** `known`: the covariates of the value; `future`: a row of covariates for each step of the horizon. */
  async function feed(value, { series = names.length === 1 ? names[0] : undefined, known = [], future } = {}) {
    const number = find(series);
    const past = [...(rows.get(series) ?? []), finite([value, ...known])].slice(-spec.look_back);
    rows.set(series, past);
    const padded = [...Array(spec.look_back - past.length).fill(past[0]), ...past];
    const values = Float32Array.from(padded, (row) => row[0] - value);
    const inputs = { values, series: Int32Array.of(number), ...covariates(padded.map((row) => row.slice(1)), future) };
    return result(await run("forecast", inputs), number, value);
  }

  /** `known`: a row of covariates for each value; `future`: see `feed`. */
  async function feedSegment(values, { series = names.length === 1 ? names[0] : undefined, known, future } = {}) {
    const number = find(series);
    finite(values); // relative to the first value of the stream, so that float32 resolves them
    if (!segments.has(series)) segments.set(series, { first: values[0], step: makeStep(run, spec.stream) });
    const { first, step } = segments.get(series);
    const segment = Float32Array.from(values, (value) => value - first);
    const inputs = { segment, series: Int32Array.of(number), ...covariates(known, future) };
    return result(await step.call(inputs), number, first);
  }

  function find(series) {
    if (names.includes(series)) return names.indexOf(series);
    throw new RangeError(`series must be one of ${names.slice(0, 20).join(", ")}; received ${series}.`);
  }

  function covariates(known, future) {
    if (!spec.known.length) return {};
    if (future?.length !== spec.horizon) {
      throw new RangeError(`future must have ${spec.known.join(", ")} for ${spec.horizon} steps.`);
    }
    const standardize = (value, i) => (value - spec.known_means[i]) / spec.known_scales[i];
    return { known: Float32Array.from([...known, ...future].flatMap((row) => finite(row).map(standardize))) };
  }

  function result({ forecast, quantiles }, number, offset) {
    const width = spec.quantiles.length;
    const column = (i) => Array.from({ length: spec.horizon }, (_, step) => quantiles[step * width + i] + offset);
    return {
      series: names[number],
      forecast: Array.from(forecast, (value) => value + offset),
      quantiles: Object.fromEntries(spec.quantiles.map((one, i) => [String(one), column(i)])),
    };
  }

  return { feed, feedSegment, reset };
}

function finite(values) {
  if (Array.prototype.every.call(values, Number.isFinite)) return values;
  throw new RangeError("A value must be a finite number.");
}
