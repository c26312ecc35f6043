// Starts the worker threads of the CPU device, waits until each is ready and notices when one fails.
// How a thread is started is the platform's business.

import { EngineError } from '../../errors.ts';
import type { WasmMemory, WasmModule } from './wasm.ts';
import type { WorkerReport, WorkerStart } from './worker.ts';

/** A worker thread as the platform gives it. It must keep its process alive until it is terminated. */
export interface WorkerLike {
  postMessage(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Calls `listener` once when the thread has ended, whatever the reason. */
  onExit(listener: (reason: string) => void): void;
  terminate(): Promise<unknown>;
}

/** Starts a thread that runs `runWorker`. */
export type StartWorker = () => WorkerLike;

export class WorkerPool {
  private readonly workers: WorkerLike[] = [];
  private isEnding = false;

  /**
   * Starts `threads` workers; resolves when all are ready. `onFailure` is called when one fails later.
   * Throws `device-lost` when one cannot start.
   */
  static async start(
    startWorker: StartWorker,
    threads: number,
    module: WasmModule,
    memory: WasmMemory,
    onFailure: (error: EngineError) => void,
  ): Promise<WorkerPool> {
    const pool = new WorkerPool();
    const starts = Array.from({ length: threads }, (_, thread) => {
      const worker = startWorker();
      pool.workers.push(worker);
      return pool.watch(worker, { module, memory, thread }, onFailure);
    });
    try {
      await Promise.all(starts);
    } catch (error) {
      await pool.terminate();
      throw error;
    }
    return pool;
  }

  /** Ends all threads. */
  async terminate(): Promise<void> {
    this.isEnding = true;
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  private watch(
    worker: WorkerLike,
    start: WorkerStart,
    onFailure: (error: EngineError) => void,
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (reason: string): void => {
        if (this.isEnding) return;
        const error = new EngineError('device-lost', `A worker thread of the CPU device failed: ${reason}.`, {
          hint: 'Start the device again; if it happens twice, report it with this message.',
        });
        // Before the worker was ready this rejects the start; afterwards it has no effect.
        reject(error);
        onFailure(error);
      };
      worker.onExit(fail);
      worker.onMessage((message) => {
        const report = message as WorkerReport;
        if (report.kind === 'ready') resolve();
        else fail(report.message);
      });
      worker.postMessage(start);
    });
  }
}
