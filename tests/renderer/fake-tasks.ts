// What the invented studio says of datasets for tasks, and what its models make of texts. Tests may change what
// is wrong. Answers by call name.

import type {
  Answer,
  CallInput,
  CallOutput,
  Checkpoint,
  Dataset,
  SeenToken,
  TaskColumns,
} from '../../preload/contract.ts';
import type { Task } from '../../engine/config.ts';

/** A table of pairs. */
export const pairsDataset: Dataset = {
  id: 'dataset-pairs',
  name: 'English to German',
  kind: 'table',
  columns: ['en', 'de', 'topic'],
  textColumn: 'en',
  rowCount: 20,
  characterCount: 900,
  sizeBytes: 900,
  contentHash: 'beef',
  sourceName: 'pairs.tsv',
  createdAtMs: 1_700_000_000_000,
};

const samples: Readonly<Record<string, string>> = { en: 'the lamp', de: 'die Lampe', topic: 'home' };
const exampleCount = 20;

export interface FakeTasks {
  readonly answers: Record<string, (input: never) => unknown>;
  /** What is wrong with every example from now on. */
  problems: CallOutput<'tasks.check'>['problems'];
  /** What the checkpoints' model is for. */
  task: Task;
}

/** The answers of one studio; `resolve` finds checkpoints. */
export function createFakeTasks(resolve: (reference: string) => Checkpoint): FakeTasks {
  const tasks: FakeTasks = {
    problems: [],
    task: 'translate',
    answers: {
      'tasks.columns': (input: CallInput<'tasks.columns'>) => columnsOf(input),
      'tasks.sees': ({ index = 0, settings }: CallInput<'tasks.sees'>) =>
        seen(index, (settings as { task: Task }).task),
      'tasks.check': (): CallOutput<'tasks.check'> => ({
        problems: tasks.problems,
        exampleCount,
        cutCount: 0,
      }),
      'tasks.answer': ({ checkpoint, texts }: CallInput<'tasks.answer'>): CallOutput<'tasks.answer'> => ({
        task: tasks.task,
        answers: texts.map((text) => answerTo(text, tasks.task)),
        checkpoint: resolve(checkpoint),
      }),
    },
  };
  return tasks;
}

function columnsOf({ datasetId, task, inputColumn, targetColumn }: CallInput<'tasks.columns'>): TaskColumns {
  if (datasetId !== pairsDataset.id) {
    const message = 'The task needs a table; this dataset is one long text.';
    const problems = [{ path: '', message, hint: 'Choose a table.' }];
    return { columns: [], inputColumn: '', targetColumn: '', guess: '', labels: [], problems };
  }
  const isClasses = task === 'classify';
  return {
    columns: pairsDataset.columns.map((name) => ({ name, sample: samples[name]! })),
    inputColumn: inputColumn || 'en',
    targetColumn: targetColumn || (isClasses ? 'topic' : 'de'),
    guess: isClasses ? '"en" is read, "topic" names its class' : '"en" is translated into "de"',
    labels: isClasses
      ? [
          { name: 'home', count: 12 },
          { name: 'work', count: 8 },
        ]
      : [],
    problems: [],
  };
}

function seen(index: number, task: Task): CallOutput<'tasks.sees'> {
  const token = (text: string, part: Partial<SeenToken> = {}): SeenToken => ({
    id: 7,
    text,
    isLearned: false,
    isSpecial: false,
    isEnd: false,
    isCut: false,
    side: 'read',
    ...part,
  });
  const written = { side: 'written', isLearned: true } as const;
  const tokens = [
    token(`the lamp ${index}`),
    token('</s>', { isSpecial: true, isEnd: true }),
    ...(task === 'classify' ? [] : [token('die', written), token('Lampe', written)]),
    token('</s>', { ...written, isSpecial: true, isEnd: true }),
    token('zu viel', { isCut: true, side: task === 'classify' ? 'read' : 'written' }),
  ];
  return {
    index,
    exampleCount,
    tokens,
    tokenCount: tokens.length,
    learnedCount: tokens.filter(({ isLearned }) => isLearned).length,
    label: task === 'classify' ? 'home' : null,
  };
}

function answerTo(text: string, task: Task): Answer {
  const none: Answer = { text: '', classes: [], fillings: [] };
  if (task === 'classify') {
    const classes = [
      { label: 'praise', probability: 0.9 },
      { label: 'complaint', probability: 0.1 },
    ];
    return { ...none, text: 'praise', classes };
  }
  if (task === 'mask') {
    const fillings = [[{ text: 'lamp', probability: 0.7 }]];
    return { ...none, text: text.replaceAll('[MASK]', 'lamp'), fillings };
  }
  return { ...none, text: `${text}, auf Deutsch` };
}
