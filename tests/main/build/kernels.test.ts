// The kernel build finds kernels by their signature, numbers them by name and refuses what would break
// several threads over one memory. Checked on small sources of its own, by running what comes out.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { compileKernels, kernelNames } from '../../../main/build/kernels.mjs';

let root = '';
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'heddle-kernels-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const DOUBLE = `
import { twice } from './twice.cpu.ts';
export function doubleNumber(args: usize, tile: u32, scratch: usize): void {
  store<f32>(args, twice(load<f32>(args)) + <f32>tile);
}`;
const TWICE = `
// @ts-ignore: decorator
@inline export function twice(x: f32): f32 { return x + x; }
export function addOne(
  args: usize,
  tile: u32,
  scratch: usize,
): void { store<f32>(args, load<f32>(args) + 1); }`;

it('tells kernels from helpers by their signature', () => {
  expect(kernelNames(TWICE)).toEqual(['addOne']);
  expect(kernelNames('export function f(a: usize, b: u32): void {}')).toEqual([]);
});

it('compiles kernels that a runner calls by number', async () => {
  write('engine/ops/double/double.cpu.ts', DOUBLE);
  write('engine/ops/double/twice.cpu.ts', TWICE);
  const { wasm, functions } = await compileKernels(root);
  expect(functions).toEqual({ addOne: 0, doubleNumber: 1 });

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

it('refuses static data, two kernels of one name, and what does not compile', async () => {
  const text = 'export function f(args: usize, tile: u32, scratch: usize): void { store<usize>(args, ';
  write('engine/a.cpu.ts', `${text}changetype<usize>('text')); }`);
  await expect(compileKernels(root)).rejects.toThrow('static data');
  write('engine/a.cpu.ts', `${text}0); }`);
  write('engine/b.cpu.ts', `${text}0); }`);
  await expect(compileKernels(root)).rejects.toThrow('a.cpu.ts and engine/b.cpu.ts');
  rmSync(join(root, 'engine/b.cpu.ts'));
  write('engine/a.cpu.ts', `${text}unknown); }`);
  await expect(compileKernels(root)).rejects.toThrow("Cannot find name 'unknown'");
});
