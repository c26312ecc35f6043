// A model's weights on a device with the plans that use them; nothing stays there when they do not fit.

import type { Device } from '../device/device.ts';
import type { TensorReader } from '../formats/bytes.ts';
import { Executor } from '../graph/executor.ts';
import type { Plan } from '../graph/plan.ts';
import type { Arena } from '../graph/tensor.ts';
import { writeConstants } from '../models/init.ts';
import { modelArenas, type Model } from '../models/model.ts';
import { loadWeights, modelParts } from '../models/weights.ts';

/** Loads weights by Hugging Face's names; `caches` are the arenas beside the model's. Throws `weights-mismatch`. */
export async function openExecutor(
  device: Device,
  model: Model,
  weights: TensorReader,
  { plans, caches }: { readonly plans: readonly Plan[]; readonly caches: readonly Arena[] },
): Promise<Executor> {
  const executor = await Executor.create(device, [...modelArenas(model), ...caches], plans);
  try {
    writeConstants(executor, model);
    await loadWeights(executor, modelParts(model.parameters), weights);
    return executor;
  } catch (error) {
    executor.destroy();
    throw error;
  }
}
