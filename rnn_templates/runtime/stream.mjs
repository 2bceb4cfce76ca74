// Signatures with carried states, for devices: every call reads the states that the call before returned.

/**
 * Returns `call`, from inputs by name to the outputs that are not states, and `reset`, which begins a new stream.
 * @param {function} run From the name of a signature and its inputs by name to the outputs by name, or a promise of
 *   them; values are flat: Float32Array or Int32Array. `spec.inputs` and `spec.carried` have the shapes.
 * @param {object} spec The entry `stream` of preprocessing.json.
 */
export function makeStep(run, spec) {
  let states;

  function reset() {
    states = {};
    for (const [name, { shape, initial }] of Object.entries(spec.carried)) {
      const size = shape.reduce((product, length) => product * length, 1);
      const values = [initial].flat(Infinity);
      states[name] = Float32Array.from({ length: size }, (_, i) => values[values.length === 1 ? 0 : i]);
    }
  }

  async function call(inputs) {
    const outputs = { ...(await run(spec.signature, { ...inputs, ...states })) };
    for (const name of Object.keys(states)) {
      states[name] = outputs[name];
      delete outputs[name];
    }
    return outputs;
  }

  reset();
  return { call, reset };
}
