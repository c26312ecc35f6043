// What runs begin from, with the real engine: fine-tuning learns and leaves its parent alone, a fork is the
// other run gone on, and both live without what they came from.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Checkpoint, RunSummary } from '../../../preload/contract.ts';
import { openStudio, type OpenStudio } from '../../../main/studio/studio.ts';
import { goldenFolder } from '../engine-host/golden-models.ts';
import { untilState } from '../stub-studio.ts';
import { tempFolder } from '../temp-folder.ts';
import { baking, hashes, importText, onCpu, tinySettings, trainRun, weaving } from './real-studio.ts';

const { path } = tempFolder();
const home = path('home');
let studio: OpenStudio;
let weavingId: string;
let bakingId: string;
let base: RunSummary;

const runFolder = (run: RunSummary): string => join(home, 'runs', run.id);
const learned = ({ id }: RunSummary, step: number): unknown[] =>
  ['model.safetensors', 'optimizer.safetensors'].map(
    (name) => hashes(join(home, 'runs', id, 'checkpoints', String(step)))[name],
  );
const lossOf = async (checkpoint: string, datasetId: string): Promise<number> =>
  (await studio.call('evaluation.run', { checkpoint, datasetId, device: onCpu })).metrics.loss!;

beforeAll(async () => {
  studio = await openStudio(home, { startQueue: true });
  weavingId = await importText(studio, path('weaving.txt'), weaving);
  bakingId = await importText(studio, path('baking.txt'), baking);
  base = await trainRun(studio, { datasetId: weavingId, name: 'base', settings: tinySettings() });
});
afterAll(() => studio.close('pause'));

describe('a run that begins with weights', () => {
  it('learns another text from them, keeps model and tokenizer, and leaves its parent untouched', async () => {
    const before = hashes(runFolder(base));
    const lossBefore = await lossOf('base@last', bakingId);
    const other = tinySettings({ maxSteps: 60, maxLength: 12, learningRate: 5e-3 });
    const tuned = await trainRun(studio, {
      datasetId: bakingId,
      settings: { ...other, model: { ...other.model, hiddenSize: 48, numHiddenLayers: 3 } },
      start: { mode: 'weights', checkpoint: 'base@last' },
    });
    expect(tuned).toMatchObject({
      kind: 'fine-tune',
      parent: { runId: base.id, weightsId: null, step: 40, label: 'base, step 40', isFork: false },
      parameterCount: base.parameterCount,
      step: 60,
    });
    expect(await lossOf(`${tuned.name}@last`, bakingId)).toBeLessThan(0.7 * lossBefore);
    const { settings, events } = await studio.call('runs.get', { runId: tuned.id });
    const parent = await studio.call('runs.get', { runId: base.id });
    expect(settings.model).toEqual(parent.settings.model);
    expect(settings.training).toMatchObject({ maxSteps: 60, maxLength: 12 });
    // The other text has none of these: they became the unknown token, and that is said.
    expect(
      events
        .find(({ key }) => key === 'unknown-characters')
        ?.value.split(' ')
        .sort(),
    ).toEqual(['!', ',', 'b', 'g', 'k']);
    expect(hashes(runFolder(base))).toEqual(before);
  });

  it('begins with the very weights: before a step its loss is theirs', async () => {
    const tuned = await trainRun(studio, {
      datasetId: weavingId,
      settings: tinySettings({ maxSteps: 1, learningRate: 0, weightDecay: 0 }),
      start: { mode: 'weights', checkpoint: 'base@20' },
    });
    const [weights] = learned(tuned, 1);
    expect(weights).toBe(learned(base, 20)[0]);
  });

  it('goes on without a checkpoint of its own when what it began from is gone', async () => {
    const opened = await studio.call('weights.open', { sources: [goldenFolder('gpt2')], name: 'golden' });
    const doomed = await trainRun(studio, {
      datasetId: weavingId,
      settings: tinySettings({ maxSteps: 2, evalSteps: 0 }),
    });
    for (const checkpoint of [`weights:${opened.id}`, `${doomed.name}@last`]) {
      const settings = tinySettings({ maxSteps: 5, evalSteps: 0 });
      const start = { mode: 'weights' as const, checkpoint };
      const { id } = await studio.call('runs.create', {
        datasetId: weavingId,
        settings,
        start,
        device: onCpu,
      });
      await studio.call('runs.stop', { runId: id, save: false });
      expect((await studio.call('runs.get', { runId: id })).checkpoints).toEqual([]);
      if (checkpoint.startsWith('weights:')) await studio.call('weights.remove', { weightsId: opened.id });
      else await studio.call('runs.remove', { runId: doomed.id });
      await studio.call('runs.resume', { runId: id, device: onCpu });
      const ended = await untilState(studio, id, 'finished', 'failed', 'crashed');
      expect(ended).toMatchObject({ state: 'finished', step: 5, error: null });
      expect(ended.parent?.label).toBe(
        checkpoint.startsWith('weights:') ? 'golden' : `${doomed.name}, step 2`,
      );
    }
  });

  it('takes a Hugging Face folder as it is, with its tokenizer, and exports what transformers reads', async () => {
    const before = hashes(goldenFolder('llama'));
    const tuned = await trainRun(studio, {
      datasetId: weavingId,
      settings: tinySettings({ maxSteps: 3, evalSteps: 0 }),
      start: { mode: 'weights', checkpoint: goldenFolder('llama') },
    });
    expect(tuned.parent).toMatchObject({ runId: null, weightsId: null, step: 0, label: 'llama' });
    expect(hashes(goldenFolder('llama'))).toEqual(before);
    const { path: folder } = await studio.call('export.run', { checkpoint: tuned.id, format: 'huggingface' });
    for (const name of ['tokenizer.json', 'tokenizer_config.json']) {
      const json = (from: string): unknown => JSON.parse(readFileSync(join(from, name), 'utf8'));
      expect(json(folder)).toEqual(json(goldenFolder('llama')));
    }
  });

  it('is refused a longer context, a tokenizer of its own, and a reference to nothing', async () => {
    const create = (training: object, more: object = {}, checkpoint = 'base') =>
      studio.call('runs.create', {
        datasetId: weavingId,
        settings: tinySettings(training),
        start: { mode: 'weights', checkpoint },
        device: onCpu,
        ...more,
      });
    await expect(create({ maxLength: 17 })).rejects.toThrow(/maxLength 17 is longer/);
    await expect(create({}, { tokenizerId: 'x' })).rejects.toMatchObject({ code: 'tokenizer-fixed' });
    await expect(create({}, {}, 'weights:none')).rejects.toMatchObject({ code: 'weights-unknown' });
    await expect(create({}, {}, 'none')).rejects.toMatchObject({ code: 'run-not-found' });
    await expect(create({}, {}, path('nowhere'))).rejects.toMatchObject({ code: 'checkpoint-not-found' });
  });
});

describe('a fork', () => {
  const fork = (training: object, checkpoint = 'base@20', datasetId = weavingId) =>
    trainRun(studio, {
      datasetId,
      settings: tinySettings(training),
      start: { mode: 'fork', checkpoint },
    });

  it('with unchanged settings ends with the same bytes', async () => {
    const forked = await fork({});
    expect(learned(forked, 40)).toEqual(learned(base, 40));
    const { summary, checkpoints } = await studio.call('runs.get', { runId: forked.id });
    expect(summary).toMatchObject({
      kind: 'pretrain',
      parent: { runId: base.id, step: 20, isFork: true, label: 'base, step 20' },
      step: 40,
      trainLoss: base.trainLoss,
      evalLoss: base.evalLoss,
    });
    expect(checkpoints.map(({ step }) => step)).toEqual([20, 30, 40]);
    const points = await studio.call('runs.metrics', { runId: forked.id });
    expect(points[0]?.step).toBe(21);
    const original = await studio.call('runs.metrics', { runId: base.id, afterStep: 20 });
    const figures = (list: typeof points) =>
      list.map(({ step, epoch, values }) => [step, epoch, values['train/loss'], values['eval/loss']]);
    expect(figures(points)).toEqual(figures(original));
  });

  it('has a checkpoint as soon as it is made, its best, and says so', async () => {
    const told: Checkpoint[] = [];
    const stop = studio.on('run.checkpoint', (checkpoint) => told.push(checkpoint));
    const made = await studio.call('runs.create', {
      datasetId: weavingId,
      settings: tinySettings(),
      start: { mode: 'fork', checkpoint: 'base@20' },
      device: onCpu,
    });
    stop();
    const { evalLoss } = await studio.call('checkpoints.resolve', { checkpoint: 'base@20' });
    expect(made).toMatchObject({ bestStep: 20, bestEvalLoss: evalLoss });
    expect(told).toMatchObject([{ runId: made.id, step: 20, evalLoss, isBest: true }]);
    await studio.call('runs.stop', { runId: made.id, save: false });
  });

  it('with a changed learning rate and length goes its own way from there', async () => {
    const forked = await fork({ learningRate: 1e-3, maxSteps: 50 });
    expect(forked).toMatchObject({ step: 50, totalSteps: 50 });
    expect(learned(forked, 20)).toEqual(learned(base, 20));
    expect(learned(forked, 30)).not.toEqual(learned(base, 30));
    const { settings } = await studio.call('checkpoints.settings', { checkpoint: `${forked.id}@20` });
    expect(settings).toMatchObject({ training: { learningRate: 1e-3, maxSteps: 50 } });
  });

  it('with other batches goes on in the data where the other run was', async () => {
    const forked = await fork({ perDeviceTrainBatchSize: 16, maxSteps: 22 });
    const points = await studio.call('runs.metrics', { runId: forked.id });
    const original = await studio.call('runs.metrics', { runId: base.id });
    const epochOf = (step: number): number => original.find((point) => point.step === step)!.epoch;
    expect(points.map(({ epoch }) => epoch)).toEqual([epochOf(22), epochOf(24)]);
  });

  it('goes on when its parent is gone', async () => {
    const parent = await trainRun(studio, {
      datasetId: weavingId,
      settings: tinySettings({ maxSteps: 12, evalSteps: 4 }),
    });
    const { id } = await studio.call('runs.create', {
      datasetId: weavingId,
      settings: tinySettings({ maxSteps: 12, evalSteps: 4 }),
      start: { mode: 'fork', checkpoint: `${parent.id}@4` },
      device: onCpu,
    });
    await studio.call('runs.stop', { runId: id, save: false });
    const straight = learned(parent, 12);
    await studio.call('runs.remove', { runId: parent.id });
    await studio.call('runs.resume', { runId: id, device: onCpu });
    const ended = await untilState(studio, id, 'finished', 'failed', 'crashed');
    expect(learned(ended, 12)).toEqual(straight);
  });

  it('is refused another model, other data, another optimizer, what has ended, and weights alone', async () => {
    const refused = (
      settings: object,
      code: string,
      words: RegExp,
      checkpoint = 'base@20',
      data = weavingId,
    ) =>
      expect(
        studio.call('runs.create', {
          datasetId: data,
          settings: { ...tinySettings(), ...settings },
          start: { mode: 'fork', checkpoint },
          device: onCpu,
        }),
      ).rejects.toMatchObject({ code, message: expect.stringMatching(words) });
    const { model, data, training } = tinySettings();
    await refused({ model: { ...model, hiddenSize: 48 } }, 'fork-setting-fixed', /hiddenSize/);
    await refused({ data: { ...data, splitBy: 'hash' } }, 'fork-setting-fixed', /splitBy/);
    await refused({ training: { ...training, optim: 'sgd' } }, 'fork-setting-fixed', /optim/);
    await refused({ training: { ...training, maxSteps: 20 } }, 'fork-has-ended', /maxSteps 20/);
    await refused({}, 'fork-dataset-fixed', /weaving/, 'base@20', bakingId);
    await refused({}, 'fork-needs-checkpoint', /run of this home/, goldenFolder('gpt2'));
    expect(await studio.call('runs.list', {})).not.toContainEqual(
      expect.objectContaining({ state: 'queued' }),
    );
  });

  it('whose first checkpoint is gone says so and does not begin anew', async () => {
    const created = await studio.call('runs.create', {
      datasetId: weavingId,
      settings: tinySettings(),
      start: { mode: 'fork', checkpoint: 'base@10' },
      device: onCpu,
    });
    await studio.call('runs.stop', { runId: created.id, save: false });
    const detail = await studio.call('runs.get', { runId: created.id });
    const [checkpoint] = detail.checkpoints as [Checkpoint];
    await studio.call('checkpoints.remove', { runId: created.id, step: checkpoint.step });
    await studio.call('runs.resume', { runId: created.id, device: onCpu });
    const ended = await untilState(studio, created.id, 'failed', 'finished');
    expect(ended.error).toMatchObject({ code: 'fork-without-checkpoint' });
  });
});

describe('settings to begin from', () => {
  it('are those of a checkpoint, or what a model tells', async () => {
    const ofRun = await studio.call('checkpoints.settings', { checkpoint: 'base@20' });
    const { settings } = await studio.call('runs.get', { runId: base.id });
    expect(ofRun).toEqual({ settings, datasetId: weavingId });
    const ofFolder = await studio.call('checkpoints.settings', { checkpoint: goldenFolder('llama') });
    expect(ofFolder.datasetId).toBeNull();
    expect(ofFolder.settings).toMatchObject({
      model: { modelType: 'llama', numKeyValueHeads: 2, vocabSize: 38 },
    });
    expect(ofFolder.settings).not.toHaveProperty('training');
  });
});

describe('a kept tokenizer', () => {
  it('is taken in place of one made from the dataset, and copied into the run', async () => {
    const { id } = await studio.call('tokenizers.train', {
      datasetId: bakingId,
      kind: 'byte-level-bpe',
      vocabSize: 270,
    });
    const run = await trainRun(studio, {
      datasetId: weavingId,
      settings: tinySettings({ maxSteps: 2, evalSteps: 0 }),
      tokenizerId: id,
    });
    await studio.call('tokenizers.remove', { tokenizerId: id });
    const { settings } = await studio.call('runs.get', { runId: run.id });
    expect(settings.model.vocabSize).toBe(270);
    expect(settings.data).toMatchObject({ tokenizer: 'byte-level-bpe', tokenizerVocabSize: 270 });
    expect(await lossOf(run.id, bakingId)).toBeGreaterThan(0);
  });
});
