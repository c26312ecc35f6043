// What runs in the engine process: joins the service to the channel that main opened. Ignores Ctrl-C,
// which a terminal sends to every process: main decides. When main is gone it saves what trains and ends.

import { totalmem } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../launcher/project.mjs';
import { EngineService } from './engine-service.ts';
import type { FromEngine, ToEngine } from './messages.ts';

const heartbeatMs = 1_000;
/** The rest is for the system, the studio and this process's own heap. */
const sharedMemoryPart = 0.75;

/** Bytes of memory that this process may use in all: the computer's, or what a container leaves it. */
function usableMemoryBytes(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Infinity);
}

// Dawn frees everything when the object that `create` gave is collected: it must stay referenced.
let gpu: GPU | undefined;

async function openGpu(): Promise<GPU> {
  if (gpu) return gpu;
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  gpu = create([]);
  return gpu;
}

/** Main may be gone at any moment; then there is nobody to tell. */
function send(message: FromEngine): void {
  if (process.connected) process.send?.(message, undefined, {}, () => undefined);
}

const root = projectRoot();
const isBuilt = !import.meta.url.endsWith('.ts');
const service = new EngineService(
  {
    openGpu,
    kernelsFolder: join(root, 'out', 'kernels'),
    workerScript: isBuilt
      ? join(root, 'out', 'main', 'cpu-worker.js')
      : join(root, 'main', 'engine-host', 'cpu-worker.ts'),
    sharedMemoryBytes: Math.floor(sharedMemoryPart * usableMemoryBytes()),
  },
  send,
);

process.on('SIGINT', () => undefined);
process.on('message', (message) => service.receive(message as ToEngine));
process.once('disconnect', () => {
  void service.end().finally(() => process.exit(0));
});
setInterval(() => send({ type: 'heartbeat', progress: service.progress }), heartbeatMs);
send({ type: 'ready' });
