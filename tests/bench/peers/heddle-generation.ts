// Heddle writing with and without a key-value cache, in a process of its own. A step gives the logits of one
// next token at each of some lengths, spread evenly over the context; its figure is their sum, the same both
// ways. Arguments: threads, `cached` or `whole`.

import { Executor } from '../../../engine/graph/executor.ts';
import { makePlan } from '../../../engine/graph/plan.ts';
import { createCaches, recordDecode, recordPrefill } from '../../../engine/models/decoder.ts';
import { initializeParameters, writeConstants } from '../../../engine/models/init.ts';
import { createModel, modelArenas } from '../../../engine/models/model.ts';
import { openDevice } from '../heddle-device.ts';
import { cacheContext, cacheLengths, cacheModel } from '../generation-cache.ts';
import { serveSteps } from './serve-steps.ts';

const [threads, way] = process.argv.slice(2);
const device = await openDevice('cpu', Number(threads));
const { maxBindingBytes } = device.limits;
const options = { training: false, maxBindingBytes };
const model = createModel(cacheModel, { training: false });
const { arena, caches } = createCaches(cacheModel, 1, cacheContext);
const decode = makePlan(recordDecode(model, 1, caches, options), maxBindingBytes);
const wholes = new Map(
  cacheLengths.map((length) => [
    length,
    makePlan(recordPrefill(model, { batch: 1, length }, caches, options), maxBindingBytes),
  ]),
);
const executor = await Executor.create(device, [...modelArenas(model), arena], [decode, ...wholes.values()]);
writeConstants(executor, model);
await initializeParameters(executor, model, 1);
const ids = Uint32Array.from({ length: cacheContext }, (_, i) => (i * 7919) % cacheModel.vocabSize);
const positions = Uint32Array.from({ length: cacheContext }, (_, i) => i);

/** The sum of the logits after the first `length` tokens, all of them read. */
async function readWhole(length: number): Promise<number> {
  const plan = wholes.get(length)!;
  executor.submit(plan, {
    ids: ids.subarray(0, length),
    positions: positions.subarray(0, length),
    lastRows: Uint32Array.of(length - 1),
  });
  return sum(await executor.readOutput(plan, 'logits'));
}

/** The same, only the last of them read. */
async function readLast(length: number): Promise<number> {
  executor.submit(decode, {
    ids: ids.subarray(length - 1, length),
    positions: Uint32Array.of(length - 1),
    validRange: Uint32Array.of(0, length),
  });
  return sum(await executor.readOutput(decode, 'logits'));
}

function sum(logits: ArrayBuffer): number {
  return new Float32Array(logits).reduce((total, value) => total + Math.abs(value), 0);
}

await readWhole(cacheLengths.at(-1)!);
await serveSteps({ description: `${device.info.name}, ${way}` }, async () => {
  let total = 0;
  for (const length of cacheLengths) total += await (way === 'cached' ? readLast(length) : readWhole(length));
  return total;
});
