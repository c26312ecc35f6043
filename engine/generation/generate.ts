// Writes text with a model: prefill the prompt, then one token at a time against the key-value cache.
// When the context is full, the latest half of it is read again and writing goes on.

import type { GenerationConfig } from '../config.ts';
import { EngineError } from '../errors.ts';
import type { Executor } from '../graph/executor.ts';
import { sortedOrder } from '../ops/embedding/embedding.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import type { GenerationPlans } from './plans.ts';
import { createSampler } from './sampler.ts';

export interface GenerateOptions {
  readonly executor: Executor;
  readonly plans: GenerationPlans;
  readonly tokenizer: Tokenizer;
  readonly prompt: string;
  readonly config: GenerationConfig;
  readonly signal?: AbortSignal;
  /** Called with each piece of new text as soon as it is whole characters. */
  readonly onText?: (text: string) => void;
}

export interface Generated {
  /** The new text, without the prompt and without the stop string that ended it. */
  readonly text: string;
  readonly tokenCount: number;
}

/** Generates until the length, a stop string or the end-of-text token; throws `unknown-character`. */
export function generate({ prompt, ...options }: GenerateOptions): Promise<Generated> {
  return generateFrom(options, encodePrompt(options.tokenizer, prompt));
}

/** Generates behind the tokens of a prompt, at least one; see `generate`. */
export async function generateFrom(
  options: Omit<GenerateOptions, 'prompt'>,
  promptIds: ArrayLike<number>,
): Promise<Generated> {
  const { tokenizer, config, plans } = options;
  const sampler = createSampler(config);
  const decoder = tokenizer.decoder();
  const written: number[] = Array.from(promptIds);
  const stops = new StopStrings(config.stopStrings);
  let cached = 0;
  let tokenCount = 0;
  const emit = (text: string): void => {
    if (text) options.onText?.(text);
  };
  while (tokenCount < config.maxNewTokens && !options.signal?.aborted) {
    let logits: Float32Array;
    if (cached === 0 || cached >= plans.maxLength) {
      const context = written.slice(cached === 0 ? -plans.maxLength : -Math.ceil(plans.maxLength / 2));
      logits = await readPrompt(options.executor, plans, context);
      cached = context.length;
    } else {
      logits = await decodeOne(options.executor, plans, written[written.length - 1]!, cached);
      cached++;
    }
    // A model may have room for more tokens than its tokenizer knows.
    logits.fill(-Infinity, tokenizer.vocabSize);
    // The unknown token stands for no text: it may be read, never written.
    if (tokenizer.unknownTokenId !== null) logits[tokenizer.unknownTokenId] = -Infinity;
    const token = sampler.next(logits, written, tokenCount);
    tokenCount++;
    if (token === tokenizer.endOfTextTokenId) break;
    written.push(token);
    emit(stops.push(decoder.push(token)));
    if (stops.isFound) break;
  }
  if (!stops.isFound) emit(stops.push(decoder.flush()) + stops.flush());
  return { text: stops.text, tokenCount };
}

/**
 * Prompt ids; an empty prompt begins at a new line, or at the end-of-text token where there is one. Throws
 * `unknown-character`.
 */
export function encodePrompt(tokenizer: Tokenizer, prompt: string): number[] {
  if (prompt === '' && tokenizer.endOfTextTokenId !== null) return [tokenizer.endOfTextTokenId];
  const text = prompt === '' && tokenizer.firstUnknown('\n') === null ? '\n' : prompt;
  const unknown = tokenizer.firstUnknown(text);
  if (unknown) {
    throw new EngineError(
      'unknown-character',
      `The model does not know the character "${unknown.character}" at position ${unknown.index} of the prompt.`,
      { hint: 'Its tokenizer has only the characters of the training text; leave this one out.' },
    );
  }
  const ids = [...tokenizer.encode(text).ids];
  return ids.length > 0 ? ids : [0];
}

/** Reads a context of at most `maxLength` tokens into the cache and gives the logits (V) behind it. */
export async function readPrompt(
  executor: Executor,
  plans: Pick<GenerationPlans, 'prefills' | 'vocabSize'>,
  context: readonly number[],
): Promise<Float32Array> {
  const { length, plan } = plans.prefills.find((candidate) => candidate.length >= context.length)!;
  const ids = new Uint32Array(length);
  ids.set(context);
  const positions = Uint32Array.from({ length }, (_, i) => i);
  executor.submit(plan, {
    ids,
    idOrder: sortedOrder(ids, plans.vocabSize),
    positions,
    positionOrder: positions,
    lastRows: Uint32Array.of(context.length - 1),
  });
  return new Float32Array(await executor.readOutput(plan, 'logits'));
}

async function decodeOne(
  executor: Executor,
  plans: GenerationPlans,
  id: number,
  position: number,
): Promise<Float32Array> {
  const first = Uint32Array.of(0);
  executor.submit(plans.decode, {
    ids: Uint32Array.of(id),
    idOrder: first,
    positions: Uint32Array.of(position),
    positionOrder: first,
    validRange: Uint32Array.of(0, position + 1),
  });
  return new Float32Array(await executor.readOutput(plans.decode, 'logits'));
}

/** Holds text back while it could still be the beginning of a stop string. */
class StopStrings {
  text = '';
  isFound = false;
  private pending = '';
  private readonly stops: readonly string[];

  constructor(stops: readonly string[]) {
    this.stops = stops;
  }

  /** Takes new text; gives the text that can be shown now. */
  push(text: string): string {
    this.pending += text;
    for (const stop of this.stops) {
      const at = this.pending.indexOf(stop);
      if (at < 0) continue;
      this.isFound = true;
      this.pending = this.pending.slice(0, at);
      return this.flush();
    }
    let held = 0;
    for (const stop of this.stops) {
      for (let length = Math.min(stop.length - 1, this.pending.length); length > held; length--) {
        if (this.pending.endsWith(stop.slice(0, length))) held = length;
      }
    }
    return this.take(this.pending.length - held);
  }

  /** Gives what was held back. */
  flush(): string {
    return this.take(this.pending.length);
  }

  private take(length: number): string {
    const shown = this.pending.slice(0, length);
    this.pending = this.pending.slice(length);
    this.text += shown;
    return shown;
  }
}
