// Starts one worker thread of the CPU device with node:worker_threads. The thread keeps the process alive
// until it is terminated, so a process that waits for the device does not end early.

import { Worker } from 'node:worker_threads';
import type { WorkerLike } from '../../engine/index.ts';

/** Starts the worker script at `script` (cpu-worker.ts, or what it was built to). */
export function startCpuWorker(script: URL): WorkerLike {
  const worker = new Worker(script);
  return {
    postMessage: (message) => worker.postMessage(message),
    onMessage: (listener) => worker.on('message', listener),
    onExit: (listener) => {
      let reason = 'it ended without being asked to';
      worker.on('error', (error) => (reason = error.message));
      worker.on('exit', () => listener(reason));
    },
    terminate: () => worker.terminate(),
  };
}
