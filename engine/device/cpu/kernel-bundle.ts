// What the build says of the compiled kernels (kernels.json), and the checks that they belong together and to
// this engine: kernels of another state of the sources read their arguments elsewhere and write anywhere.

import { EngineError } from '../../errors.ts';
import type { Kernel } from '../../graph/kernel.ts';
import { sha256 } from '../../sha256.ts';
import * as layout from './kernels/layout.ts';

/** A kernel function: its number for `runKernel`, and its arguments in the order in which it reads them. */
export interface KernelFunction {
  readonly id: number;
  readonly args: readonly string[];
}

export type KernelFunctions = Readonly<Record<string, KernelFunction>>;

/** What kernels.json holds, as main/build/kernels.mjs writes it. */
export interface KernelBundle {
  readonly functions: KernelFunctions;
  /** The numbers of the layout.ts that the kernels were compiled with. */
  readonly layout: Readonly<Record<string, number>>;
  /** SHA-256 of kernels.wasm. */
  readonly hash: string;
}

/**
 * What `description`, the parsed kernels.json, says of compiled kernels. Throws `kernels-outdated` where it is
 * not that of `wasm`, or the kernels were compiled for another layout of the device's memory.
 */
export async function checkBundle(
  wasm: ArrayBufferView | ArrayBuffer,
  description: unknown,
): Promise<KernelBundle> {
  const { functions, layout: compiled, hash } = (description ?? {}) as Partial<KernelBundle>;
  if (!functions || !compiled || !hash) throw outdated('they do not say how they take their arguments');
  if ((await sha256(wasm)) !== hash)
    throw outdated('kernels.wasm is not the file that kernels.json describes');
  for (const [name, value] of Object.entries(layout)) {
    if (compiled[name] !== value) throw outdated(`${name} is ${compiled[name] ?? 'missing'}, not ${value}`);
  }
  return { functions, layout: compiled, hash };
}

/**
 * The number of a kernel's function. Throws `kernels-outdated` where the compiled kernels lack it or take other
 * arguments than the kernel's bindings and constants.
 */
export function functionNumber(functions: KernelFunctions, kernel: Kernel, name: string): number {
  const compiled = functions[name];
  if (compiled === undefined) throw outdated(`there is no "${name}" among them`);
  const wanted = [...Object.keys(kernel.bindings), ...Object.keys(kernel.params)];
  const count = Math.max(wanted.length, compiled.args.length);
  for (let i = 0; i < count; i++) {
    const [taken = 'none', given = 'none'] = [compiled.args[i], wanted[i]];
    if (taken !== given) throw outdated(`argument ${i + 1} of "${name}" is ${taken}, not ${given}`);
  }
  return compiled.id;
}

function outdated(reason: string): EngineError {
  return new EngineError(
    'kernels-outdated',
    `The compiled CPU kernels are not those of this version of Heddle: ${reason}.`,
    { hint: 'Build Heddle again with `npm run build`, then start it again.' },
  );
}
