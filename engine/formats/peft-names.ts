// The tensors' names in PEFT's adapter_model.safetensors, which LoRA's parameters have everywhere here. A module is
// named by its path in the model, such as model.layers.0.self_attn.q_proj.

import type { TensorReader } from './bytes.ts';

const prefix = 'base_model.model.';
const lowRank = /\.lora_[AB]\.weight$/;
/** Heads that PEFT saves whole with every adapter of a classifier. */
export const classifierNames: readonly string[] = ['classifier', 'score'];

/** PEFT's name of a tensor of the model itself. */
export function wholeName(name: string): string {
  return prefix + name;
}

/** PEFT's name of a module's A. */
export function aName(module: string): string {
  return `${prefix}${module}.lora_A.weight`;
}

/** PEFT's name of a module's B. */
export function bName(module: string): string {
  return `${prefix}${module}.lora_B.weight`;
}

/** What a PEFT file holds: modules that it has matrices for, and tensors that take the place of the model's own. */
export function adapterContents({ tensors }: Pick<TensorReader, 'tensors'>): {
  modules: Set<string>;
  wholes: Set<string>;
} {
  const modules = new Set<string>();
  const wholes = new Set<string>();
  for (const name of tensors.keys()) {
    const bare = name.startsWith(prefix) ? name.slice(prefix.length) : name;
    if (lowRank.test(bare)) modules.add(bare.replace(lowRank, ''));
    else wholes.add(bare);
  }
  return { modules, wholes };
}

/** Whether a tensor of the model belongs to a classifier's head. */
export function isOfClassifier(name: string): boolean {
  return classifierNames.some((word) => name.startsWith(`${word}.`));
}
