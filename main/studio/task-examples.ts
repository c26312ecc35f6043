// The examples of a dataset as a run of a task will see them: token by token, with what is learned, what is cut
// and what ends a text. Runs in the text thread, because a tokenizer may be made and much may be read.

import {
  ChatEncoder,
  EngineError,
  isChatTask,
  isPairTask,
  sequenceLength,
  type RunSettings,
  type Tokenizer,
} from '../../engine/index.ts';
import type { SeenExample, SeenToken } from '../../preload/contract.ts';
import { classLabels } from '../engine-host/class-labels.ts';
import type { DatasetText } from '../engine-host/messages.ts';
import { taskData } from '../engine-host/task-data.ts';
import { taskPieces } from '../engine-host/token-pieces.ts';

/** More tokens of one example are not shown. */
const mostShown = 20_000;
/** A long text is looked at from its beginning, no further than this. */
const mostTextTokens = 2_000_000;

/** One example: its tokens, which of them are trained on, and the class of a classification. */
export interface TaskExample {
  readonly ids: readonly number[];
  readonly trainedOn: readonly boolean[];
  readonly label: string | null;
}

/** How many tokens of each side fit into a sequence. */
export interface Limits {
  readonly read: number;
  readonly written: number;
}

/** The classes of a classification that the settings do not name yet. */
export async function withLabels(
  settings: RunSettings,
  dataset: DatasetText,
  signal: AbortSignal,
): Promise<RunSettings> {
  if (settings.task !== 'classify' || settings.labels.length > 0) return settings;
  return { ...settings, labels: await classLabels(dataset, settings.data, signal) };
}

/** The examples of a whole dataset in order; a long text comes in windows of a sequence. */
export async function* taskExamples(
  dataset: DatasetText,
  settings: RunSettings,
  tokenizer: Tokenizer,
  signal: AbortSignal,
): AsyncGenerator<TaskExample> {
  const pieces = taskPieces(dataset, 'all', taskData(settings), tokenizer, signal);
  const isStream = settings.task === 'text' && dataset.kind === 'text';
  const { read: length } = limitsOf(settings);
  let held: { ids: number[]; trainedOn: boolean[] } | null = null;
  let streamed = 0;
  for await (const { ids, startsExample, trainedOn } of pieces) {
    if (startsExample) {
      if (held && !isStream) yield finished(held, settings);
      held = { ids: [], trainedOn: [] };
    }
    held ??= { ids: [], trainedOn: [] };
    for (let i = 0; i < ids.length; i++) {
      held.ids.push(ids[i]!);
      held.trainedOn.push(trainedOn === null || trainedOn[i] === 1);
      if (isStream && held.ids.length === length) {
        yield finished(held, settings);
        held = { ids: [], trainedOn: [] };
      }
    }
    streamed += ids.length;
    if (isStream && streamed > mostTextTokens) return;
  }
  if (held && (held.ids.length > 0 || !isStream)) yield finished(held, settings);
}

/** What fits of an example. */
export function limitsOf({ model, training }: RunSettings): Limits {
  const read = sequenceLength(model, training);
  return { read, written: training.maxTargetLength || read };
}

/** Whether a token is left out, by its place on its side and the number of tokens there. */
export function isCut(
  { task }: Pick<RunSettings, 'task'>,
  place: { readonly at: number; readonly count: number; readonly limit: number },
): boolean {
  const { at, count, limit } = place;
  switch (task) {
    case 'text':
      return false;
    case 'instruct':
    case 'chat':
      // The last token of a sequence is learned and never read.
      return at > limit;
    default:
      // The last token ends the text and is kept.
      return count > limit && at >= limit - 1 && at < count - 1;
  }
}

/** One example for the eye; throws `example-not-found` beyond the last. */
export async function seeExample(
  dataset: DatasetText,
  given: RunSettings,
  tokenizer: Tokenizer,
  index: number,
): Promise<SeenExample> {
  const { signal } = new AbortController();
  const settings = await withLabels(given, dataset, signal);
  const isCounted = dataset.kind === 'text';
  let count = 0;
  let wanted: TaskExample | null = null;
  for await (const example of taskExamples(dataset, settings, tokenizer, signal)) {
    if (count++ === index) wanted = example;
    // The rows of a table are known; the sequences of a text are counted.
    if (wanted && !isCounted) break;
  }
  if (!wanted) {
    throw new EngineError('example-not-found', `There is no example ${index + 1}: there are ${count}.`, {
      hint: 'Choose a smaller number.',
    });
  }
  const tokens = seenTokens(wanted, settings, tokenizer);
  return {
    index,
    exampleCount: isCounted ? count : dataset.rowCount,
    tokens: tokens.slice(0, mostShown),
    tokenCount: tokens.length,
    learnedCount: tokens.filter(({ isLearned }) => isLearned).length,
    label: wanted.label,
  };
}

function finished(
  { ids, trainedOn }: { ids: number[]; trainedOn: boolean[] },
  { task, labels }: RunSettings,
): TaskExample {
  if (task !== 'classify') return { ids, trainedOn, label: null };
  // The last number is that of the class.
  const label = labels[ids.at(-1) ?? -1] ?? null;
  return { ids: ids.slice(0, -1), trainedOn: trainedOn.slice(0, -1), label };
}

function seenTokens(example: TaskExample, settings: RunSettings, tokenizer: Tokenizer): SeenToken[] {
  const { task } = settings;
  const { ids, trainedOn } = example;
  const isPair = isPairTask(task);
  const isChat = isChatTask(task);
  const border = isPair ? readCount(example) : ids.length;
  const { read, written } = limitsOf(settings);
  const special = new Set(tokenizer.specialTokens.values());
  const ends = endTokens(settings, tokenizer);
  return ids.map((id, i): SeenToken => {
    const isWritten = i >= border;
    const place = isWritten
      ? { at: i - border, count: ids.length - border, limit: written }
      : { at: i, count: border, limit: read };
    const isSpecial = special.has(id);
    const cut = isCut(settings, place);
    // Nothing stands before the first token that could foretell it; special tokens are never hidden.
    const isTaught = task === 'mask' ? !isSpecial : trainedOn[i]! && !(isChat && i === 0);
    return {
      id,
      text: tokenizer.tokenToString(id),
      isLearned: isTaught && !cut,
      isSpecial,
      isEnd: ends.has(id),
      isCut: cut,
      side: isWritten ? 'written' : 'read',
    };
  });
}

/** How many tokens of a pair are its source. */
export function readCount({ ids, trainedOn }: TaskExample): number {
  const border = trainedOn.indexOf(true);
  return border < 0 ? ids.length : border;
}

function endTokens({ task, data, model, training }: RunSettings, tokenizer: Tokenizer): Set<number> {
  const { specialTokens, endOfTextTokenId } = tokenizer;
  const ends = [endOfTextTokenId, specialTokens.get('[SEP]'), specialTokens.get('</s>')];
  if (isChatTask(task)) {
    const { chatTemplate, answersOnly } = data;
    const maxLength = sequenceLength(model, training);
    ends.push(new ChatEncoder({ chatTemplate, answersOnly, maxLength }, tokenizer).endTokenId);
  }
  return new Set(ends.filter((id) => id !== null && id !== undefined));
}
