// Rotary positions on both devices: against transformers' Llama form, and against float64 on shapes that fit
// no tile, in packed rows whose other features must not move.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Tape } from '../../../engine/graph/tape.ts';
import { addInto } from '../../../engine/ops/add/add.ts';
import { rotary, rotaryTable } from '../../../engine/ops/rotary/rotary.ts';
import { onEachDevice, type MakeDevice } from '../on-each-device.ts';
import { frozenLeaf, runTape, seedGradient, tapToOutput, testValues, trainableLeaf } from '../run-tape.ts';
import { expectPointwise } from '../tolerances.ts';

interface Golden {
  readonly positions: number[];
  readonly theta: number;
  readonly output: number[];
  readonly dx: number[];
}

// tests/golden/ops/make_attention_goldens.py: transformers 5.23.0, torch 2.15.0
const { rotary: golden } = JSON.parse(
  readFileSync(new URL('../../golden/ops/attention.json', import.meta.url), 'utf8'),
) as { rotary: Golden };

interface Form {
  readonly positions: readonly number[];
  readonly tablePositions: number;
  readonly rowStride: number;
  readonly offset: number;
  readonly numHeads: number;
  readonly headDim: number;
  readonly theta: number;
}

function frequenciesOf({ headDim, theta }: Form): Float32Array {
  return Float32Array.from({ length: headDim / 2 }, (_, i) => theta ** ((-2 * i) / headDim));
}

/** The turned rows and the gradient of the rows before; rows and upstream are (M, rowStride). */
async function turn(
  makeDevice: MakeDevice,
  form: Form,
  rows: Float32Array,
  upstream: Float32Array,
): Promise<{ output: ArrayLike<number>; dx: ArrayLike<number> }> {
  const { positions, tablePositions, rowStride, headDim } = form;
  const tape = new Tape({ training: true });
  const leaf = trainableLeaf(tape, 'rows', [positions.length, rowStride]);
  const table = frozenLeaf('table', [tablePositions, headDim]);
  // Rotary works in place, so it is given a copy, as it is given a projection's result in a model.
  const x = tape.transient('x', [positions.length, rowStride]);
  addInto(tape, leaf.tensor, x, false);
  tape.onBackward(() => {
    const { gradient, accumulate } = tape.gradientForWriting(leaf.tensor);
    addInto(tape, tape.gradientOf(x)!, gradient, accumulate);
  });
  const y = rotary(tape, x, {
    ...form,
    positions: tape.input('positions', [positions.length], 'u32'),
    table,
  });
  tapToOutput(tape, y, 'output');
  seedGradient(tape, y, 'upstream');
  tape.backward();
  const result = await runTape(
    await makeDevice(),
    tape,
    { positions: Uint32Array.from(positions), upstream },
    {
      values: [
        [leaf.tensor, rows],
        [table, rotaryTable(frequenciesOf(form), tablePositions)],
      ],
      read: { dx: leaf.gradient },
    },
  );
  return { output: result['output']!, dx: result['dx']! };
}

/** Turns rows in float64: by f32 angles, as transformers computes them, forward (1) or back (-1). */
function reference(form: Form, rows: ArrayLike<number>, direction: 1 | -1): Float64Array {
  const { positions, tablePositions, rowStride, offset, numHeads, headDim } = form;
  const half = headDim / 2;
  const frequencies = frequenciesOf(form);
  const turned = Float64Array.from(rows);
  positions.forEach((position, row) => {
    for (let head = 0; head < numHeads; head++) {
      for (let i = 0; i < half; i++) {
        const first = row * rowStride + offset + head * headDim + i;
        const angle = direction * Math.fround(Math.min(position, tablePositions - 1) * frequencies[i]!);
        const [a, b] = [rows[first]!, rows[first + half]!];
        turned[first] = a * Math.cos(angle) - b * Math.sin(angle);
        turned[first + half] = b * Math.cos(angle) + a * Math.sin(angle);
      }
    }
  });
  return turned;
}

/** Value i of tensor k of the goldens. */
function goldenValues(count: number, k: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => Math.sin(0.7 * i + k));
}

onEachDevice((makeDevice) => {
  describe('rotary', () => {
    it('turns as transformers does, up to position 131,071', async () => {
      const { positions, theta } = golden;
      const form = {
        positions,
        theta,
        tablePositions: 131_072,
        rowStride: 16,
        offset: 0,
        numHeads: 2,
        headDim: 8,
      };
      const count = positions.length * 16;
      const { output, dx } = await turn(makeDevice, form, goldenValues(count, 5), goldenValues(count, 6));
      expectPointwise(output, golden.output);
      expectPointwise(dx, golden.dx);
    });

    it.each<[string, Form]>([
      [
        'query and key heads of packed rows',
        {
          positions: [4, 0, 9, 2, 2],
          tablePositions: 10,
          rowStride: 96,
          offset: 0,
          numHeads: 3,
          headDim: 24,
          theta: 10000,
        },
      ],
      [
        'heads that begin inside a row',
        {
          positions: [7, 3, 5],
          tablePositions: 8,
          rowStride: 41,
          offset: 5,
          numHeads: 2,
          headDim: 10,
          theta: 500000,
        },
      ],
      [
        'many rows',
        {
          positions: Array.from({ length: 65 }, (_, i) => (i * 5) % 33),
          tablePositions: 33,
          rowStride: 240,
          offset: 0,
          numHeads: 2,
          headDim: 80,
          theta: 10000,
        },
      ],
      [
        'one row of one small head',
        { positions: [1], tablePositions: 2, rowStride: 2, offset: 0, numHeads: 1, headDim: 2, theta: 10000 },
      ],
      [
        'positions past the table, as its last',
        {
          positions: [3, 4, 4_000_000_000],
          tablePositions: 4,
          rowStride: 8,
          offset: 0,
          numHeads: 1,
          headDim: 8,
          theta: 100,
        },
      ],
    ])('turns %s, and gradients back', async (_, form) => {
      const count = form.positions.length * form.rowStride;
      const [rows, upstream] = [testValues(count, 1), testValues(count, 2)];
      const { output, dx } = await turn(makeDevice, form, rows, upstream);
      expectPointwise(output, reference(form, rows, 1));
      expectPointwise(dx, reference(form, upstream, -1));
    });
  });
});

describe('rotary', () => {
  it('refuses heads that do not fit a row', () => {
    const tape = new Tape({ training: false });
    const positions = tape.input('positions', [2], 'u32');
    const table = tape.input('table', [4, 8], 'f32');
    const options = { positions, table, offset: 4, numHeads: 2, headDim: 8 };
    expect(() => rotary(tape, tape.transient('x', [2, 16]), options)).toThrow(/do not fit/);
  });
});
