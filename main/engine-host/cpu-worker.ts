// The script of one CPU worker thread: joins Node's message port to the engine's worker loop.

import { parentPort } from 'node:worker_threads';
import { runWorker } from '../../engine/device/cpu/worker.ts';

const port = parentPort;
if (!port) throw new Error('cpu-worker runs only as a worker thread');
runWorker({
  postMessage: (report) => port.postMessage(report),
  onMessage: (listener) => port.on('message', listener),
});
