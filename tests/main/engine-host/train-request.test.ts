// A training request that ends before it trains: what is under way then is left at once.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { presets, trainCharacters, TrainingControl, type Device } from '../../../engine/index.ts';
import type { DatasetText, EngineEvent } from '../../../main/engine-host/messages.ts';
import { runTraining } from '../../../main/engine-host/train-request.ts';
import { tempFolder } from '../temp-folder.ts';
import { copyGolden } from './golden-models.ts';

const { path } = tempFolder();

it('a run that is stopped while its text is looked through for unknown characters ends there', async () => {
  const folder = path('dataset');
  const runFolder = path('run');
  for (const made of [folder, runFolder]) mkdirSync(made);
  writeFileSync(join(folder, 'text.txt'), 'abc');
  const weights = copyGolden('gpt2', path('weights'), ['tokenizer_config.json']);
  const tokenizer = await trainCharacters(Readable.from(['ab']));
  writeFileSync(join(weights, 'tokenizer.json'), JSON.stringify(tokenizer.toTokenizerJson()));

  const abort = new AbortController();
  const dataset: DatasetText = {
    folder,
    // The run is stopped in the moment in which its text is opened.
    get kind() {
      abort.abort('save');
      return 'text' as const;
    },
    textColumn: '',
    contentHash: 'h',
    characterCount: 3,
    rowCount: 1,
  };
  const said: EngineEvent[] = [];
  const training = runTraining(
    {
      kind: 'train',
      runFolder,
      tokensFolder: path('tokens'),
      dataset,
      settings: presets[0]!.settings,
      device: { device: 'cpu', adapter: '', threads: 1 },
      stopAtStep: null,
      resumeFrom: [],
      start: { kind: 'weights', folder: weights },
      changes: [],
    },
    {
      device: { info: { kind: 'cpu', name: 'unused' } } as Device,
      signal: abort.signal,
      emit: (event) => said.push(event),
      control: new TrainingControl(),
      between: () => Promise.resolve(),
    },
  );
  await expect(training).rejects.toMatchObject({ code: 'cancelled' });
  expect(said.map(({ type }) => type)).toEqual(['device', 'phase']);
});
