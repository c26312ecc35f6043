// Exports: a checkpoint's model in the form of another program, in a folder that was named or in one of its
// own under the home.

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CallOutput, Checkpoint } from '../../preload/contract.ts';
import type { EngineHost } from '../engine-host/host.ts';
import type { Checkpoints } from './checkpoints.ts';
import type { AreaHandlers, CheckedInput } from './handlers.ts';
import type { Operations } from './operations.ts';
import type { Outbox } from './outbox.ts';
import type { RunBook } from './run-book.ts';

export class Exports {
  readonly handlers: AreaHandlers<'export'>;
  private readonly book: RunBook;
  private readonly host: EngineHost;
  private readonly checkpoints: Checkpoints;
  private readonly operations: Operations;
  private readonly outbox: Outbox;

  constructor(
    book: RunBook,
    host: EngineHost,
    checkpoints: Checkpoints,
    operations: Operations,
    outbox: Outbox,
  ) {
    this.book = book;
    this.host = host;
    this.checkpoints = checkpoints;
    this.operations = operations;
    this.outbox = outbox;
    this.handlers = {
      'export.run': (input) => this.operations.run(input.operationId, (signal) => this.run(input, signal)),
    };
  }

  private async run(
    { checkpoint: reference, format, elementType, outPath, operationId }: CheckedInput<'export.run'>,
    signal: AbortSignal,
  ): Promise<CallOutput<'export.run'>> {
    const checkpoint = await this.checkpoints.resolve(reference);
    const name = this.nameOf(checkpoint);
    const result = await this.host.request(
      {
        kind: 'export',
        checkpoint: checkpoint.path,
        format,
        elementType,
        outPath: outPath ?? (await freePath(this.book.paths.exportsFolder, `${name}-${format}`)),
      },
      {
        signal,
        onEvent: (event) => {
          if (event.type !== 'progress') return;
          const title = `Exporting ${name}`;
          this.book.bus.emit('progress', { operationId: operationId ?? null, title, value: event.value });
        },
      },
    );
    return { ...result, downloadId: this.outbox.add(result.path) };
  }

  /** What an export is called: "amber-loom-500", or the name of the weights. */
  private nameOf({ runId, step, reference, path }: Checkpoint): string {
    const run = runId === null ? null : this.book.store.runs.get(runId);
    const weights = reference.startsWith('weights:')
      ? this.book.store.weights.find(reference.slice('weights:'.length))
      : null;
    const name = run ? `${run.name}-${step}` : (weights?.name ?? path.split(/[/\\]/).at(-1) ?? 'model');
    // A name of the user becomes the name of a folder: what some system gives a meaning is left out.
    return name.replace(/[^\p{L}\p{N}._ -]/gu, '_').replace(/^\.+/, '_');
  }
}

/** A place in `folder` that is not taken. */
async function freePath(folder: string, name: string): Promise<string> {
  for (let number = 1; ; number++) {
    const path = join(folder, number === 1 ? name : `${name}-${number}`);
    if ((await stat(path).catch(() => null)) === null) return path;
  }
}
