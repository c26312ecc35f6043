// The figures of a checkpoint on the held-out part of its run's own dataset, or of another.

import { EngineError } from '../../engine/index.ts';
import type { CallOutput } from '../../preload/contract.ts';
import type { EngineHost } from '../engine-host/host.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { Datasets } from './datasets.ts';
import type { AreaHandlers, CheckedInput } from './handlers.ts';
import type { Doing, Operations } from './operations.ts';
import type { RunBook } from './run-book.ts';

export class Evaluation {
  readonly handlers: AreaHandlers<'evaluation'>;
  private readonly book: RunBook;
  private readonly host: EngineHost;
  private readonly checkpoints: Checkpoints;
  private readonly datasets: Datasets;
  private readonly operations: Operations;

  constructor(
    book: RunBook,
    host: EngineHost,
    checkpoints: Checkpoints,
    datasets: Datasets,
    operations: Operations,
  ) {
    this.book = book;
    this.host = host;
    this.checkpoints = checkpoints;
    this.datasets = datasets;
    this.operations = operations;
    this.handlers = {
      'evaluation.run': (input) => this.operations.run(input.operationId, (doing) => this.run(input, doing)),
    };
  }

  private async run(
    input: CheckedInput<'evaluation.run'>,
    { signal, onProgress }: Doing,
  ): Promise<CallOutput<'evaluation.run'>> {
    const checkpoint = await this.checkpoints.resolve(input.checkpoint);
    const run = checkpoint.runId === null ? null : this.book.store.runs.get(checkpoint.runId);
    const datasetId = input.datasetId ?? run?.datasetId;
    if (datasetId === undefined) {
      throw new EngineError('checkpoint-without-run', `${checkpoint.path} belongs to no run of this home.`, {
        hint: 'Name the dataset to measure it on, or a checkpoint of a run, for example RUN@best.',
      });
    }
    const name = run ? `${run.name}, step ${checkpoint.step}` : 'the model';
    const result = await this.host.request(
      {
        kind: 'evaluate',
        checkpoint: checkpoint.path,
        tokensFolder: this.book.paths.tokensFolder,
        dataset: this.datasets.text(datasetId),
        stride: input.stride ?? null,
        topK: input.topK,
        device: input.device,
      },
      {
        signal,
        onEvent: (event) => {
          if (event.type === 'progress') onProgress(`Evaluating ${name}`, event.value);
        },
      },
    );
    return { checkpoint, ...result };
  }
}
