// What a model that reads one text and writes another makes of examples, as texts.

import type { Example } from '../data/examples.ts';
import { cutText } from '../data/collate.ts';
import type { TaskTokens } from '../data/task-tokens.ts';
import type { TargetPlans } from '../generation/target-plans.ts';
import { writeTargets } from '../generation/write-targets.ts';
import type { Executor } from '../graph/executor.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';

export interface Writing {
  readonly executor: Executor;
  readonly plans: TargetPlans;
  readonly tokenizer: Tokenizer;
  readonly tokens: TaskTokens;
  readonly numBeams: number;
  readonly maxNewTokens: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** A source, what was wanted and what was written. */
export interface WrittenPair {
  readonly input: string;
  readonly target: string;
  readonly output: string;
}

/** The targets that are written for sources of token ids, as texts, in their order; long sources are cut. */
export async function writeTexts(
  { tokenizer, tokens, ...writing }: Writing,
  sources: readonly Uint32Array[],
): Promise<string[]> {
  const written = await writeTargets({
    ...writing,
    sources: sources.map((source) => cutText(source, writing.plans.maxSourceLength)),
    startTokenId: tokens.startTokenId,
    endTokenId: tokens.endTokenId,
    knownTokens: tokenizer.vocabSize,
    // What stands for no text is read, never written.
    neverWritten: [...tokens.specialTokenIds].filter((id) => id !== tokens.endTokenId),
  });
  return written.map((ids) => textOf(Uint32Array.from(ids), tokenizer, tokens));
}

/** What is written for examples, beside their targets. */
export async function writePairs(writing: Writing, examples: readonly Example[]): Promise<WrittenPair[]> {
  const { tokenizer, tokens } = writing;
  const sides = examples.map(({ ids, trainedOn }) => {
    const border = trainedOn.indexOf(1);
    const at = border < 0 ? ids.length : border;
    return { source: ids.subarray(0, at), target: ids.subarray(at) };
  });
  const outputs = await writeTexts(
    writing,
    sides.map(({ source }) => source),
  );
  return sides.map(({ source, target }, index) => ({
    input: textOf(source, tokenizer, tokens),
    target: textOf(target, tokenizer, tokens),
    output: outputs[index]!,
  }));
}

/** The text of tokens without those that stand for none. */
export function textOf(ids: Uint32Array, tokenizer: Tokenizer, { specialTokenIds }: TaskTokens): string {
  return tokenizer.decode(ids.filter((id) => !specialTokenIds.has(id))).trim();
}
