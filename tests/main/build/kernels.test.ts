// The kernel build finds kernels by their signature, numbers them by name and refuses what would break
// several threads over one memory. Checked on small sources of its own, by running what comes out.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { compileKernels, kernelArguments, kernelNames } from '../../../main/build/kernels.mjs';

let root = '';
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'heddle-kernels-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const DOUBLE = `// Doubles a number.
// args: number.
import { twice } from './twice.cpu.ts';
export function doubleNumber(args: usize, tile: u32, scratch: usize): void {
  store<f32>(args, twice(load<f32>(args)) + <f32>tile);
}`;
const TWICE = `
// @ts-ignore: decorator
@inline export function twice(x: f32): f32 { return x + x; }
/** args: number, one or 0. */
export function addOne(
  args: usize,
  tile: u32,
  scratch: usize,
): void { store<f32>(args, load<f32>(args) + 1); }`;

it('tells kernels from helpers by their signature', () => {
  expect(kernelNames(TWICE)).toEqual(['addOne']);
  expect(kernelNames('export function f(a: usize, b: u32): void {}')).toEqual([]);
});

it('reads the arguments of a kernel above it, or else at the head of its file', () => {
  const kernel = (name: string) =>
    `export function ${name}(args: usize, tile: u32, scratch: usize): void {}\n`;
  const head = '// About args: first, Rest,\n// last?. And more.\n\n';
  const classes = '@unmanaged\nexport class Rest {\n  second: usize;\n  third: f32;\n}\n';
  const source = `${head}/** Not these args: x. */\nconst A = 1;\n${kernel('f')}/**\n * Some.\n * args: x,\n * y. */\n${kernel('g')}`;
  expect(kernelArguments('f', source, classes)).toEqual(['first', 'second', 'third', 'last']);
  expect(kernelArguments('g', source, classes)).toEqual(['x', 'y']);
  expect(kernelArguments('f', kernel('f'), classes)).toBeUndefined();
});

it('compiles kernels that a runner calls by number', async () => {
  write('engine/ops/double/double.cpu.ts', DOUBLE);
  write('engine/ops/double/twice.cpu.ts', TWICE);
  const { wasm, functions } = await compileKernels(root);
  expect(functions).toEqual({
    addOne: { id: 0, args: ['number', 'one'] },
    doubleNumber: { id: 1, args: ['number'] },
  });

  const memory = new WebAssembly.Memory({ initial: 2, maximum: 65_536, shared: true });
  const { instance } = await WebAssembly.instantiate(wasm, { env: { memory } });
  const { runKernel, addOne } = instance.exports as Record<string, (...args: number[]) => void>;
  const numbers = new Float32Array(memory.buffer);
  numbers[256] = 20;
  runKernel?.(1, 1024, 1, 0);
  addOne?.(1024, 0, 0);
  expect(numbers[256]).toBe(42);
  expect(() => runKernel?.(2, 1024, 0, 0)).toThrow(WebAssembly.RuntimeError);
});

it('refuses static data, two kernels of one name, unnamed arguments and what does not compile', async () => {
  const text =
    '// args: x.\nexport function f(args: usize, tile: u32, scratch: usize): void { store<usize>(args, ';
  write('engine/a.cpu.ts', `${text}changetype<usize>('text')); }`);
  await expect(compileKernels(root)).rejects.toThrow('static data');
  write('engine/a.cpu.ts', `${text}0); }`);
  write('engine/b.cpu.ts', `${text}0); }`);
  await expect(compileKernels(root)).rejects.toThrow('a.cpu.ts and engine/b.cpu.ts');
  rmSync(join(root, 'engine/b.cpu.ts'));
  write('engine/a.cpu.ts', `${text}0); }`.replace('args: x.', ''));
  await expect(compileKernels(root)).rejects.toThrow(
    'engine/a.cpu.ts does not say "args: …" of its kernel f',
  );
  write('engine/a.cpu.ts', `${text}unknown); }`);
  await expect(compileKernels(root)).rejects.toThrow("Cannot find name 'unknown'");
});
