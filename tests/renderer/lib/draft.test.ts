// The draft of a run: what a change carries along, what counts as different, what a run begins with, and how
// kept drafts are read back.

import { describe, expect, it } from 'vitest';
import {
  canDo,
  modelFields,
  parseRunSettings,
  presetsFor,
  taskNames,
  trainingFields,
  withTask,
  type ModelType,
  type RunSettings,
} from '../../../engine/config.ts';
import {
  differences,
  settledSettings,
  withForm,
  withValue,
  withValues,
} from '../../../renderer/lib/draft-changes.ts';
import { draftFromPreset, draftFromSource, presetToBegin, readDraft } from '../../../renderer/lib/draft.ts';
import {
  moreModelGroups,
  moreTrainingGroups,
  openModelPaths,
  openTrainingPaths,
} from '../../../renderer/lib/designer-fields.ts';
import { fittingFields, fitsTask } from '../../../renderer/lib/fitting-fields.ts';
import { remedyFor } from '../../../renderer/lib/remedies.ts';
import { presets } from '../fake-settings.ts';

const forms = Object.keys(modelFields) as ModelType[];
const [stories, , , tiny, gpt2] = presets.map(({ settings }) => settings) as RunSettings[];

describe('a change', () => {
  it('keeps the feed-forward width at four times the width, and only there', () => {
    const wider = withValue(stories!, 'model.hiddenSize', 256);
    expect(wider.model.intermediateSize).toBe(1_024);
    const own = withValue(wider, 'model.intermediateSize', 300);
    expect(withValue(own, 'model.hiddenSize', 512).model.intermediateSize).toBe(300);
  });

  it('keeps heads of the rotary forms whole: size and key and value heads follow', () => {
    const changed = withValue(tiny!, 'model.numAttentionHeads', 8);
    expect(changed.model).toMatchObject({ numKeyValueHeads: 8, headDim: 48 });
    expect(parseRunSettings(changed)).toEqual(changed);
  });

  it('gives the length in steps or in epochs, never in both', () => {
    const epochs = withValue(stories!, 'training.numTrainEpochs', 2);
    expect(epochs.training).toMatchObject({ maxSteps: 0, numTrainEpochs: 2 });
    const steps = withValue(epochs, 'training.maxSteps', 50);
    expect(steps.training).toMatchObject({ maxSteps: 50, numTrainEpochs: 0 });
  });

  it('of the form carries the sizes over and is valid in every form', () => {
    for (const form of forms) {
      const task = taskNames.find((one) => canDo(form, one))!;
      const changed = { ...withForm(gpt2!, form), task };
      expect(parseRunSettings(changed).model).toMatchObject({ modelType: form, hiddenSize: 768 });
    }
    expect(withForm(gpt2!, 'llama').model).toMatchObject({ hiddenAct: 'silu', headDim: 64 });
    expect(withForm(withForm(stories!, 'llama'), 'gpt2').model.hiddenAct).toBe('gelu_new');
  });

  it('leaves what it began with alone', () => {
    const before = structuredClone(stories);
    withValues(stories!, { 'model.hiddenSize': 7, 'data.splitBy': 'hash' });
    expect(stories).toEqual(before);
  });
});

describe('differences', () => {
  it('are the settings that were changed, not what the tokenizer decides', () => {
    const changed = withValues(stories!, { 'training.learningRate': 1e-4, 'model.vocabSize': 99 });
    expect(differences(changed, stories!)).toEqual(['training.learningRate']);
    expect(differences(stories!, stories!)).toEqual([]);
  });

  it('count a length in another unit once, and another form once', () => {
    expect(differences(withValue(stories!, 'training.numTrainEpochs', 3), stories!)).toEqual([
      'training.maxSteps',
    ]);
    expect(differences(withForm(stories!, 'llama'), stories!)).toEqual(['model.modelType']);
  });
});

describe('the vocabulary', () => {
  const scratch = { start: { mode: 'scratch' as const } };
  it('is what the tokenizer has', () => {
    expect(settledSettings({ ...scratch, settings: stories! }, null, 59).model.vocabSize).toBe(59);
    expect(settledSettings({ ...scratch, settings: tiny! }, null, 59).model.vocabSize).toBe(8_192);
    const kept = { kind: 'byte-level-bpe' as const, vocabSize: 2_000 };
    const settled = settledSettings({ ...scratch, settings: stories! }, kept, 59);
    expect(settled.model.vocabSize).toBe(2_000);
    expect(settled.data).toMatchObject({ tokenizer: 'byte-level-bpe', tokenizerVocabSize: 2_000 });
  });

  it('of a model that is there stays', () => {
    const start = { mode: 'weights' as const, checkpoint: 'run@1' };
    expect(settledSettings({ start, settings: stories! }, null, 59)).toBe(stories);
  });
});

describe('the preset to begin with', () => {
  const quick = { fits: true, durationMs: { high: 60_000 } };
  const slow = { fits: true, durationMs: { high: 700_000 } };
  it('is none that takes over ten minutes or does not fit', () => {
    const estimates = new Map([
      [presets[0]!.name, slow],
      [presets[1]!.name, { ...quick, fits: false }],
      [presets[2]!.name, quick],
    ]);
    expect(presetToBegin(presets, estimates)?.name).toBe(presets[2]!.name);
    expect(presetToBegin(presets, new Map(presets.map(({ name }) => [name, slow])))).toBeNull();
  });

  it('is the smallest while no time is known', () => {
    expect(presetToBegin(presetsFor(presets, 'text'), new Map())?.name).toBe(presets[0]!.name);
    expect(presetToBegin(presetsFor(presets, 'translate'), new Map())?.name).toBe('nn-transformer-small');
  });
});

describe('a draft', () => {
  const told = { settings: stories, datasetId: 'dataset-1' };

  it('of a fork keeps everything and goes beyond a run that has ended', () => {
    const start = { mode: 'fork' as const, checkpoint: 'run@700' };
    const ended = draftFromSource(told, start, { step: 700 });
    expect(ended.settings.training.maxSteps).toBe(1_400);
    expect(ended.reference).toEqual(stories);
    expect(draftFromSource(told, start, { step: 300 }).settings).toEqual(stories);
  });

  it('of fine-tuning begins with a tenth of the learning rate, which is no difference', () => {
    const made = draftFromSource(told, { mode: 'weights', checkpoint: 'run@700' }, { step: 700 });
    expect(made.settings.training.learningRate).toBe(2e-4);
    expect(made.settings.model).toEqual(stories!.model);
    expect(differences(made.settings, made.reference)).toEqual([]);
    const again = { ...told, isFineTuned: true };
    const start = { mode: 'weights' as const, checkpoint: 'run@700' };
    expect(draftFromSource(again, start, null).settings.training.learningRate).toBe(2e-3);
  });

  it('of weights without training settings is valid and has short sequences', () => {
    const opened = { settings: { model: gpt2!.model, data: stories!.data }, datasetId: null };
    const { settings } = draftFromSource(opened, { mode: 'weights', checkpoint: 'weights:1' }, null);
    expect(parseRunSettings(settings)).toEqual(settings);
    expect(settings.training.maxLength).toBe(256);
    expect(settings.data).toMatchObject({ tokenizer: 'byte-level-bpe', tokenizerVocabSize: 50_257 });
  });

  it('is read back as it was kept, and refused when it is not one', () => {
    const draft = { ...draftFromPreset(presets[0]!), name: 'first', device: 'cpu' as const };
    expect(readDraft(JSON.parse(JSON.stringify(draft)))).toEqual(draft);
    for (const bad of [null, 3, {}, { ...draft, settings: { model: 1 } }, { ...draft, start: {} }])
      expect(readDraft(bad)).toBeNull();
  });
});

describe('remedies', () => {
  const remedied = (path: string, settings: RunSettings): RunSettings => {
    const remedy = remedyFor({ path, message: '', hint: '' }, settings)!;
    return withValues(settings, remedy.changes);
  };
  it('make the settings valid', () => {
    const odd = withValues(tiny!, { 'model.numKeyValueHeads': 5, 'model.headDim': 63 });
    const good = remedied('model.headDim', remedied('model.numKeyValueHeads', odd));
    expect(parseRunSettings(good).model).toMatchObject({ numKeyValueHeads: 6, headDim: 64 });
    for (const [path, changes] of [
      ['model.hiddenSize', { 'model.hiddenSize': 130 }],
      ['training.maxLength', { 'training.maxLength': 4_096 }],
      ['training.maxSteps', { 'training.maxSteps': 0 }],
    ] as const) {
      const bad = withValues(stories!, changes);
      expect(() => parseRunSettings(bad)).toThrow(path.split('.')[1]);
      expect(() => parseRunSettings(remedied(path, bad))).not.toThrow();
    }
  });

  it('are not offered where only the user can know', () => {
    expect(remedyFor({ path: 'training.learningRate', message: '', hint: '' }, stories!)).toBeNull();
  });
});

describe('the designer', () => {
  it('shows every setting of the model once, but for what is decided elsewhere', () => {
    for (const form of forms) {
      const shown = [...openModelPaths(form), ...moreModelGroups(form).flatMap(({ paths }) => paths)];
      const all = Object.keys(modelFields[form]).filter(
        (name) => !['vocabSize', 'numLabels', 'outputBias'].includes(name),
      );
      expect(shown.sort()).toEqual(all.map((name) => `model.${name}`).sort());
    }
  });

  it.each(taskNames)('shows every setting of the training of %s once, with the length', (task) => {
    const groups = moreTrainingGroups(task).flatMap(({ paths }) => paths);
    const shown = ['training.maxSteps', 'training.numTrainEpochs', ...openTrainingPaths(task), ...groups];
    const all = Object.entries(trainingFields).filter(([, field]) => fitsTask(field, task));
    expect(shown.sort()).toEqual(all.map(([name]) => `training.${name}`).sort());
  });
});

describe('another task', () => {
  it.each(taskNames)('%s has presets whose settings are whole', (task) => {
    const fitting = presetsFor(presets, task);
    expect(fitting.length).toBeGreaterThan(0);
    for (const { settings } of fitting) expect(parseRunSettings(settings).task).toBe(task);
  });

  it.each(taskNames)('%s can be learned by what any other is turned into', (task) => {
    for (const { settings } of presets)
      expect(parseRunSettings(withTask(settings, task))).toMatchObject({
        task,
        labels: [],
        data: { inputColumn: '', targetColumn: '' },
      });
  });

  it('keeps a model that can do it, and gives classes to classifiers alone', () => {
    expect(withTask(tiny!, 'instruct').model).toEqual(tiny!.model);
    const classifier = withTask(stories!, 'classify');
    expect(classifier.model).toMatchObject({ modelType: 'bert', numLabels: 2 });
    expect(withTask(classifier, 'mask').model).toMatchObject({ modelType: 'bert', numLabels: 0 });
  });

  it('shows no setting of another task or method', () => {
    expect(Object.keys(fittingFields(stories!).training)).not.toContain('numBeams');
    expect(Object.keys(fittingFields(withTask(stories!, 'translate')).training)).toContain('numBeams');
    expect(Object.keys(fittingFields(stories!).tuning)).toEqual(['method']);
    const lora = withValue(stories!, 'tuning.method', 'lora');
    expect(Object.keys(fittingFields(lora).tuning)).toEqual([
      'method',
      'loraR',
      'loraAlpha',
      'loraDropout',
      'loraTargetModules',
    ]);
    // A difference that the run does not read is none.
    expect(differences(withValue(stories!, 'tuning.loraR', 4), stories!)).toEqual([]);
    expect(differences(withValue(lora, 'tuning.loraR', 4), stories!)).toEqual([
      'tuning.method',
      'tuning.loraR',
    ]);
  });

  it('is kept by a model that is begun with, and its method is chosen anew', () => {
    const before = withValue(withTask(stories!, 'instruct'), 'tuning.method', 'lora');
    const told = { settings: before, datasetId: 'd' };
    const tuned = draftFromSource(told, { mode: 'weights', checkpoint: 'run-1@5' }, { step: 5 });
    expect(tuned.settings).toMatchObject({ task: 'instruct', tuning: { method: 'full' } });
    const gone = draftFromSource(told, { mode: 'fork', checkpoint: 'run-1@5' }, { step: 5 });
    expect(gone.settings.tuning.method).toBe('lora');
  });
});

describe('a mend that the studio tells', () => {
  const problem = (mend: Record<string, number | string>) => ({
    path: 'training.maxLength',
    message: '',
    hint: 'A hint such as --max-length 99 is for people.',
    mend,
  });
  it('is the change that it names, within what the model can', () => {
    const remedy = remedyFor(problem({ 'training.maxLength': 48 }), stories!);
    expect(remedy).toEqual({ words: 'Sequence length 48', changes: { 'training.maxLength': 48 } });
    const changes = { 'model.maxPositionEmbeddings': 285, 'training.maxLength': 0 };
    expect(remedyFor(problem(changes), stories!)).toBeNull();
    expect(remedyFor(problem(changes), stories!, true)).toEqual({ words: 'Context length 285', changes });
    expect(remedyFor(problem({ 'data.chatTemplate': 'alpaca' }), stories!)?.words).toBe(
      'Chat template Alpaca',
    );
    // What is so already mends nothing.
    const { chatTemplate } = stories!.data;
    expect(remedyFor(problem({ 'data.chatTemplate': chatTemplate }), stories!)).toBeNull();
  });
});
