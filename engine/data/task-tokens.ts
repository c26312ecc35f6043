// The special tokens that a task's batches need, found in a tokenizer by their customary names.

import { isEncoderDecoder, type ModelConfig } from '../config.ts';
import { EngineError } from '../errors.ts';
import type { Task } from '../tasks.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';

export interface TaskTokens {
  /** Stands where no token is. */
  readonly padTokenId: number;
  /** What a target begins behind. */
  readonly startTokenId: number;
  /** Ends what is written; -1 where nothing does. */
  readonly endTokenId: number;
  /** Stands for a hidden token; -1 where there is none. */
  readonly maskTokenId: number;
  /** Never hidden, never put in a token's place. */
  readonly specialTokenIds: ReadonlySet<number>;
}

const maskNames = ['[MASK]', '<mask>', '<|mask|>'];

/** Throws `tokenizer-lacks-token` for a task that needs one which the tokenizer has not. */
export function taskTokens(task: Task, model: ModelConfig, tokenizer: Tokenizer): TaskTokens {
  const { specialTokens, endOfTextTokenId, padTokenId } = tokenizer;
  const mask = maskNames.find((name) => specialTokens.has(name));
  if (task === 'mask' && mask === undefined) refuse('a token that hides others, such as [MASK]');
  const isPair = isEncoderDecoder(model);
  if (isPair && endOfTextTokenId === null) refuse('an end-of-text token, which ends what is written');
  const start = beginsBehindPadding(model) ? (padTokenId ?? endOfTextTokenId) : endOfTextTokenId;
  return {
    padTokenId: padTokenId ?? endOfTextTokenId ?? 0,
    startTokenId: start ?? 0,
    endTokenId: endOfTextTokenId ?? -1,
    maskTokenId: mask === undefined ? -1 : specialTokens.get(mask)!,
    specialTokenIds: new Set(specialTokens.values()),
  };
}

/** T5 begins behind padding, as its first users did; others as the folder says that they came from. */
function beginsBehindPadding(model: ModelConfig): boolean {
  return model.modelType === 't5' || (model.modelType === 'transformer' && model.decoderStart === 'padding');
}

function refuse(what: string): never {
  throw new EngineError('tokenizer-lacks-token', `The tokenizer has no ${what}.`, {
    hint: 'Train a tokenizer for this task, or choose weights that were made for it.',
  });
}
