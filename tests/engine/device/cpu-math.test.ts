// The CPU kernels' elementary functions against JavaScript's own in float64, over their whole range, and the
// random words against the published generator. They are compiled here alone, for kernels only inline them.
import { main as runCompiler } from 'assemblyscript/asc';
import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { philoxBlock } from '../ops/philox.ts';

const root = new URL('../../../', import.meta.url);
const entry = 'engine/device/cpu/kernels/entry-of-test.ts';
const functions = ['exp', 'log', 'tanh', 'erf', 'sigmoid', 'powerOfTwo'] as const;
type FunctionName = (typeof functions)[number];

const flags = [
  '--outFile math.wasm -O3 --noAssert --runtime stub --use abort=',
  '--enable simd --enable relaxed-simd --enable threads',
  '--importMemory --sharedMemory --initialMemory 100 --maximumMemory 100',
].flatMap((group) => group.split(' '));

/** One exported loop over four floats at a time for each function. */
const source = `
import { ${functions.join(', ')} } from './math';
import { activateWithSlope, GELU_NEW, geluNewRow } from './activation';
export { philox16 } from './philox';
export { geluNewRow };
export function geluNewOneByOne(from: usize, to: usize, slope: usize, bytes: u32): void {
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(to + i, activateWithSlope(GELU_NEW, v128.load(from + i), slope + i));
  }
}
${functions
  .map(
    (name) => `export function ${name}All(from: usize, to: usize, count: u32): void {
  for (let i: usize = 0; i < <usize>count << 2; i += 16) v128.store(to + i, ${name}(v128.load(from + i)));
}`,
  )
  .join('\n')}
`;

const memory = new WebAssembly.Memory({ initial: 100, maximum: 100, shared: true });
const inputAt = 65536;
const outputAt = 3 * 2 ** 20;
let exported: Record<string, (...values: number[]) => void>;

beforeAll(async () => {
  let wasm = new Uint8Array();
  const { error, stderr } = await runCompiler([entry, ...flags], {
    readFile(name) {
      if (name === entry) return source;
      const path = new URL(name, root);
      return existsSync(path) ? readFileSync(path, 'utf8') : null;
    },
    writeFile(name, contents) {
      if (name === 'math.wasm') wasm = Uint8Array.from(contents as Uint8Array);
    },
    listFiles: () => [],
  });
  if (error) throw new Error(stderr.toString());
  const { instance } = await WebAssembly.instantiate(wasm, { env: { memory } });
  exported = instance.exports as typeof exported;
});

function apply(name: FunctionName, values: readonly number[]): { x: Float32Array; y: Float32Array } {
  const padded = Math.ceil(values.length / 4) * 4;
  const x = new Float32Array(memory.buffer, inputAt, padded);
  const y = new Float32Array(memory.buffer, outputAt, padded);
  x.set(values);
  exported[`${name}All`]!(inputAt, outputAt, padded);
  return { x: x.slice(0, values.length), y: y.slice(0, values.length) };
}

/** Distance between neighbouring floats at x. */
function unitInTheLastPlace(x: number): number {
  return 2 ** Math.max(-149, Math.floor(Math.log2(Math.abs(x))) - 23);
}

/** Evenly spaced numbers, and as many whose sizes are spread evenly over the powers of ten, of both signs. */
function spread(low: number, high: number, smallest: number): number[] {
  const count = 20_000;
  return Array.from({ length: 2 * count }, (_, i) => {
    if (i % 2 === 0) return low + ((high - low) * i) / (2 * count);
    const magnitude = smallest * (high / smallest) ** (i / (2 * count));
    return low < 0 && i % 4 === 1 ? -Math.min(magnitude, -low) : magnitude;
  });
}

/** erf by its series below 3, by its continued fraction above. */
function erf(x: number): number {
  const a = Math.abs(x);
  if (a < 3) {
    let [term, sum] = [a, a];
    for (let n = 1; n < 120; n++) {
      term *= (-a * a) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let k = 60; k > 0; k--) fraction = k / 2 / (a + fraction);
  return Math.sign(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction));
}

describe('elementary functions on four floats', () => {
  it.each([
    { name: 'exp', exact: Math.exp, values: spread(-87, 88, 1e-9), limit: 1.1 },
    { name: 'log', exact: Math.log, values: spread(1e-3, 1e30, 1.2e-38), limit: 1 },
    { name: 'tanh', exact: Math.tanh, values: spread(-12, 12, 1e-9), limit: 6 },
    { name: 'erf', exact: erf, values: spread(-6, 6, 1e-9), limit: 6 },
    {
      name: 'sigmoid',
      exact: (x: number) => 1 / (1 + Math.exp(-x)),
      values: spread(-80, 80, 1e-9),
      limit: 2.5,
    },
    { name: 'powerOfTwo', exact: (x: number) => 2 ** x, values: spread(-126, 126, 1e-9), limit: 1 },
  ] as const)('$name errs by less than $limit units in the last place', ({ name, exact, values, limit }) => {
    const { x, y } = apply(name, values);
    let worst = 0;
    x.forEach((value, i) => {
      const expected = exact(value);
      const error = Math.abs(y[i]! - expected) / unitInTheLastPlace(expected);
      if (!(error <= worst)) worst = error;
    });
    expect(worst).toBeLessThan(limit);
  });

  it('keeps NaN, and ends in finite values where f32 ends', () => {
    expect(functions.map((name) => apply(name, [Number.NaN]).y[0])).toEqual(functions.map(() => Number.NaN));
    expect(Array.from(apply('exp', [-88, -1e30, -Infinity, 0]).y)).toEqual([0, 0, 0, 1]);
    expect(apply('exp', [1e30, Infinity]).y.every(Number.isFinite)).toBe(true);
    expect(apply('log', [0, -1, 1]).y.every(Number.isFinite)).toBe(true);
    expect(apply('log', [1]).y[0]).toBe(0);
    const tanh = apply('tanh', [1e30, Infinity, -1e30]).y;
    expect(tanh.every((value) => Math.abs(value) <= 1 && Math.abs(value) > 1 - 3e-7)).toBe(true);
    expect(Array.from(apply('erf', [Infinity, -1e30]).y)).toEqual([1, -1]);
    expect(Array.from(apply('powerOfTwo', [-1e30, Infinity]).y)).toEqual([2 ** -126, 2 ** 126]);
  });
});

describe('the tanh form of GELU', () => {
  const values = Float32Array.from(spread(-9, 9, 1e-6));
  const sizeBytes = values.byteLength;
  const slopeAt = outputAt + sizeBytes;

  function results(): { y: Float32Array; slope: Float32Array } {
    const at = (address: number) => new Float32Array(memory.buffer, address, values.length).slice();
    return { y: at(outputAt), slope: at(slopeAt) };
  }

  it('errs little, with its derivative, and by the row as one by one', () => {
    new Float32Array(memory.buffer, inputAt, values.length).set(values);
    exported['geluNewOneByOne']!(inputAt, outputAt, slopeAt, sizeBytes);
    const single = results();
    exported['geluNewRow']!(inputAt, 0, outputAt, slopeAt, sizeBytes);
    expect(results()).toEqual(single);

    const root = Math.sqrt(2 / Math.PI);
    values.forEach((x, i) => {
      const twoU = 2 * root * (x + 0.044715 * x ** 3);
      const s = 1 / (1 + Math.exp(-twoU));
      const slope = s + 2 * x * s * (1 - s) * root * (1 + 3 * 0.044715 * x * x);
      // Where x is negative, s has the error of e^-2u, and that the relative error of -2u times its size.
      const bound = (3e-7 + 2e-7 * Math.max(0, -twoU)) * Math.abs(x * s);
      expect(Math.abs(single.y[i]! - x * s)).toBeLessThanOrEqual(bound);
      expect(Math.abs(single.slope[i]! - slope)).toBeLessThan(5e-7);
    });
  });
});

describe('philox16', () => {
  it('gives the published words for the counters and keys it can reach', () => {
    exported['philox16']!(0, 0, 0, 0, outputAt);
    const words = Array.from(new Uint32Array(memory.buffer, outputAt, 4));
    expect(words).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  });

  it.each([0, 1, 0x3fffffff])('gives sixteen words of any stream and key from block %i on', (block) => {
    const [stream, key] = [0xfedcba98, [0xa4093822, 0x299f31d0]] as const;
    exported['philox16']!(block, stream, key[0], key[1], outputAt);
    const expected = [0, 1, 2, 3].flatMap((lane) => philoxBlock([4 * block + lane, stream, 0, 0], key));
    expect(Array.from(new Uint32Array(memory.buffer, outputAt, 16))).toEqual(expected);
  });
});
