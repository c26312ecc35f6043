// The script of the text thread: carries out the one task it was started with, says how it went, and ends.

import { parentPort, workerData } from 'node:worker_threads';
import { toFailure } from './failure.ts';
import type { FromTextWorker } from './text-thread.ts';
import { carryOut, type TextTask } from './text-work.ts';

const progressMs = 100;

const port = parentPort;
if (!port) throw new Error('text-worker runs only as a worker thread');
const send = (message: FromTextWorker): void => port.postMessage(message);

let lastTitle = '';
let lastMs = 0;
const onProgress = (title: string, value: number | null): void => {
  if (title === lastTitle && performance.now() - lastMs < progressMs) return;
  lastTitle = title;
  lastMs = performance.now();
  send({ type: 'progress', title, value });
};
carryOut(workerData as TextTask, onProgress).then(
  (result) => send({ type: 'done', result }),
  (error: unknown) => send({ type: 'failed', error: toFailure(error) }),
);
