// What a model is trained to do. A task decides which model forms fit, which columns it reads, what is measured
// while it trains, and what samples show. Pages, flags and validation read this table.

/** The tasks, in the order in which they are offered. */
export const taskNames = ['text', 'instruct', 'chat', 'translate', 'seq2seq', 'classify', 'mask'] as const;

export type Task = (typeof taskNames)[number];

/** What can be measured at each evaluation beside loss and perplexity; each has the key `eval/<name>`. */
export const evaluationMetrics = ['accuracy', 'bleu', 'f1'] as const;

export type EvaluationMetric = (typeof evaluationMetrics)[number];

export interface TaskDescription {
  readonly label: string;
  /** One sentence in plain words. */
  readonly help: string;
  /** What the model must be made of: the keys of `architectures` in model-config.ts. */
  readonly architecture: 'decoder' | 'encoder' | 'encoder-decoder';
  /** What the column that is read holds, and the one that is learned; null where the task has none. */
  readonly input: string;
  readonly target: string | null;
  /** What is measured at each evaluation beside loss and perplexity. */
  readonly metrics: readonly EvaluationMetric[];
}

export const tasks: Readonly<Record<Task, TaskDescription>> = {
  text: {
    label: 'Text',
    help: 'Goes on with a text, token by token.',
    architecture: 'decoder',
    input: 'text',
    target: null,
    metrics: [],
  },
  instruct: {
    label: 'Instructions',
    help: 'Answers an instruction; only the answers are learned.',
    architecture: 'decoder',
    input: 'instruction',
    target: 'answer',
    metrics: ['accuracy'],
  },
  chat: {
    label: 'Chat',
    help: 'Holds a conversation of several turns; only the replies are learned.',
    architecture: 'decoder',
    input: 'messages',
    target: null,
    metrics: ['accuracy'],
  },
  translate: {
    label: 'Translation',
    help: 'Reads a sentence in one language and writes it in another.',
    architecture: 'encoder-decoder',
    input: 'source',
    target: 'translation',
    metrics: ['accuracy', 'bleu'],
  },
  seq2seq: {
    label: 'Sequence to sequence',
    help: 'Reads one text and writes another: a summary, a correction, an answer.',
    architecture: 'encoder-decoder',
    input: 'source',
    target: 'target',
    metrics: ['accuracy', 'bleu'],
  },
  classify: {
    label: 'Classification',
    help: 'Reads a text and names its class.',
    architecture: 'encoder',
    input: 'text',
    target: 'class',
    metrics: ['accuracy', 'f1'],
  },
  mask: {
    label: 'Hidden words',
    help: 'Fills in tokens that are hidden; what an encoder learns first.',
    architecture: 'encoder',
    input: 'text',
    target: null,
    metrics: ['accuracy'],
  },
};

/** Tasks that read one text and write another. */
export const pairTasks = ['translate', 'seq2seq'] as const satisfies readonly Task[];

/** Tasks that learn the answers of examples laid out by a chat template. */
export const chatTasks = ['instruct', 'chat'] as const satisfies readonly Task[];

/** Tasks whose examples are padded to one length, or packed, rather than cut from one stream of text. */
export const exampleTasks = taskNames.filter((name) => name !== 'text');

/** Whether a task reads one text and writes another. */
export function isPairTask(task: Task): boolean {
  return (pairTasks as readonly Task[]).includes(task);
}

/** Whether a task learns answers laid out by a chat template. */
export function isChatTask(task: Task): boolean {
  return (chatTasks as readonly Task[]).includes(task);
}
