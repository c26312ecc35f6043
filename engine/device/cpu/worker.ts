// What a worker thread of the CPU device does: instantiate the kernels over the shared memory and run the
// command loop, which never leaves WebAssembly. The platform gives the port; nothing here is Node's.

import type { WasmMemory, WasmModule } from './wasm.ts';
import { wasm } from './wasm.ts';

/** What the device tells a new worker. */
export interface WorkerStart {
  readonly module: WasmModule;
  readonly memory: WasmMemory;
  readonly thread: number;
}

/** What a worker tells the device: that it is about to run, or that its kernels failed. */
export type WorkerReport = { readonly kind: 'ready' } | { readonly kind: 'failed'; readonly message: string };

/** The worker's end of the channel, given by the platform. */
export interface WorkerPort {
  postMessage(report: WorkerReport): void;
  onMessage(listener: (message: unknown) => void): void;
}

/** Waits for the start message, then serves the device until it stops; a trap is reported, not thrown. */
export function runWorker(port: WorkerPort): void {
  port.onMessage((message) => {
    const { module, memory, thread } = message as WorkerStart;
    void serve(port, module, memory, thread);
  });
}

async function serve(
  port: WorkerPort,
  module: WasmModule,
  memory: WasmMemory,
  thread: number,
): Promise<void> {
  try {
    const { exports } = await wasm.instantiate(module, { env: { memory } });
    const work = exports['work'] as (thread: number) => void;
    port.postMessage({ kind: 'ready' });
    work(thread);
  } catch (error) {
    port.postMessage({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
}
