// The adapters of tests/golden/make_lora_goldens.py beside the models of golden.ts.

import { readFile } from 'node:fs/promises';
import { defaultsOf, tuningFields, type TuningConfig } from '../../../engine/config.ts';
import type { TensorReader } from '../../../engine/formats/bytes.ts';
import { openSafetensors } from '../../../engine/formats/safetensors.ts';
import { sizeOf } from '../../../engine/graph/tensor.ts';
import type { Model } from '../../../engine/models/model.ts';
import { adapterParts } from '../../../engine/models/weights.ts';
import { sourceOf } from '../formats/in-memory.ts';
import { goldenConfigs } from './golden.ts';

export const adaptedConfigs = goldenConfigs.filter(
  ({ modelType }) => modelType === 'gpt2' || modelType === 'llama',
);

export const goldenTuning: TuningConfig = {
  ...defaultsOf(tuningFields),
  method: 'lora',
  loraR: 3,
  loraAlpha: 6,
};

/** Value i of the k-th adapter tensor by sorted name is 0.1 cos(0.3 i + k). */
export function adapterWeights(model: Model): Map<string, Float32Array> {
  const parts = adapterParts(model.parameters).sort((a, b) => (a.name < b.name ? -1 : 1));
  return new Map(
    parts.map(({ name, shape }, k) => [
      name,
      Float32Array.from({ length: sizeOf(shape) }, (_, i) => 0.1 * Math.cos(0.3 * i + k)),
    ]),
  );
}

/** A tensor file under tests/golden/lora. */
export async function openLoraGolden(path: string): Promise<TensorReader> {
  return openSafetensors(sourceOf(await loraGolden(path), path));
}

/** The bytes of a file under tests/golden/lora. */
export async function loraGolden(path: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(new URL(`../../golden/lora/${path}`, import.meta.url)));
}
