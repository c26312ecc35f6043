// How many tokens a prompt is for a checkpoint, and whether its tokenizer knows all of it, while the prompt is
// typed. Opens no weights and needs no device; the tokenizer used last stays open.

import type { Tokenizer } from '../../engine/index.ts';
import type { CallOutput } from '../../preload/contract.ts';
import { openModelSource } from '../engine-host/model-source.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { CheckedInput } from './handlers.ts';

export class PromptTokens {
  private readonly checkpoints: Checkpoints;
  private opened: { readonly path: string; readonly tokenizer: Promise<Tokenizer> } | null = null;

  constructor(checkpoints: Checkpoints) {
    this.checkpoints = checkpoints;
  }

  /** Throws what finding and opening the checkpoint throws. */
  async count({
    checkpoint,
    text,
  }: CheckedInput<'generation.countTokens'>): Promise<CallOutput<'generation.countTokens'>> {
    const { path } = await this.checkpoints.resolve(checkpoint);
    const tokenizer = await this.open(path);
    const unknownCharacter = tokenizer.firstUnknown(text);
    return { tokenCount: unknownCharacter ? null : tokenizer.encode(text).ids.length, unknownCharacter };
  }

  private open(path: string): Promise<Tokenizer> {
    if (this.opened?.path === path) return this.opened.tokenizer;
    const tokenizer = readTokenizer(path);
    const opened = { path, tokenizer };
    this.opened = opened;
    tokenizer.catch(() => {
      if (this.opened === opened) this.opened = null;
    });
    return tokenizer;
  }
}

async function readTokenizer(path: string): Promise<Tokenizer> {
  const source = await openModelSource([path], { verifiesHashes: false });
  await source.close();
  return source.tokenizer;
}
