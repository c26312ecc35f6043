// act(gate) * up and its gradient against float64, for every activation the settings offer.
import { describe, it } from 'vitest';
import type { HiddenAct } from '../../../engine/config.ts';
import { Tape } from '../../../engine/graph/tape.ts';
import { gatedActivation } from '../../../engine/ops/gated-activation/gated-activation.ts';
import { onEachDevice } from '../on-each-device.ts';
import { runTape, seedGradient, tapToOutput, testValues, trainableLeaf } from '../run-tape.ts';
import { expectPointwise } from '../tolerances.ts';

/** erf by its series, good to 1e-15 for |x| < 5; 1 beyond. */
function erf(x: number): number {
  if (Math.abs(x) >= 5) return Math.sign(x);
  let [term, sum] = [x, x];
  for (let n = 1; n < 200; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

/** Values and derivatives as torch.nn.functional defines them. */
const activations: Record<HiddenAct, { f(x: number): number; df(x: number): number }> = {
  gelu: {
    f: (x) => (x / 2) * (1 + erf(x * Math.SQRT1_2)),
    df: (x) => (1 + erf(x * Math.SQRT1_2)) / 2 + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI),
  },
  gelu_new: {
    f: (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
    df(x) {
      const t = Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3));
      return (1 + t) / 2 + (x / 2) * (1 - t * t) * Math.sqrt(2 / Math.PI) * (1 + 0.134145 * x * x);
    },
  },
  relu: { f: (x) => Math.max(x, 0), df: (x) => (x > 0 ? 1 : 0) },
  silu: {
    f: (x) => x / (1 + Math.exp(-x)),
    df: (x) => (1 + x / (1 + Math.exp(x))) / (1 + Math.exp(-x)),
  },
};

onEachDevice((makeDevice) => {
  describe.each(Object.keys(activations) as HiddenAct[])('%s', (name) => {
    it.each([
      { rows: 1, size: 1 },
      { rows: 17, size: 130 },
      { rows: 33, size: 80 },
    ])('gates $rows rows of $size', async ({ rows, size }) => {
      const tape = new Tape({ training: true, accumulateGradients: size === 130 });
      const leaf = trainableLeaf(tape, 'x', [rows, 2 * size]);
      const y = gatedActivation(tape, leaf.tensor, name);
      tapToOutput(tape, y, 'y');
      seedGradient(tape, y, 'dy');
      tape.backward();
      // From the flat left tail to the straight right one, with exact zeros and large values.
      const x = testValues(rows * 2 * size, 1, 8);
      x[0] = 0;
      if (x.length > 8) x.set([-100, 100, 30, -30], 1);
      const up = testValues(rows * size, 2, 1);
      for (let row = 0; row < rows; row++) {
        x.set(up.subarray(row * size, (row + 1) * size), (2 * row + 1) * size);
      }
      const dy = testValues(rows * size, 3);
      const kept = size === 130 ? testValues(x.length, 4) : new Float32Array(x.length);
      const result = await runTape(
        await makeDevice(),
        tape,
        { dy },
        {
          values: [
            [leaf.tensor, x],
            [leaf.gradient, size === 130 ? kept : testValues(x.length, 5)],
          ],
          read: { dx: leaf.gradient },
        },
      );
      const { f, df } = activations[name];
      const expectedY: number[] = [];
      const expectedDx = Float64Array.from(kept);
      for (let row = 0; row < rows; row++) {
        for (let i = 0; i < size; i++) {
          const gateAt = 2 * row * size + i;
          const [gate, value, upstream] = [x[gateAt]!, x[gateAt + size]!, dy[row * size + i]!];
          expectedY.push(f(gate) * value);
          expectedDx[gateAt]! += upstream * value * df(gate);
          expectedDx[gateAt + size]! += upstream * f(gate);
        }
      }
      expectPointwise(result['y']!, expectedY);
      expectPointwise(result['dx']!, expectedDx);
    });
  });
});
