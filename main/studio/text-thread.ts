// Starts a worker thread for each task over a whole text, so that the studio answers meanwhile. At most two
// run at once; cancelling ends the thread itself, whatever it is doing.

import { Worker } from 'node:worker_threads';
import { EngineError } from '../../engine/index.ts';
import type { Failure } from '../../preload/contract.ts';
import { ownScript } from '../engine-host/own-script.ts';
import { toError } from './failure.ts';
import type { TextResults, TextTask } from './text-work.ts';

export type FromTextWorker =
  | { type: 'progress'; title: string; value: number | null }
  | { type: 'done'; result: TextResults[TextTask['kind']] }
  | { type: 'failed'; error: Failure };

export interface TextTaskOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (title: string, value: number | null) => void;
}

const mostAtOnce = 2;

export class TextThreads {
  private readonly running = new Set<Worker>();
  private readonly waiting: (() => void)[] = [];
  private busy = 0;

  /** Carries out a task; rejects with what it threw, the signal's reason, or `text-thread-ended`. */
  async run<T extends TextTask>(task: T, options: TextTaskOptions = {}): Promise<TextResults[T['kind']]> {
    await this.turn();
    try {
      options.signal?.throwIfAborted();
      return (await this.start(task, options)) as TextResults[T['kind']];
    } finally {
      this.busy--;
      this.waiting.shift()?.();
    }
  }

  /** Ends all that runs. */
  async close(): Promise<void> {
    await Promise.all([...this.running].map((worker) => worker.terminate()));
  }

  private async turn(): Promise<void> {
    while (this.busy >= mostAtOnce) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.busy++;
  }

  private start(task: TextTask, { signal, onProgress }: TextTaskOptions): Promise<unknown> {
    const { file, nodeArguments } = ownScript('text-worker.js', 'main/studio/text-worker.ts');
    const worker = new Worker(file, { workerData: task, execArgv: [...nodeArguments] });
    this.running.add(worker);
    return new Promise<unknown>((resolve, reject) => {
      const abort = (): void => {
        reject(signal?.reason);
        void worker.terminate();
      };
      signal?.addEventListener('abort', abort, { once: true });
      worker.on('message', (message: FromTextWorker) => {
        if (message.type === 'progress') onProgress?.(message.title, message.value);
        else if (message.type === 'done') resolve(message.result);
        else reject(toError(message.error));
      });
      worker.once('error', (error) => reject(ended(error)));
      worker.once('exit', () => {
        signal?.removeEventListener('abort', abort);
        this.running.delete(worker);
        reject(ended());
      });
    });
  }
}

function ended(cause?: Error): EngineError {
  return new EngineError(
    'text-thread-ended',
    `The text could not be worked on: ${cause?.message ?? 'its thread ended'}.`,
    {
      hint: 'Often this is a lack of memory: close other programs, or use a smaller text.',
      cause,
    },
  );
}
