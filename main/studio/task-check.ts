// Whether a dataset can be learned under settings, before a run is made of it: names the rows that are empty or
// cut and offers what mends it. Runs in the text thread.

import {
  EngineError,
  flagOf,
  isChatTask,
  isPairTask,
  RowNumbers,
  type ChatProblem,
  type RunSettings,
  type Tokenizer,
} from '../../engine/index.ts';
import type { CallOutput } from '../../preload/contract.ts';
import { chatPreflight } from '../engine-host/chat-pieces.ts';
import type { DatasetText } from '../engine-host/messages.ts';
import { isCut, limitsOf, readCount, taskExamples, withLabels } from './task-examples.ts';

type Check = CallOutput<'tasks.check'>;
type ExampleProblem = Check['problems'][number];

/** Looks at every example; what cannot be read at all is a problem too. */
export async function checkExamples(
  dataset: DatasetText,
  settings: RunSettings,
  tokenizer: Tokenizer,
  onProgress: (value: number) => void,
): Promise<Check> {
  try {
    return await (isChatTask(settings.task)
      ? checkChats(dataset, settings, tokenizer)
      : checkOthers(dataset, settings, tokenizer, onProgress));
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const problem = { path: '', message: error.message, hint: error.hint, isFatal: true };
    return { problems: [problem], exampleCount: 0, cutCount: 0 };
  }
}

async function checkChats(dataset: DatasetText, settings: RunSettings, tokenizer: Tokenizer): Promise<Check> {
  const preflight = await chatPreflight(dataset, settings, tokenizer, new AbortController().signal);
  const problems = preflight.problems();
  return {
    problems: problems.map((problem) => ({ path: pathOf(problem), ...wordsOf(problem) })),
    exampleCount: preflight.conversationCount,
    cutCount: problems.find(({ code }) => code === 'answers-cut')?.rowCount ?? 0,
  };
}

const wordsOf = ({ message, hint, mend, isFatal }: ChatProblem): Omit<ExampleProblem, 'path'> => ({
  message,
  hint,
  isFatal,
  ...(mend ? { mend: { ...mend } } : {}),
});

function pathOf({ code }: ChatProblem): string {
  switch (code) {
    case 'no-conversations':
    case 'rows-unfit':
      return 'data.inputColumn';
    case 'nothing-to-learn':
      return 'data.answersOnly';
    case 'end-never-trained':
      return 'data.chatTemplate';
    case 'answers-cut':
      return 'training.maxLength';
    default:
      return code satisfies never;
  }
}

async function checkOthers(
  dataset: DatasetText,
  given: RunSettings,
  tokenizer: Tokenizer,
  onProgress: (value: number) => void,
): Promise<Check> {
  const { signal } = new AbortController();
  const settings = await withLabels(given, dataset, signal);
  const isPair = isPairTask(settings.task);
  const limits = limitsOf(settings);
  // A text is framed by tokens of its own; one that holds no others is empty.
  const special = new Set(tokenizer.specialTokens.values());
  const isEmpty = (ids: readonly number[]): boolean => ids.every((id) => special.has(id));
  const [read, written, emptyRead, emptyWritten] = [new Rows(), new Rows(), new Rows(), new Rows()];
  let count = 0;
  let cutCount = 0;
  for await (const example of taskExamples(dataset, settings, tokenizer, signal)) {
    count++;
    const border = isPair ? readCount(example) : example.ids.length;
    const sides = [
      { ids: example.ids.slice(0, border), limit: limits.read, cut: read, empty: emptyRead },
      { ids: example.ids.slice(border), limit: limits.written, cut: written, empty: emptyWritten },
    ];
    let hasCut = false;
    for (const { ids, limit, cut, empty } of isPair ? sides : sides.slice(0, 1)) {
      if (isEmpty(ids) && settings.task !== 'text') empty.add(count, ids.length);
      const isLong = ids.some((_, at) => isCut(settings, { at, count: ids.length, limit }));
      if (isLong) cut.add(count, ids.length);
      hasCut ||= isLong;
    }
    if (hasCut) cutCount++;
    if (dataset.kind === 'table' && count % 500 === 0) onProgress(Math.min(1, count / dataset.rowCount));
  }
  const problems = [
    count === 0 ? nothing : null,
    emptyRead.emptyProblem('data.inputColumn', settings.data.inputColumn),
    emptyWritten.emptyProblem('data.targetColumn', settings.data.targetColumn),
    read.cutProblem('training.maxLength', { limit: limits.read, total: count, settings }),
    written.cutProblem('training.maxTargetLength', { limit: limits.written, total: count, settings }),
  ];
  return { problems: problems.filter((problem) => problem !== null), exampleCount: count, cutCount };
}

const nothing: ExampleProblem = {
  path: '',
  isFatal: true,
  message: 'There is nothing to learn from: the dataset gives no examples.',
  hint: 'Choose other columns, or another dataset.',
};

type LengthPath = 'training.maxLength' | 'training.maxTargetLength';

interface Cut {
  /** Tokens that are kept. */
  readonly limit: number;
  /** Examples that were looked at. */
  readonly total: number;
  readonly settings: RunSettings;
}

/** Rows that share a trouble, and the longest of them. */
class Rows {
  private longest = 0;
  private readonly rows = new RowNumbers();

  add(row: number, length: number): void {
    this.longest = Math.max(this.longest, length);
    this.rows.add(row);
  }

  emptyProblem(path: string, column: string): ExampleProblem | null {
    if (this.rows.count === 0) return null;
    return {
      path,
      isFatal: false,
      message: `The column "${column}" is empty in ${this.rows.words}.`,
      hint: 'Fill or remove these rows, or choose another column.',
    };
  }

  cutProblem(path: LengthPath, { limit, total, settings }: Cut): ExampleProblem | null {
    const { longest } = this;
    const { count, words } = this.rows;
    if (count === 0) return null;
    const { maxPositionEmbeddings: context } = settings.model;
    const flag = flagOf(path.slice('training.'.length));
    return {
      path,
      isFatal: false,
      message: `${count} of ${total} examples are longer than ${limit} tokens and are cut: ${words}.`,
      ...(longest <= context
        ? { hint: `Raise the length: ${flag} ${longest} keeps all.`, mend: { [path]: longest } }
        : {
            hint: `The longest needs ${longest} tokens and the model reads ${context}: split or remove these rows, or train a model with a longer context (--max-position-embeddings).`,
            mend: { 'model.maxPositionEmbeddings': longest, [path]: 0 },
          }),
    };
  }
}
