// From a kernel and its constants to what a pipeline is made of: the specialised text, the bindings that
// the text declares, the packed constants and the workgroup grid. Needs no GPU object.

import type { Kernel, Params, WgslTarget } from '../../graph/kernel.ts';
import { withHalfBindings } from './half-bindings.ts';
import { specialize } from './specialize.ts';

export interface Shader {
  readonly text: string;
  readonly entryPoint: string;
  /** Indices into `kernel.bindings` of the storage bindings the text declares, in rising order. */
  readonly storageBindings: readonly number[];
  /** The binding of the constants, or null where a kernel has none. */
  readonly paramsBinding: number | null;
}

const storageDeclaration = /@group\((\d+)\)\s*@binding\((\d+)\)\s*var<storage\s*(?:,\s*(\w+)\s*)?>\s*(\w+)/g;

/**
 * The shader of one command: `isPresent` says which bindings have a tensor, `isHalf` which of those hold f16.
 * Flags are `has_<binding>` for each optional binding and whatever `kernel.wgsl.defines` gives.
 * Throws an Error when the text is malformed, or declares a binding at another index, in another access mode
 * or under another name than the kernel does, or one that is absent: the binding layout is made from these
 * declarations, and a disagreement would read the wrong memory.
 */
export function shaderOf(
  kernel: Kernel,
  params: Params,
  isPresent: readonly boolean[],
  target: WgslTarget,
  isHalf: readonly boolean[] = [],
): Shader {
  const bindings = Object.entries(kernel.bindings);
  const flags: Record<string, number | boolean> = {};
  bindings.forEach(([name, access], index) => {
    if (access.endsWith('?')) flags[`has_${name}`] = isPresent[index]!;
  });
  const halves = bindings.filter((_, index) => isHalf[index]).map(([name]) => name);
  const body = withHalfBindings(
    specialize(kernel.wgsl.source, { ...flags, ...kernel.wgsl.defines?.(params, target) }),
    halves,
  );

  const storageBindings: number[] = [];
  for (const [, group, binding, access, name] of body.replace(/\/\/.*$/gm, '').matchAll(storageDeclaration)) {
    const index = Number(binding);
    if (group !== '0' || bindings[index]?.[0] !== name) {
      const place = `@group(${group}) @binding(${binding})`;
      throw new Error(
        `"${name}" is declared at ${place}, where the kernel has ${bindings[index]?.[0] ?? 'nothing'}`,
      );
    }
    if (access !== 'read_write') throw new Error(`"${name}" must be declared var<storage, read_write>`);
    if (!isPresent[index])
      throw new Error(`"${name}" is declared though it is absent; put it in //#if has_${name}`);
    storageBindings.push(index);
  }
  storageBindings.sort((a, b) => a - b);

  const hasParams = Object.keys(kernel.params).length > 0;
  return {
    // Behind the body, so that lines keep their numbers; WGSL declarations may come in any order.
    text: hasParams ? `${body}\n${paramsDeclaration(kernel, bindings.length)}` : body,
    entryPoint: kernel.wgsl.entryPoint,
    storageBindings,
    paramsBinding: hasParams ? bindings.length : null,
  };
}

function paramsDeclaration(kernel: Kernel, binding: number): string {
  const fields = Object.entries(kernel.params).map(([name, type]) => `  ${name}: ${type},`);
  return `struct Params {\n${fields.join('\n')}\n}\n@group(0) @binding(${binding}) var<uniform> params: Params;\n`;
}

/** Bytes of a kernel's constants in the uniform buffer: 4 each, padded to 16. */
export function paramsBytes(kernel: Kernel): number {
  return Math.ceil(Object.keys(kernel.params).length / 4) * 16;
}

/**
 * Writes constants in the order of `kernel.params` at `offsetBytes` of `target`.
 * Throws an Error for a missing constant or one that a u32 cannot hold.
 */
export function packParams(kernel: Kernel, params: Params, target: DataView, offsetBytes: number): void {
  Object.entries(kernel.params).forEach(([name, type], index) => {
    const value = params[name];
    const at = offsetBytes + index * 4;
    if (value === undefined) throw new Error(`${kernel.name} got no value for "${name}"`);
    if (type === 'f32') target.setFloat32(at, value, true);
    else if (Number.isInteger(value) && value >= 0 && value <= 0xffffffff) target.setUint32(at, value, true);
    else throw new Error(`${kernel.name} takes a u32 as "${name}", got ${value}`);
  });
}

/**
 * Folds a number of workgroups into (x, y), x * y >= count, none above `maxPerDimension`; a shader computes
 * `wid.x + wid.y * wgs.x` and ignores what lies past the count.
 */
export function workgroupGrid(count: number, maxPerDimension: number): readonly [number, number] {
  if (!Number.isInteger(count) || count < 0) throw new Error(`a dispatch of ${count} workgroups`);
  if (count === 0) return [0, 0];
  const y = Math.ceil(count / maxPerDimension);
  if (y > maxPerDimension)
    throw new Error(`a dispatch of ${count} workgroups is more than any adapter takes`);
  return [Math.ceil(count / y), y];
}
