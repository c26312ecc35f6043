// Gives Node the browser's `Worker` for scripts behind blob: URLs, so that libraries made for pages use
// threads here as they do there. Only what such scripts need: postMessage, onmessage, onerror, terminate.

import { resolveObjectURL } from 'node:buffer';
import { Worker as NodeWorker } from 'node:worker_threads';

const prelude = `
const { parentPort } = require('node:worker_threads');
globalThis.self = globalThis;
globalThis.postMessage = (message) => parentPort.postMessage(message);
parentPort.on('message', (data) => globalThis.onmessage?.({ data }));
`;

class WebWorker {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: ((error: Error) => void) | null = null;
  private readonly started: Promise<NodeWorker>;

  constructor(url: string) {
    const blob = resolveObjectURL(url);
    if (!blob) throw new Error(`${url} is not a blob that is still alive`);
    this.started = blob.text().then((script) => {
      const worker = new NodeWorker(prelude + script, { eval: true });
      worker.unref();
      worker.on('message', (data) => this.onmessage?.({ data }));
      worker.on('error', (error: Error) => this.onerror?.(error));
      return worker;
    });
  }

  postMessage(message: unknown): void {
    void this.started.then((worker) => worker.postMessage(message));
  }

  terminate(): void {
    void this.started.then((worker) => worker.terminate());
  }
}

/** Puts `Worker` in place and says how many cores there are to use. */
export function installWebWorker(threads: number): void {
  Object.defineProperty(globalThis, 'Worker', { value: WebWorker, configurable: true, writable: true });
  Object.defineProperty(globalThis.navigator, 'hardwareConcurrency', { value: threads });
}
