// The batches of a run by its task: windows of one text, or examples.

import { sequenceLength, type RunSettings } from '../config.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import type { BatchSource } from './batch.ts';
import { exampleBatches } from './example-batches.ts';
import { taskTokens } from './task-tokens.ts';
import { textBatches } from './text-batches.ts';
import type { TokenSource } from './windows.ts';

/** Throws `text-too-short`, `no-examples` or `tokenizer-lacks-token`. */
export async function openBatches(
  settings: RunSettings,
  tokenizer: Tokenizer,
  train: TokenSource,
  heldOut: TokenSource | null,
): Promise<BatchSource> {
  const { task, model, training } = settings;
  if (task === 'text') return textBatches(train, heldOut, settings, sequenceLength(model, training));
  return exampleBatches(train, heldOut, settings, taskTokens(task, model, tokenizer));
}
