// A PEFT folder's adapter as tuning settings, under which createModel lays out the very matrices that it holds.

import { EngineError } from '../errors.ts';
import type { TensorReader } from '../formats/bytes.ts';
import { aName, adapterContents, isOfClassifier } from '../formats/peft-names.ts';
import type { PeftConfig } from '../formats/peft.ts';
import type { TuningConfig } from '../tuning.ts';
import { loraTargets, type LinearModel } from './lora.ts';

/**
 * The settings that lay out an opened adapter's matrices beside a model; their targets name its modules exactly.
 * Throws `peft-unsupported` where the file holds anything else.
 */
export function peftTuning(config: PeftConfig, adapter: TensorReader, model: LinearModel): TuningConfig {
  const { modules, wholes } = adapterContents(adapter);
  for (const name of wholes) if (!isOfClassifier(name)) refuse(name, 'is no LoRA matrix');
  for (const module of modules) {
    const rank = adapter.tensors.get(aName(module))?.shape[0];
    if (rank !== config.r)
      refuse(aName(module), `has rank ${rank ?? '(none)'} where its config says ${config.r}`);
  }
  if (modules.size === 0) refuse(aName('…'), 'is missing');
  return {
    method: 'lora',
    trainLayers: 'last:1',
    loraR: config.r,
    loraAlpha: config.loraAlpha,
    loraDropout: config.loraDropout,
    loraTargetModules: loraTargets(model, modules),
  };
}

function refuse(name: string, problem: string): never {
  const message = `Tensor "${name.slice(0, 200)}" of the adapter ${problem}.`;
  throw new EngineError('peft-unsupported', message, {
    hint: 'Choose a plain LoRA adapter, or merge this one into its model with PEFT and import that.',
  });
}
