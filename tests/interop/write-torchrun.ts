// Writes torchrun folders of small runs with the losses that Heddle goes on to, for torchrun.py to compare, and
// measures what came back: node write-torchrun.ts write|measure FOLDER [RUN …]

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDevice } from '../bench/heddle-device.ts';
import { SmallRunFolder, smallRuns, type SmallRun } from '../main/export/torchrun-runs.ts';

/** Steps before the export: some folders hold what the optimizer remembers, others nothing yet. */
const stepsBefore: Readonly<Record<string, number>> = {
  'llama-text-sgd': 4,
  'qwen3-instruct-packed': 3,
  't5-seq2seq': 2,
  'llama-layers': 3,
};

const [, , action, out, ...chosen] = process.argv;
if (out === undefined) throw new Error('usage: node write-torchrun.ts write|measure FOLDER [RUN …]');
const device = await openDevice('cpu', 1);
for (const [name, small] of Object.entries<SmallRun>(smallRuns)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  const run = new SmallRunFolder(join(out, name), device, small);
  const folder = join(out, name, 'torchrun');
  if (action === 'write') {
    const before = stepsBefore[name] ?? 0;
    await run.train(null, before);
    await run.export(before, folder);
    const { result, events } = await run.train(before, null);
    const losses = events.flatMap((event) => (event.type === 'step' ? [[event.step, event.loss]] : []));
    const expected = { losses, evalLoss: result.evalLoss };
    writeFileSync(join(out, name, 'expected.json'), JSON.stringify(expected));
  } else {
    const evalLoss = await run.evaluationLoss(join(folder, 'checkpoint'));
    writeFileSync(join(out, name, 'measured.json'), JSON.stringify({ evalLoss }));
  }
}
await device.destroy();
