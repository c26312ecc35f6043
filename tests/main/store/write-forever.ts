// Run by kill.test.ts in a process of its own: writes metrics without end and says each committed step.

import { openStore } from '../../../main/store/store.ts';
import { newDataset, newRun } from './records.ts';

const [home = ''] = process.argv.slice(2);
const store = openStore(home);
store.datasets.insert(newDataset('d'));
store.runs.insert(newRun('r', 'd'));
for (let step = 1; ; step++) {
  store.metrics.add('r', [{ step, epoch: 0, timeMs: step, values: { 'train/loss': 1 / step } }]);
  process.stdout.write(`${step}\n`);
  // Lets the pipe drain, so that what was said has been said.
  await new Promise((resolve) => setImmediate(resolve));
}
