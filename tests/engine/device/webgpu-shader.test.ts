// From a kernel to its shader: text, declared bindings, packed constants, workgroup grid.
import { describe, expect, it } from 'vitest';
import { packParams, paramsBytes, shaderOf, workgroupGrid } from '../../../engine/device/webgpu/shader.ts';
import type { Kernel } from '../../../engine/graph/kernel.ts';
import { addOptional, scaleAndAdd } from './webgpu-kernels.ts';

const target = { isSoftware: true, hasSubgroups: false };

function withSource(source: string): Kernel {
  return { ...addOptional, wgsl: { ...addOptional.wgsl, source } } as Kernel;
}

describe('shaderOf', () => {
  it('declares the constants behind the body, at the binding after the storage ones', () => {
    const { text, paramsBinding } = shaderOf(scaleAndAdd, { count: 1, factor: 1, offset: 0 }, [true], target);
    expect(paramsBinding).toBe(1);
    expect(text.startsWith(scaleAndAdd.wgsl.source)).toBe(true);
    expect(text).toContain('struct Params {\n  count: u32,\n  factor: f32,\n  offset: f32,\n}');
    expect(text).toContain('@group(0) @binding(1) var<uniform> params: Params;');
  });

  it('declares nothing for a kernel without constants', () => {
    const kernel = { ...withSource('fn main() {}'), params: {} };
    const shader = shaderOf(kernel, {}, [true, true, true], target);
    expect(shader).toEqual({
      text: 'fn main() {}',
      entryPoint: 'main',
      storageBindings: [],
      paramsBinding: null,
    });
  });

  it('finds the bindings that are declared for the tensors that are present', () => {
    const all = shaderOf(addOptional, { count: 1 }, [true, true, true], target);
    expect(all.storageBindings).toEqual([0, 1, 2]);
    const without = shaderOf(addOptional, { count: 1 }, [true, false, true], target);
    expect(without.storageBindings).toEqual([0, 2]);
    expect(without.text).toContain('@workgroup_size(32)');
  });

  it('ignores declarations in comments', () => {
    const source = '// @group(0) @binding(7) var<storage> old: array<f32>;';
    expect(shaderOf(withSource(source), { count: 1 }, [true, true, true], target).storageBindings).toEqual(
      [],
    );
  });

  it.each([
    ['@group(0) @binding(1) var<storage, read_write> left: array<f32>;', 'where the kernel has right'],
    ['@group(0) @binding(9) var<storage, read_write> left: array<f32>;', 'where the kernel has nothing'],
    ['@group(1) @binding(0) var<storage, read_write> left: array<f32>;', '@group(1)'],
    [
      '@group(0) @binding(0) var<storage, read> left: array<f32>;',
      'must be declared var<storage, read_write>',
    ],
    ['@group(0) @binding(0) var<storage> left: array<f32>;', 'must be declared var<storage, read_write>'],
    ['@group(0) @binding(1) var<storage, read_write> right: array<f32>;', 'put it in //#if has_right'],
  ])('refuses %s', (source, message) => {
    expect(() => shaderOf(withSource(source), { count: 1 }, [true, false, true], target)).toThrow(message);
  });
});

describe('packParams', () => {
  it('writes u32 and f32 in order, padded to 16 bytes', () => {
    expect(paramsBytes(addOptional)).toBe(16);
    expect(paramsBytes(scaleAndAdd)).toBe(16);
    const words = new DataView(new ArrayBuffer(32));
    packParams(scaleAndAdd, { count: 0xffffffff, factor: 0.5, offset: -2 }, words, 16);
    expect([...new Uint32Array(words.buffer, 16, 1)]).toEqual([0xffffffff]);
    expect([...new Float32Array(words.buffer, 20, 2)]).toEqual([0.5, -2]);
    expect([...new Uint32Array(words.buffer, 0, 4)]).toEqual([0, 0, 0, 0]);
  });

  it.each([{ count: -1 }, { count: 1.5 }, { count: 2 ** 32 }, {}])('refuses %o', (params) => {
    const words = new DataView(new ArrayBuffer(16));
    expect(() => packParams(addOptional, params as Record<string, number>, words, 0)).toThrow('add-optional');
  });
});

describe('workgroupGrid', () => {
  it('covers the count with as few workgroups as it can', () => {
    expect(workgroupGrid(0, 65535)).toEqual([0, 0]);
    expect(workgroupGrid(1, 65535)).toEqual([1, 1]);
    expect(workgroupGrid(65535, 65535)).toEqual([65535, 1]);
    expect(workgroupGrid(65536, 65535)).toEqual([32768, 2]);
    expect(workgroupGrid(200_000, 65535)).toEqual([50_000, 4]);
  });

  it('refuses what is not a count', () => {
    expect(() => workgroupGrid(1.5, 65535)).toThrow('1.5 workgroups');
    expect(() => workgroupGrid(-1, 65535)).toThrow('-1 workgroups');
    expect(() => workgroupGrid(65535 ** 2 + 1, 65535)).toThrow('more than any adapter takes');
  });
});
