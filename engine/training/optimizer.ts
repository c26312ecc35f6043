// The optimizer's memory and the commands of one update: gradient norm, clip, then the rule itself
// over flat ranges of the parameter arena, each no larger than one binding.

import type { TrainingConfig } from '../config.ts';
import { metricsOutput, scalarsInput } from '../graph/scalars.ts';
import type { Tape } from '../graph/tape.ts';
import { createArena, type Arena, type Tensor } from '../graph/tensor.ts';
import type { Model } from '../models/model.ts';
import { gradientNorm } from '../ops/gradient-norm/gradient-norm.ts';
import { adam, sgd } from '../ops/optimizer/optimizer.ts';

/** One arena for each number an optimizer remembers a parameter by, in the parameters' own layout. */
export interface OptimizerState {
  /** `m` and `v` for Adam, `momentum` for SGD. */
  readonly arenas: ReadonlyMap<string, Arena>;
}

/** The state a training configuration needs for a model. */
export function createOptimizerState(model: Model, { optim }: TrainingConfig): OptimizerState {
  const names = optim === 'sgd' ? ['momentum'] : ['m', 'v'];
  return {
    arenas: new Map(
      names.map((name) => [
        name,
        { ...createArena(`optimizer ${name}`), sizeElements: model.parameters.trainable.sizeElements },
      ]),
    ),
  };
}

/** Records the update that ends an optimizer step. */
export function recordUpdate(tape: Tape, model: Model, state: OptimizerState, config: TrainingConfig): void {
  const { trainable, gradients, decayElements } = model.parameters;
  if (!gradients) throw new Error('the model was laid out without gradients');
  const metrics = metricsOutput(tape);
  const scalars = scalarsInput(tape);
  const gradient = whole(gradients);
  gradientNorm(tape, [gradient], {
    metrics,
    maxGradNorm: config.maxGradNorm,
    scalars: config.mixedPrecision === 'fp16' ? scalars : null,
  });
  const parameter = whole(trainable);
  const { optim, adamBeta1: beta1, adamBeta2: beta2, adamEpsilon: epsilon, weightDecay } = config;
  const shared = { parameter, gradient, scalars, metrics, weightDecay, decayElements };
  if (optim === 'sgd') {
    sgd(tape, { ...shared, momentum: whole(state.arenas.get('momentum')!), factor: beta1 });
  } else {
    const m = whole(state.arenas.get('m')!);
    const v = whole(state.arenas.get('v')!);
    adam(tape, { ...shared, m, v, beta1, beta2, epsilon, isDecoupled: optim === 'adamw' });
  }
}

/** A whole arena as one flat tensor. */
function whole(arena: Arena): Tensor {
  return {
    name: arena.name,
    shape: [arena.sizeElements],
    elementType: arena.elementType,
    storage: { kind: 'arena', arena, offsetElements: 0 },
  };
}
