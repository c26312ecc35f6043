// Run by checkpoint-folder.test.ts in a process of its own: saves a checkpoint file by file and says each
// point it has reached, then waits there to be killed.

import { checkpointSink } from '../../../main/engine-host/checkpoint-folder.ts';

const [folder = '', stopAfter = ''] = process.argv.slice(2);

async function reach(point: string): Promise<void> {
  if (point !== stopAfter) return;
  process.stdout.write(`reached ${point}\n`);
  await new Promise((resolve) => setTimeout(resolve, 3_600_000));
}

async function* chunks(name: string): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(1_000).fill(1);
  await reach(`within ${name}`);
  yield new Uint8Array(1_000).fill(2);
}

const writer = await checkpointSink(folder).begin(20);
await reach('begun');
for (const name of ['model.safetensors', 'optimizer.safetensors', 'state.json']) {
  await writer.writeFile(name, chunks(name));
  await reach(name);
}
await writer.commit();
await reach('committed');
