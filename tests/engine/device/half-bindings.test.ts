// Storing a shader's bindings as f16: only loads and stores of those change, every line keeps its number.

import { describe, expect, it } from 'vitest';
import { withHalfBindings } from '../../../engine/device/webgpu/half-bindings.ts';

const declare = (name: string, type: string): string =>
  `@group(0) @binding(0) var<storage, read_write> ${name}: array<${type}>;`;

/** The body of a shader with the bindings x (stored as f16) and y, and what it becomes. */
function rewritten(body: string): string {
  const text = [declare('x', 'f32'), declare('y', 'f32'), body].join('\n');
  return withHalfBindings(text, ['x']).split('\n').slice(2).join('\n');
}

describe('a binding that is stored as f16', () => {
  it('is declared so, behind the extension, on the line that it was on', () => {
    const text = `// about x\n${declare('x', 'f32')}\nfn f() {}`;
    const lines = withHalfBindings(text, ['x']).split('\n');
    expect(lines[0]).toMatch(/^enable f16;/);
    expect(lines[1]).toBe(declare('x', 'f16'));
    expect(lines).toHaveLength(3);
  });

  it.each(['vec4<f32>', 'Value'])('is a vector where it is declared as %s', (type) => {
    const text = `alias Value = vec4<f32>;\n${declare('x', type)}\nfn f() { let a = x[1]; }`;
    const lines = withHalfBindings(text, ['x']).split('\n');
    expect(lines[1]).toBe(declare('x', 'vec4<f16>'));
    expect(lines[2]).toBe('fn f() { let a = vec4<f32>(x[1]); }');
  });

  it.each([
    ['let a = x[i] * y[i];', 'let a = f32(x[i]) * y[i];'],
    ['x[i] = y[i] + 1.0;', 'x[i] = f16(y[i] + 1.0);'],
    ['x[i] = x[j] * y[k];', 'x[i] = f16(f32(x[j]) * y[k]);'],
    ['x[i] += y[i] - 1.0;', 'x[i] = f16(f32(x[i]) + (y[i] - 1.0));'],
    ['x[i] *= y[i];', 'x[i] = f16(f32(x[i]) * (y[i]));'],
    ['let a = x[places[i + 1u]];', 'let a = f32(x[places[i + 1u]]);'],
    ['if (x[i] == 0.0) { return; }', 'if (f32(x[i]) == 0.0) { return; }'],
    ['let a = xx[i] + place.x[i] + value.x;', 'let a = xx[i] + place.x[i] + value.x;'],
    ['let a = b; // x[i] += 1, and so on', 'let a = b; '],
    [
      'x[i] = select(\n  0.0,\n  x[j],\n  isInside);',
      'x[i] = f16(select(\n  0.0,\n  f32(x[j]),\n  isInside));',
    ],
  ])('is converted in %s', (body, expected) => {
    expect(rewritten(body)).toBe(expected);
  });

  it('leaves a shader alone that does not declare it, and one without any', () => {
    const text = `// of y\n${declare('y', 'f32')}`;
    expect(withHalfBindings(text, ['x'])).toBe(text);
    expect(withHalfBindings(text, [])).toBe(text);
  });

  it('is refused where it cannot be', () => {
    expect(() => withHalfBindings(declare('x', 'u32'), ['x'])).toThrow('"x" holds u32');
    const pointer = `${declare('x', 'f32')}\nfn f() { g(&x); }`;
    expect(() => withHalfBindings(pointer, ['x'])).toThrow('the address of "x" is taken');
  });
});
