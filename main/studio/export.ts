// Exports: a checkpoint's model in the form of another program, in a folder that was named or in one of its
// own under the home.

import { basename } from 'node:path';
import { ulid } from 'ulid';
import type { CallOutput, Checkpoint, Failure, FittingForms } from '../../preload/contract.ts';
import type { EngineHost } from '../engine-host/host.ts';
import type { ExportRequest } from '../engine-host/messages.ts';
import { weightsIdOf, type Checkpoints } from './checkpoints.ts';
import { inFolder } from './claim-folder.ts';
import type { Datasets } from './datasets.ts';
import { toFailure } from './failure.ts';
import type { AreaHandlers, CheckedInput } from './handlers.ts';
import type { Doing, Operations } from './operations.ts';
import type { RunBook } from './run-book.ts';

export class Exports {
  readonly handlers: AreaHandlers<'export'>;
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
      'export.forms': (input) => this.forms(input),
      'export.run': (input) => this.operations.run(input.operationId, (doing) => this.run(input, doing)),
    };
  }

  /** Whatever a form refuses it says itself; that the data of a run is gone is known here alone. */
  private async forms({ checkpoint: reference }: CheckedInput<'export.forms'>): Promise<FittingForms> {
    const checkpoint = await this.checkpoints.resolve(reference);
    let hasTokens = false;
    let missing: Failure | null = null;
    try {
      hasTokens = this.tokensOf(checkpoint) !== null;
    } catch (error) {
      missing = toFailure(error);
    }
    const found = await this.host.request({ kind: 'export-forms', checkpoint: checkpoint.path, hasTokens });
    const forms = found.forms.map((form) =>
      missing && form.refusal?.code === 'export-without-run' ? { ...form, refusal: missing } : form,
    );
    return { ...found, forms };
  }

  private async run(
    { checkpoint: reference, format, elementType, outPath }: CheckedInput<'export.run'>,
    { signal, onProgress }: Doing,
  ): Promise<CallOutput<'export.run'>> {
    const checkpoint = await this.checkpoints.resolve(reference);
    const name = this.nameOf(checkpoint);
    const tokens = format === 'torchrun' ? this.tokensOf(checkpoint) : null;
    const place = { outPath, parent: this.book.paths.exportsFolder, name: `${name}-${format}` };
    const result = await inFolder(place, (folder) =>
      this.host.request(
        { kind: 'export', checkpoint: checkpoint.path, format, elementType, outPath: folder, tokens },
        {
          signal,
          onEvent: (event) => {
            if (event.type === 'progress') onProgress(`Exporting ${name}`, event.value);
          },
        },
      ),
    );
    return { ...result, downloadId: ulid() };
  }

  /** What the run of a checkpoint is trained on; throws `dataset-not-found` where that was removed. */
  private tokensOf({ runId }: Checkpoint): ExportRequest['tokens'] {
    const { store, paths } = this.book;
    const run = runId === null ? null : store.runs.get(runId);
    return run && { tokensFolder: paths.tokensFolder, dataset: this.datasets.text(run.datasetId) };
  }

  /** What an export is called: "amber-loom-500", or the name of the weights. */
  private nameOf({ runId, step, reference, path }: Checkpoint): string {
    const run = runId === null ? null : this.book.store.runs.get(runId);
    const weightsId = weightsIdOf(reference);
    const weights = weightsId === null ? null : this.book.store.weights.find(weightsId);
    const name = run ? `${run.name}-${step}` : (weights?.name ?? (basename(path) || 'model'));
    // A name of the user becomes the name of a folder: what some system gives a meaning is left out.
    return name.replace(/[^\p{L}\p{N}._ -]/gu, '_').replace(/^\.+/, '_');
  }
}
