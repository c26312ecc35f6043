// Writes the likeliest answer to each of many questions: as many at once as the plans have rows, each at its own
// position, and the next question takes the row of an answer that is done. Token for token what generate.ts writes.

import { EngineError } from '../errors.ts';
import type { Executor } from '../graph/executor.ts';
import { readPrompt } from './generate.ts';
import type { AnswerPlans } from './answer-plans.ts';
import { GreedySearch } from './greedy-search.ts';
import type { SearchSettings } from './target-search.ts';

export interface WriteAnswersOptions extends SearchSettings {
  readonly executor: Executor;
  readonly plans: AnswerPlans;
  /** Token ids of each question, at least one. */
  readonly questions: readonly ArrayLike<number>[];
  readonly signal?: AbortSignal | undefined;
  /** Hears the share of questions that are answered, from 0 to 1. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** A row that writes the answer to a question. */
interface Writing {
  readonly index: number;
  readonly search: GreedySearch;
  /** The question and what was written behind it. */
  readonly tokens: number[];
  /** Tokens whose keys and values stand in the row's cache; 0 before the question is read. */
  cached: number;
}

/**
 * The answer to each question, in their order, without its end token. Throws `operation-cancelled` once the signal
 * is aborted.
 */
export async function writeAnswers(options: WriteAnswersOptions): Promise<(readonly number[])[]> {
  const { plans, questions, signal, onProgress } = options;
  const answers: (readonly number[])[] = questions.map(() => []);
  const rows: (Writing | null)[] = Array.from({ length: plans.rows }, () => null);
  let begun = 0;
  let written = 0;
  /** Gives a row its next token; frees it where that ends the answer. */
  const step = (row: number, writing: Writing, logits: Float32Array): void => {
    const { search, tokens, index } = writing;
    tokens.push(search.step(logits).tokens[0]!);
    if (!search.isDone) return;
    answers[index] = search.best();
    rows[row] = null;
    written++;
    onProgress?.(written / questions.length);
  };
  while (written < questions.length) {
    if (signal?.aborted) throw writingCancelled();
    for (let row = 0; row < rows.length; row++) {
      while (rows[row] === null && begun < questions.length) {
        const writing = begin(options, begun++);
        rows[row] = writing;
        step(row, writing, await readRow(options, row, writing));
      }
      const writing = rows[row];
      if (writing && writing.cached >= plans.maxLength)
        step(row, writing, await readRow(options, row, writing));
    }
    if (rows.every((writing) => writing === null)) continue;
    const logits = await decodeRows(options, rows);
    for (const [row, writing] of rows.entries()) {
      if (writing) step(row, writing, logits.subarray(row * plans.vocabSize, (row + 1) * plans.vocabSize));
    }
  }
  return answers;
}

function begin(options: WriteAnswersOptions, index: number): Writing {
  return {
    index,
    search: new GreedySearch(options),
    tokens: Array.from(options.questions[index]!),
    cached: 0,
  };
}

/** Reads the question, or the latest half of a row that is full, and gives the logits behind it. */
async function readRow(
  { executor, plans }: WriteAnswersOptions,
  row: number,
  writing: Writing,
): Promise<Float32Array> {
  const { tokens, cached } = writing;
  const context = tokens.slice(cached === 0 ? -plans.maxLength : -Math.ceil(plans.maxLength / 2));
  const logits = await readPrompt(executor, plans, context);
  const counts = new Uint32Array(plans.rows);
  counts[row] = writing.cached = context.length;
  executor.submit(plans.spread, { parents: new Uint32Array(plans.rows), counts });
  return logits;
}

/** Reads the newest token of every row; a row that writes nothing reads token 0 over its first place. */
async function decodeRows(
  { executor, plans }: WriteAnswersOptions,
  rows: readonly (Writing | null)[],
): Promise<Float32Array> {
  const order = new Uint32Array(plans.rows);
  executor.submit(plans.decode, {
    ids: Uint32Array.from(rows, (writing) => writing?.tokens.at(-1) ?? 0),
    idOrder: order,
    positions: Uint32Array.from(rows, (writing) => writing?.cached ?? 0),
    positionOrder: order,
    validRange: Uint32Array.from(rows.flatMap((writing) => [0, (writing?.cached ?? 0) + 1])),
  });
  for (const writing of rows) if (writing) writing.cached++;
  return new Float32Array(await executor.readOutput(plans.decode, 'logits'));
}

function writingCancelled(): EngineError {
  return new EngineError('operation-cancelled', 'Writing was cancelled before all answers were written.', {
    hint: 'Start it again when you want them.',
  });
}
