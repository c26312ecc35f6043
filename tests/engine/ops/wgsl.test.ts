// Every WGSL kernel, in the forms for software and for hardware adapters, without running any: it compiles
// without a warning for many combinations of its flags, and keeps to what every adapter offers.
import { afterAll, describe, expect, it, vi } from 'vitest';
import { openAdapter } from '../../setup/gpu.ts';
import { withHalfBindings } from '../../../engine/device/webgpu/half-bindings.ts';
import { shaderOf, type Shader } from '../../../engine/device/webgpu/shader.ts';
import type { Kernel, WgslTarget } from '../../../engine/graph/kernel.ts';

const kernels = vi.hoisted(() => [] as Kernel[]);

// Kernels are private to their operations; defining one is the only way to make one.
vi.mock('../../../engine/graph/kernel.ts', async (importOriginal) => {
  const original = await importOriginal<object>();
  const defineKernel = (kernel: Kernel): Kernel => {
    kernels.push(kernel);
    return kernel;
  };
  return { ...original, defineKernel };
});

const sources = import.meta.glob(['../../../engine/ops/*/*.ts', '!**/*.cpu.ts']);
const texts = import.meta.glob('../../../engine/ops/*/*.wgsl', {
  query: '?raw',
  import: 'default',
  eager: true,
});
for (const load of Object.values(sources)) await load();

/** What WebGPU promises of every adapter. */
const promised = { storageBuffers: 8, workgroupBytes: 16384, workgroupSize: 256 };
/** Draws of constants and present bindings for each kernel and target. */
const draws = 100;

const targets: WgslTarget[] = [
  { isSoftware: true, hasSubgroups: true },
  { isSoftware: false, hasSubgroups: false },
  { isSoftware: false, hasSubgroups: true },
];

type Numbers = Record<string, number>;
type Presence = Record<string, boolean>;

const attentionInputs = [
  'query',
  'keyValue',
  'validRange',
  'querySegments',
  'keySegments',
  'biasTable',
  'biasBuckets',
  'scalars',
];

/** Combinations that the operation never records. */
const refused: Record<string, (params: Numbers, has: Presence) => boolean> = {
  // More options together than fit are refused by name, and the deltas come first where the output does not fit.
  attention: ({ hasDeltas }, has) => {
    const inputs = attentionInputs.filter((name) => has[name]).length;
    const isTraining = hasDeltas !== undefined || has.statistics;
    return (
      has.biasBuckets !== has.biasTable ||
      (has.keySegments! && !(has.querySegments && has.keyValue)) ||
      inputs + (isTraining ? 3 : has.weights ? 2 : 1) > promised.storageBuffers ||
      (hasDeltas === 0 && inputs + 4 > promised.storageBuffers)
    );
  },
  embedding: (_, has) => has.ids1 !== has.table1,
  matmul: ({ transA, transB }, has) =>
    (transA !== 0 && transB !== 0) || (has.columnSums === true && (transA === 0 || transB !== 0)),
};

const device = await (await openAdapter()).requestDevice();
afterAll(() => device.destroy());

/** Numbers in [0, 1), the same in every run (a linear congruential generator). */
function generator(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Constants as a plan might give them: flags by their names, sizes that are and are not multiples of four. */
function drawParams(kernel: Kernel, random: () => number): Numbers {
  const pick = (values: readonly number[]): number => values[Math.floor(random() * values.length)]!;
  const isFlag = /^(is|has|trans|accumulate|use)/;
  return Object.fromEntries(
    Object.entries(kernel.params).map(([name, type]) => {
      if (type === 'f32') return [name, random()];
      if (isFlag.test(name)) return [name, pick([0, 1])];
      if (name.endsWith('Offset')) return [name, pick([0, 0, 64, 65])];
      if (name === 'activation') return [name, pick([0, 1, 2, 3, 4, 5, 6])];
      return [name, pick([1, 4, 17, 64, 64, 80, 128, 768])];
    }),
  );
}

/** The different shaders that the draws lead to. */
function shadersOf(kernel: Kernel, target: WgslTarget): Shader[] {
  const random = generator();
  const shaders = new Map<string, Shader>();
  for (let draw = 0; draw < draws; draw++) {
    const params = drawParams(kernel, random);
    const has: Presence = Object.fromEntries(
      Object.entries(kernel.bindings).map(([name, access]) => [
        name,
        !access.endsWith('?') || random() < 0.5,
      ]),
    );
    if (refused[kernel.name.replace(/^attention.*/, 'attention')]?.(params, has)) continue;
    const shader = shaderOf(kernel, params, Object.values(has), target);
    shaders.set(shader.text, shader);
  }
  return [...shaders.values()];
}

async function messagesOf(shader: Shader): Promise<string[]> {
  device.pushErrorScope('validation');
  const module = device.createShaderModule({ code: shader.text });
  const { messages } = await module.getCompilationInfo();
  await device.popErrorScope();
  return messages.map(({ type, lineNum, message }) => {
    return `${type}: ${message}, in: ${shader.text.split('\n')[lineNum - 1]}`;
  });
}

/** Bytes of a type of a workgroup variable; sizes that are names or sums are looked up and worked out. */
function bytesOf(type: string, text: string): number {
  const array = /^array<(.+),([^,]+)>$/s.exec(type.trim());
  if (array) return bytesOf(array[1]!, text) * numberOf(array[2]!, text);
  const element = type.trim();
  const vector = /^vec([234])(?:<\w+>|[fiu])$/.exec(element);
  if (vector) return vector[1] === '2' ? 8 : 16;
  if (/^(f32|u32|i32|atomic<u32>)$/.test(element)) return 4;
  const alias = new RegExp(`alias\\s+${element}\\s*=\\s*([^;]+);`).exec(text);
  if (alias) return bytesOf(alias[1]!, text);
  throw new Error(`the bytes of "${type}" are not known to this test`);
}

function numberOf(expression: string, text: string): number {
  const factors = expression.split('*').map((factor) => {
    const literal = /^(\d+)u?$/.exec(factor.trim());
    if (literal) return Number(literal[1]);
    const constant = new RegExp(`const\\s+${factor.trim()}\\s*(?::\\s*\\w+)?\\s*=\\s*([^;]+);`).exec(text);
    if (constant) return numberOf(constant[1]!, text);
    throw new Error(`the value of "${expression}" is not known to this test`);
  });
  return factors.reduce((product, factor) => product * factor, 1);
}

/** Whether a storage binding is an array of f32 or of vectors of it, perhaps under another name. */
function holdsReals(text: string, name: string): boolean {
  const type = new RegExp(`var<storage[^>]*>\\s*${name}\\s*:\\s*array<([^;]+)>;`).exec(text)?.[1];
  const alias = type && new RegExp(`alias\\s+${type}\\s*=\\s*([^;]+);`).exec(text)?.[1];
  return /^(f32|vec4<f32>)$/.test(alias ?? type ?? '');
}

function workgroupBytes(text: string): number {
  const declarations = text.replace(/\/\/.*$/gm, '').matchAll(/var<workgroup>\s*\w+\s*:\s*([^;]+);/g);
  return [...declarations].reduce((sum, [, type]) => sum + bytesOf(type!, text), 0);
}

function workgroupSize(text: string): number {
  const sizes = [...text.matchAll(/@workgroup_size\(([^)]*)\)/g)].map(([, size]) =>
    numberOf(size!.split(',').join('*'), text),
  );
  return Math.max(...sizes);
}

describe('kernels', () => {
  it('exist, under names of their own', () => {
    const names = kernels.map((kernel) => kernel.name);
    expect(names.length).toBeGreaterThan(5);
    expect([...new Set(names)]).toEqual(names);
  });

  it('use every WGSL file', () => {
    const all = kernels.map((kernel) => kernel.wgsl.source).join('\n');
    const unused = Object.entries(texts).filter(([, text]) => !all.includes(text as string));
    expect(unused.map(([path]) => path)).toEqual([]);
  });
});

describe.each(kernels.map((kernel) => [kernel.name, kernel] as const))('%s', (_, kernel) => {
  it('compiles without a warning, within what every adapter offers', async () => {
    for (const target of targets) {
      const shaders = shadersOf(kernel, target);
      expect(shaders.length).toBeGreaterThan(0);
      const messages = await Promise.all(shaders.map(messagesOf));
      expect([...new Set(messages.flat())]).toEqual([]);
      for (const { text, storageBindings } of shaders) {
        expect(storageBindings.length).toBeLessThanOrEqual(promised.storageBuffers);
        expect(workgroupBytes(text)).toBeLessThanOrEqual(promised.workgroupBytes);
        expect(workgroupSize(text)).toBeLessThanOrEqual(promised.workgroupSize);
      }
    }
  });

  it('is whole when everything real that it binds is stored as f16', async () => {
    const shaders = targets.slice(0, 2).flatMap((target) => shadersOf(kernel, target));
    const messages = shaders.map((shader) => {
      const names = Object.keys(kernel.bindings);
      const half = withHalfBindings(
        shader.text,
        names.filter((name) => holdsReals(shader.text, name)),
      );
      expect(half.split('\n')).toHaveLength(shader.text.split('\n').length);
      // Read as f32 the text compiles on every adapter, if it does at all.
      return messagesOf({ ...shader, text: half.replace('enable f16;', '').replaceAll('f16', 'f32') });
    });
    expect([...new Set((await Promise.all(messages)).flat())]).toEqual([]);
  });
});
