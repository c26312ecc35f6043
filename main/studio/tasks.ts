// Tasks before and after training: the columns of a dataset, what a model would see of it and whether it could
// learn, and what a trained model makes of texts.

import { guessColumns } from '../../engine/index.ts';
import type { CallOutput, TaskColumns } from '../../preload/contract.ts';
import { mostClasses } from '../engine-host/class-labels.ts';
import type { EngineHost } from '../engine-host/host.ts';
import type { DatasetText } from '../engine-host/messages.ts';
import { openModelSource } from '../engine-host/model-source.ts';
import { cellText, cutText } from '../import/cell-text.ts';
import type { Checkpoints } from './checkpoints.ts';
import { columnSource, withColumns } from './dataset-columns.ts';
import type { Datasets } from './datasets.ts';
import type { AreaHandlers, CheckedInput } from './handlers.ts';
import type { Doing, Operations } from './operations.ts';
import type { ThreadTokenizer } from './text-work.ts';
import type { TextThreads } from './text-thread.ts';
import type { Tokenizers } from './tokenizers.ts';

export interface TasksNeed {
  readonly host: EngineHost;
  readonly checkpoints: Checkpoints;
  readonly datasets: Datasets;
  readonly tokenizers: Tokenizers;
  readonly operations: Operations;
  readonly threads: TextThreads;
}

/** Of each column's first value this much is shown. */
const longestSample = 200;

export class Tasks {
  readonly handlers: AreaHandlers<'tasks'>;
  private readonly need: TasksNeed;

  constructor(need: TasksNeed) {
    this.need = need;
    const { operations } = need;
    this.handlers = {
      'tasks.columns': (input) => operations.run(input.operationId, (doing) => this.columns(input, doing)),
      'tasks.sees': (input) =>
        operations.run(input.operationId, async (doing) => {
          const look = await this.look(input);
          return need.threads.run({ kind: 'see', ...look, index: input.index }, doing);
        }),
      'tasks.check': (input) =>
        operations.run(input.operationId, async (doing) => {
          const look = await this.look(input);
          return need.threads.run({ kind: 'check', ...look }, doing);
        }),
      'tasks.answer': (input) => operations.run(input.operationId, (doing) => this.answer(input, doing)),
    };
  }

  private async columns(
    { datasetId, task, inputColumn, targetColumn }: CheckedInput<'tasks.columns'>,
    doing: Doing,
  ): Promise<TaskColumns> {
    const dataset = this.need.datasets.text(datasetId);
    const source = await columnSource(this.need.datasets.get(datasetId), dataset);
    const { problems, ...guess } = guessColumns(task, source, { inputColumn, targetColumn });
    const [first] = source.rows;
    const found: TaskColumns = {
      columns: source.columns.map((name) => ({
        name,
        sample: first ? cutText(cellText(first, name), longestSample) : '',
      })),
      ...guess,
      labels: [],
      problems: [...problems],
    };
    if (task !== 'classify' || guess.targetColumn === '') return found;
    const counting = { kind: 'classes', dataset, column: guess.targetColumn } as const;
    const { labels, isTooMany } = await this.need.threads.run(counting, doing);
    if (isTooMany || labels.length < 2) found.problems.push(noClasses(guess.targetColumn, isTooMany));
    return { ...found, labels: isTooMany ? [] : labels };
  }

  /** What the text thread needs to look at a dataset as a run would. */
  private async look({
    datasetId,
    settings: given,
    tokenizer: choice,
    checkpoint,
  }: CheckedInput<'tasks.check'>) {
    const { datasets } = this.need;
    const dataset = datasets.text(datasetId);
    const settings = withColumns(given, await columnSource(datasets.get(datasetId), dataset));
    const tokenizer =
      checkpoint === undefined
        ? await this.need.tokenizers.forThread(choice)
        : await this.tokenizerOf(checkpoint);
    return { dataset, settings, tokenizer } satisfies {
      dataset: DatasetText;
      settings: typeof given;
      tokenizer: ThreadTokenizer;
    };
  }

  private async tokenizerOf(reference: string): Promise<ThreadTokenizer> {
    const { path } = await this.need.checkpoints.resolve(reference);
    const source = await openModelSource([path], { verifiesHashes: false });
    await source.close();
    const { tokenizer } = source;
    return { json: JSON.stringify(tokenizer.toTokenizerJson()), config: tokenizer.toTokenizerConfig() };
  }

  private async answer(
    { checkpoint: reference, texts, numBeams, maxNewTokens, device }: CheckedInput<'tasks.answer'>,
    { signal, onProgress }: Doing,
  ): Promise<CallOutput<'tasks.answer'>> {
    const { checkpoints, host } = this.need;
    const checkpoint = await checkpoints.resolve(reference);
    const { task, answers } = await host.request(
      {
        kind: 'answer',
        checkpoint: checkpoint.path,
        texts,
        numBeams,
        maxNewTokens: maxNewTokens ?? null,
        device,
      },
      {
        signal,
        onEvent: (event) => {
          if (event.type === 'progress') onProgress('Answering', event.value);
        },
      },
    );
    return { task, answers, checkpoint };
  }
}

function noClasses(column: string, isTooMany: boolean): TaskColumns['problems'][0] {
  const message = isTooMany
    ? `The column "${column}" has more than ${mostClasses.toLocaleString('en')} different values.`
    : `The column "${column}" has fewer than two different values.`;
  return {
    path: 'data.targetColumn',
    message,
    hint: 'Choose the column that names a class of each text (--target-column).',
  };
}
