// The preprocessor of WGSL kernels.
import { describe, expect, it } from 'vitest';
import { specialize } from '../../../engine/device/webgpu/specialize.ts';

const kept = (source: string, defines: Record<string, number | boolean>): string[] =>
  specialize(source, defines)
    .split('\n')
    .filter((line) => line !== '');

describe('specialize', () => {
  const branches = ['//#if a', 'yes', '//#else', 'no', '//#endif', 'end'].join('\n');

  it('keeps one side of a branch', () => {
    expect(kept(branches, { a: true })).toEqual(['yes', 'end']);
    expect(kept(branches, { a: false })).toEqual(['no', 'end']);
    expect(kept(branches, { a: 4 })).toEqual(['yes', 'end']);
    expect(kept(branches, { a: 0 })).toEqual(['no', 'end']);
  });

  it('negates with !', () => {
    expect(kept(branches.replace('#if a', '#if !a'), { a: true })).toEqual(['no', 'end']);
    expect(kept(branches.replace('#if a', '#if ! a'), { a: false })).toEqual(['yes', 'end']);
  });

  it('nests, and drops inner branches with their outer one', () => {
    const nested = [
      '//#if a',
      '  //#if b',
      'ab',
      '  //#else',
      'a',
      '  //#endif',
      '//#else',
      'none',
      '//#endif',
    ];
    const text = nested.join('\n');
    expect(kept(text, { a: true, b: true })).toEqual(['ab']);
    expect(kept(text, { a: true, b: false })).toEqual(['a']);
    expect(kept(text, { a: false, b: true })).toEqual(['none']);
    expect(kept(text, { a: false, b: false })).toEqual(['none']);
  });

  it('keeps the number of every line', () => {
    const lines = specialize(branches, { a: false }).split('\n');
    expect(lines).toHaveLength(6);
    expect(lines.indexOf('no')).toBe(3);
  });

  it('inserts values', () => {
    const defines = { tile: 64, scale: 0.125, tiny: 1e-7, isOn: true };
    expect(specialize('const n = #{tile} * #{tile}u;', defines)).toBe('const n = 64 * 64u;');
    expect(specialize('#{scale} #{tiny} #{isOn}', defines)).toBe('0.125 1e-7 true');
  });

  it('inserts nothing in a dropped line', () => {
    expect(kept('//#if a\n#{unknown}\n//#endif', { a: false })).toEqual([]);
  });

  it('refuses unknown names by line', () => {
    expect(() => specialize('\n//#if b\n//#endif', { a: true })).toThrow(
      'line 2: "b" is not defined; known: a',
    );
    expect(() => specialize('#{b}', {})).toThrow('line 1: "b" is not defined');
    // Also where the branch around them is dropped.
    expect(() => specialize('//#if a\n//#if b\n//#endif\n//#endif', { a: false })).toThrow('line 2: "b"');
    // Names of Object.prototype are no flags.
    expect(() => specialize('//#if constructor\n//#endif', {})).toThrow('"constructor" is not defined');
  });

  it('refuses malformed branches', () => {
    expect(() => specialize('x\n//#if a', { a: true })).toThrow('line 2: //#if has no //#endif');
    expect(() => specialize('//#endif', {})).toThrow('line 1: //#endif has no //#if');
    expect(() => specialize('//#else', {})).toThrow('line 1: //#else has no //#if');
    expect(() => specialize('//#if a\n//#else\n//#else\n//#endif', { a: true })).toThrow('line 3: a second');
    expect(() => specialize('//#if a b\n//#endif', { a: true })).toThrow('line 1: //#if takes one name');
    expect(() => specialize('//#elif a', { a: true })).toThrow('line 1: unknown directive //#elif');
    expect(() => specialize('//#if a\n//#else a\n//#endif', { a: true })).toThrow(
      'line 2: //#else takes nothing',
    );
  });

  it('refuses values that WGSL cannot write', () => {
    expect(() => specialize('#{a}', { a: Infinity })).toThrow('line 1: the value of "a" is Infinity');
    expect(() => specialize('#{a}', { a: Number.NaN })).toThrow('line 1: the value of "a" is NaN');
  });
});
