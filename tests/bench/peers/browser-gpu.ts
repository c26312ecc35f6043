// Gives Node the browser's `navigator.gpu` over Dawn, for libraries that look for it there. Must run before
// such a library is imported. Also lets them wait for a step's end on a timer first: Dawn polls on this thread while
// a promise is pending, and a software adapter needs that core for its shaders.

import { setTimeout as sleep } from 'node:timers/promises';
import { create, globals } from 'webgpu';

// Dawn frees everything when the object that `create` returned is collected: it must stay referenced.
let gpu: GPU | undefined;

/** Puts `navigator.gpu` in place; gives the adapter's description. Throws when there is no adapter. */
export async function openBrowserGpu(): Promise<string> {
  Object.assign(globalThis, globals);
  gpu = create([]);
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error('Dawn found no adapter.');
  return adapter.info.description;
}

/** Part of the last wait that is slept through before Dawn is asked. */
const sleptShare = 0.85;

/**
 * Makes every wait for Dawn sleep first, for most of what the same wait took in the step before.
 * The result is called as each step begins.
 */
export function waitOnTimersFirst(): () => void {
  const lastMs: number[] = [];
  let position = 0;
  const delayed = <A extends unknown[], R>(original: (...args: A) => Promise<R>) =>
    async function (this: unknown, ...args: A): Promise<R> {
      const index = position++;
      const startMs = performance.now();
      await sleep(sleptShare * (lastMs[index] ?? 0));
      const result = await original.apply(this, args);
      lastMs[index] = performance.now() - startMs;
      return result;
    };
  GPUBuffer.prototype.mapAsync = delayed(GPUBuffer.prototype.mapAsync) as typeof GPUBuffer.prototype.mapAsync;
  GPUQueue.prototype.onSubmittedWorkDone = delayed(
    GPUQueue.prototype.onSubmittedWorkDone,
  ) as typeof GPUQueue.prototype.onSubmittedWorkDone;
  return () => {
    position = 0;
  };
}
