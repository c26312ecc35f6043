// Exports: a checkpoint's model in the form of another program, in a folder that was named or in one of its
// own under the home.

import { basename } from 'node:path';
import { ulid } from 'ulid';
import type { CallOutput, Checkpoint } from '../../preload/contract.ts';
import type { EngineHost } from '../engine-host/host.ts';
import { weightsIdOf, type Checkpoints } from './checkpoints.ts';
import { inFolder } from './claim-folder.ts';
import type { AreaHandlers, CheckedInput } from './handlers.ts';
import type { Doing, Operations } from './operations.ts';
import type { RunBook } from './run-book.ts';

export class Exports {
  readonly handlers: AreaHandlers<'export'>;
  private readonly book: RunBook;
  private readonly host: EngineHost;
  private readonly checkpoints: Checkpoints;
  private readonly operations: Operations;

  constructor(book: RunBook, host: EngineHost, checkpoints: Checkpoints, operations: Operations) {
    this.book = book;
    this.host = host;
    this.checkpoints = checkpoints;
    this.operations = operations;
    this.handlers = {
      'export.run': (input) => this.operations.run(input.operationId, (doing) => this.run(input, doing)),
    };
  }

  private async run(
    { checkpoint: reference, format, elementType, outPath }: CheckedInput<'export.run'>,
    { signal, onProgress }: Doing,
  ): Promise<CallOutput<'export.run'>> {
    const checkpoint = await this.checkpoints.resolve(reference);
    const name = this.nameOf(checkpoint);
    const place = { outPath, parent: this.book.paths.exportsFolder, name: `${name}-${format}` };
    const result = await inFolder(place, (folder) =>
      this.host.request(
        { kind: 'export', checkpoint: checkpoint.path, format, elementType, outPath: folder },
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
