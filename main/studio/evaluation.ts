// The figures of a checkpoint on a dataset: measured by the engine, kept with every example, read again, and
// compared. What an evaluation says outlives the checkpoint and the dataset that it names.

import { ulid } from 'ulid';
import { EngineError, type RunSettings } from '../../engine/index.ts';
import type { CallOutput, Evaluation } from '../../preload/contract.ts';
import type { EngineHost } from '../engine-host/host.ts';
import type { KeptEvaluation } from '../store/evaluations.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { ComparedEvaluation } from './compare-evaluations.ts';
import { columnsForModel, columnSource } from './dataset-columns.ts';
import type { Datasets } from './datasets.ts';
import { requireFitting } from './fitting-metrics.ts';
import type { AreaHandlers, CheckedInput } from './handlers.ts';
import type { Doing, Operations } from './operations.ts';
import { RemovedEvaluations } from './removed-evaluations.ts';
import type { RunBook } from './run-book.ts';
import { readRunSettings } from './run-folder.ts';
import type { TextThreads } from './text-thread.ts';

export interface EvaluationsNeed {
  readonly book: RunBook;
  readonly host: EngineHost;
  readonly checkpoints: Checkpoints;
  readonly datasets: Datasets;
  readonly operations: Operations;
  readonly threads: TextThreads;
}

export class Evaluations {
  readonly handlers: AreaHandlers<'evaluation'>;
  private readonly need: EvaluationsNeed;
  private readonly removed = new RemovedEvaluations();

  constructor(need: EvaluationsNeed) {
    this.need = need;
    const { store } = need.book;
    this.handlers = {
      'evaluation.run': (input) => need.operations.run(input.operationId, (doing) => this.run(input, doing)),
      'evaluation.list': () => store.evaluations.list(),
      'evaluation.examples': ({ evaluationId, ...page }) => ({
        examples: store.evaluations.examples(this.get(evaluationId).id, page),
        total: store.evaluations.exampleCount(evaluationId),
      }),
      'evaluation.compare': (input) => this.compare(input),
      'evaluation.remove': ({ evaluationId }) => {
        this.removed.add({
          evaluation: this.get(evaluationId),
          examples: store.evaluations.allExamples(evaluationId),
        });
        store.evaluations.remove(evaluationId);
        need.book.bus.emit('evaluation.removed', { evaluationId });
        return {};
      },
      'evaluation.restore': ({ evaluationId }) => this.restore(evaluationId),
    };
  }

  private async run(
    input: CheckedInput<'evaluation.run'>,
    { signal, onProgress }: Doing,
  ): Promise<CallOutput<'evaluation.run'>> {
    const { book, host, checkpoints, datasets } = this.need;
    const checkpoint = await checkpoints.resolve(input.checkpoint);
    const run = checkpoint.runId === null ? null : book.store.runs.get(checkpoint.runId);
    const datasetId = input.datasetId ?? run?.datasetId;
    if (datasetId === undefined) {
      throw new EngineError('checkpoint-without-run', `${checkpoint.path} belongs to no run of this home.`, {
        hint: 'Name the dataset to measure it on, or a checkpoint of a run, for example RUN@best.',
      });
    }
    const label = checkpoints.label(checkpoint);
    const dataset = datasets.get(datasetId);
    const text = datasets.text(datasetId);
    const trained = run
      ? await readRunSettings(book.folder(run.id))
      : ((await checkpoints.settings(checkpoint.reference)).settings as RunSettings);
    requireFitting(trained.task, input.metrics);
    const columns = columnsForModel(trained, await columnSource(dataset, text), input);
    const startedMs = performance.now();
    const { part, metrics, maxExamples, numBeams, bleuTokenizer, topK, device } = input;
    const { examples, ...figures } = await host.request(
      {
        kind: 'evaluate',
        checkpoint: checkpoint.path,
        tokensFolder: book.paths.tokensFolder,
        dataset: text,
        part,
        ...columns,
        metrics,
        maxExamples,
        numBeams,
        maxNewTokens: input.maxNewTokens ?? null,
        bleuTokenizer,
        stride: input.stride ?? null,
        topK,
        device,
      },
      {
        signal,
        onEvent: (event) => {
          if (event.type === 'progress') onProgress(`Evaluating ${label}`, event.value);
        },
      },
    );
    // The record of a studio that closes is not written any more.
    signal.throwIfAborted();
    const evaluation: Evaluation = {
      id: ulid(),
      createdAtMs: Date.now(),
      checkpoint,
      label,
      // A dataset may have been removed meanwhile.
      datasetId: book.store.datasets.get(datasetId) ? datasetId : null,
      datasetName: dataset.name,
      ...figures,
      durationMs: performance.now() - startedMs,
    };
    book.store.transaction(() => book.store.evaluations.insert({ ...evaluation, bleuTokenizer }, examples));
    book.bus.emit('evaluation.updated', evaluation);
    return evaluation;
  }

  /** Throws `evaluation-not-found`. */
  private restore(evaluationId: string): Evaluation {
    const { book } = this.need;
    const removed = this.removed.take(evaluationId);
    if (removed) {
      book.store.transaction(() => book.store.evaluations.insert(removed.evaluation, removed.examples));
    }
    const { bleuTokenizer: _, ...evaluation } = this.get(evaluationId);
    book.bus.emit('evaluation.updated', evaluation);
    return evaluation;
  }

  private compare({
    evaluationIds,
    metric,
  }: CheckedInput<'evaluation.compare'>): Promise<CallOutput<'evaluation.compare'>> {
    const [first, second] = evaluationIds.map((id) => this.compared(id)) as [
      ComparedEvaluation,
      ComparedEvaluation,
    ];
    return this.need.threads.run({ kind: 'compare', first, second, metric });
  }

  private compared(id: string): ComparedEvaluation {
    const { label, task, confusion, bleuTokenizer } = this.get(id);
    const examples = this.need.book.store.evaluations.allExamples(id);
    return { label, task, examples, labels: confusion?.labels ?? [], bleuTokenizer };
  }

  /** Throws `evaluation-not-found`. */
  private get(id: string): KeptEvaluation {
    const evaluation = this.need.book.store.evaluations.get(id);
    if (evaluation) return evaluation;
    throw new EngineError('evaluation-not-found', `There is no evaluation "${id}".`, {
      hint: 'It may have been removed: measure the checkpoint again.',
    });
  }
}
