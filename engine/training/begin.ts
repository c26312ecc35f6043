// The weights that a run begins with: random ones, or those of a model, with random ones only for what that model
// has not: the matrices that LoRA adds, and the head of a classifier that begins with an encoder's weights.

import type { Executor } from '../graph/executor.ts';
import { initializeParameters } from '../models/init.ts';
import type { Model } from '../models/model.ts';
import type { Parameter } from '../models/parameters.ts';
import { loadWeights } from '../models/weights.ts';
import type { TrainOptions } from './options.ts';

/** What an encoder that filled in tokens has not, and a classifier needs. */
const classifierHead = /^(classifier|bert\.pooler)\./;

/** Throws `weights-mismatch` where the model that the run begins with lacks anything else. */
export async function begin(executor: Executor, model: Model, options: TrainOptions): Promise<void> {
  const { signal, initialWeights, settings } = options;
  // A run that shall save has something to save first; one that shall not ends at its first step.
  const isStopped = (): boolean => signal.aborted && signal.reason !== 'save';
  const { seed } = settings.training;
  if (!initialWeights) return initializeParameters(executor, model, seed, isStopped);
  const isFresh = ({ spec, parts }: Parameter): boolean =>
    spec.isAdapter === true ||
    (settings.task === 'classify' && parts.some((part) => isFreshHead(part, initialWeights.tensors)));
  const parts = [...model.parameters.byKey.values()].filter((parameter) => !isFresh(parameter));
  await loadWeights(
    executor,
    parts.flatMap((parameter) => parameter.parts),
    initialWeights,
  );
  return initializeParameters(executor, model, seed, isStopped, isFresh);
}

/** Whether a part of a classifier's head is not in the weights, or is there for other classes. */
function isFreshHead(
  { name, shape }: Parameter['parts'][number],
  stored: ReadonlyMap<string, { readonly shape: readonly number[] }>,
): boolean {
  return classifierHead.test(name) && stored.get(name)?.shape.join() !== shape.join();
}
