// Lets tfjs's Wasm backend use threads in Node, where it refuses them by default: its workers are started from
// the package's own files instead of from the blobs that only a page can load.

import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

const require = createRequire(import.meta.url);
const build = '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd';

class EmscriptenWorker extends Worker {
  constructor() {
    const { wasmWorkerContents } = require(`${build}.worker.js`) as { wasmWorkerContents: string };
    // The package keeps the script with its line ends unescaped.
    super(wasmWorkerContents.replaceAll('\n', String.raw`\n`), { eval: true });
  }

  override postMessage(message: { cmd?: string }, transfer?: never): void {
    const isLoad = message.cmd === 'load';
    super.postMessage(isLoad ? { ...message, urlOrBlob: require.resolve(`${build}.js`) } : message, transfer);
  }
}

/** Puts the workers in place; emscripten's own choice of a Worker is ignored. */
export function allowTfjsThreads(): void {
  Object.defineProperty(globalThis, 'Worker', { get: () => EmscriptenWorker, set: () => {} });
}
