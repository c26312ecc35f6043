// training.json: everything that train.py computes by beside the model's own config.json, in snake_case. Knows
// nothing of files and processes.

import {
  createModel,
  hfStateDict,
  sequenceLength,
  taskTokens,
  trainableParts,
  type RunSettings,
  type Tokenizer,
} from '../../engine/index.ts';
import type { TrainingToExport } from './target.ts';

/** Raised when train.py reads something else. */
const schemaVersion = 1;

/** The text of training.json. */
export function trainingJson(training: TrainingToExport, tokenizer: Tokenizer): string {
  const { settings, step, sequencesSeen, updates, bytesPerToken } = training;
  const { task, model } = settings;
  const tokens = taskTokens(task, model, tokenizer);
  const content = {
    schema_version: schemaVersion,
    task,
    step,
    sequences_seen: sequencesSeen,
    updates,
    length: sequenceLength(model, settings.training),
    vocab_size: model.vocabSize,
    bytes_per_token: bytesPerToken,
    tokens: { start: tokens.startTokenId, mask: tokens.maskTokenId, special: [...tokens.specialTokenIds] },
    training: Object.fromEntries(
      Object.entries(settings.training).map(([name, value]) => [snakeCase(name), value]),
    ),
    ...tensorRules(settings),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** Names of the state dict that training changes. */
export function trainedNames(settings: Pick<RunSettings, 'model' | 'tuning'>): ReadonlySet<string> {
  const { frozen } = tensorRules(settings);
  const kept = new Set(frozen);
  const { tensors } = hfStateDict(settings.model);
  return new Set(tensors.map(({ name }) => name).filter((name) => !kept.has(name)));
}

/** How a tensor starts in a run from nothing: the kind of numbers, and their spread or value. */
type Start = readonly [kind: 'normal' | 'uniform' | 'constant', size: number];

/** Which tensors of the state dict keep their values, and how each starts. */
function tensorRules({ model, tuning }: Pick<RunSettings, 'model' | 'tuning'>): {
  frozen: string[];
  initial: Record<string, Start>;
} {
  const { parameters } = createModel(model, { training: true, tuning });
  const parts = new Map(
    [...parameters.byKey.values()].flatMap((parameter) => parameter.parts).map((part) => [part.name, part]),
  );
  const trained = new Set(trainableParts(parameters).map(({ name }) => name));
  const frozen: string[] = [];
  const initial: Record<string, Start> = {};
  for (const { name, isZeros, parts: own = [{ name }] } of hfStateDict(model).tensors) {
    // Tensors that lie in one file tensor are of one layer and of one kind.
    const part = parts.get(own[0]!.name);
    initial[name] = isZeros || !part ? ['constant', 0] : startOf(part.initial);
    if (isZeros || own.some((one) => !trained.has(one.name))) frozen.push(name);
  }
  return { frozen, initial };
}

type Initial = ReturnType<typeof trainableParts>[number]['initial'];

function startOf(initial: Initial): Start {
  switch (initial.kind) {
    case 'normal':
      return ['normal', initial.standardDeviation];
    case 'uniform':
      return ['uniform', initial.bound];
    case 'zeros':
      return ['constant', 0];
    case 'ones':
      return ['constant', 1];
    default:
      return initial satisfies never;
  }
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
