// Flags of settings: every field has one, and what flags and files make of a preset.

import { describe, expect, it } from 'vitest';
import {
  countParameters,
  dataFields,
  gpt2Fields,
  llamaFields,
  parseRunSettings,
  presets,
  taskNames,
  trainingFields,
  tuningFields,
  type RunSettings,
} from '../../../engine/index.ts';
import { parseArguments } from '../../../main/cli/flags.ts';
import { commandHelp } from '../../../main/cli/help.ts';
import { presetOf } from '../../../main/cli/presets.ts';
import { settingSynonyms } from '../../../main/cli/setting-synonyms.ts';
import {
  changeSettings,
  kebab,
  settingFlags,
  settingsFromFile,
  settingsFromFlags,
} from '../../../main/cli/setting-flags.ts';

const base = presets[0]!.settings;
const changed = (...args: string[]) =>
  parseRunSettings(changeSettings(base, settingsFromFlags(parseArguments(args, settingFlags).values)));

describe('flags', () => {
  it('exist for every setting, each once', () => {
    const names = settingFlags.map(({ name }) => name);
    const fields = { ...gpt2Fields, ...llamaFields, ...trainingFields, ...dataFields, ...tuningFields };
    expect(
      Object.keys(fields)
        .map(kebab)
        .filter((name) => !names.includes(name)),
    ).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('change what they name', () => {
    const settings = changed(
      '--hidden-size',
      '64',
      '--learning-rate',
      '1e-4',
      '--tokenizer',
      'byte-level-bpe',
      '--seed',
      '7',
    );
    expect(settings.model.hiddenSize).toBe(64);
    expect(settings.training).toMatchObject({ learningRate: 1e-4, seed: 7 });
    expect(settings.data.tokenizer).toBe('byte-level-bpe');
  });

  it('keep all checkpoints by a word', () => {
    expect(changed('--save-total-limit', 'all').training.saveTotalLimit).toBe(0);
  });

  it('give the length in steps or in epochs, never both', () => {
    expect(changed('--num-train-epochs', '2.5').training).toMatchObject({ maxSteps: 0, numTrainEpochs: 2.5 });
    expect(changed('--max-steps', '5').training).toMatchObject({ maxSteps: 5, numTrainEpochs: 0 });
    expect(() => changed('--max-steps', '5', '--num-train-epochs', '2')).toThrow(/one of them/);
  });

  it('turn one model form into another of the same sizes', () => {
    const { model } = changed('--model-type', 'llama');
    expect(model).toMatchObject({
      modelType: 'llama',
      hiddenSize: 96,
      numKeyValueHeads: 4,
      headDim: 24,
      hiddenAct: 'silu',
    });
    expect(() => changed('--rope-theta', '5')).toThrow(/gpt2 model has no --rope-theta/);
  });
});

describe('a settings file', () => {
  it('may be flat or have the sections of a run', () => {
    expect(settingsFromFile({ maxSteps: 5 }, 'f.json')).toEqual({ maxSteps: 5 });
    expect(changeSettings(base, settingsFromFile(JSON.parse(JSON.stringify(base)), 'f.json'))).toEqual(base);
  });

  it('with an unknown setting names the nearest', () => {
    expect(() => settingsFromFile({ maxStep: 5 }, 'f.json')).toThrow(
      expect.objectContaining({
        message: expect.stringContaining('"maxStep"'),
        hint: 'Did you mean maxSteps?',
      }),
    );
  });
});

describe('presets', () => {
  it.each(presets.map((preset) => [preset.name, preset] as const))(
    '%s has settings that hold',
    (_, preset) => {
      expect(parseRunSettings(preset.settings)).toEqual(preset.settings);
      expect(preset.settings.preset).toBe(preset.name);
    },
  );

  it('are nanoGPT’s where they bear its names', () => {
    // nanoGPT: the README's command for a CPU, config/train_shakespeare_char.py, config/train_gpt2.py.
    const by = (name: string) => presets.find((preset) => preset.name === name)!.settings;
    expect(by('shakespeare-char-small')).toMatchObject({
      model: {
        numHiddenLayers: 4,
        numAttentionHeads: 4,
        hiddenSize: 128,
        maxPositionEmbeddings: 64,
        embdPdrop: 0,
        useBias: false,
      },
      training: {
        perDeviceTrainBatchSize: 12,
        maxSteps: 2000,
        evalBatches: 20,
        // Twice nanoGPT's rate: see the preset.
        learningRate: 2e-3,
        minLearningRate: 1e-4,
        warmupSteps: 100,
        adamBeta2: 0.99,
      },
    });
    expect(by('shakespeare-char')).toMatchObject({
      model: {
        numHiddenLayers: 6,
        numAttentionHeads: 6,
        hiddenSize: 384,
        maxPositionEmbeddings: 256,
        residPdrop: 0.2,
      },
      training: { perDeviceTrainBatchSize: 64, maxSteps: 5000, evalBatches: 200, evalSteps: 250 },
    });
    expect(by('gpt2-124m')).toMatchObject({
      model: {
        numHiddenLayers: 12,
        numAttentionHeads: 12,
        hiddenSize: 768,
        maxPositionEmbeddings: 1024,
        vocabSize: 50257,
      },
      training: {
        learningRate: 6e-4,
        minLearningRate: 6e-5,
        warmupSteps: 2000,
        adamBeta2: 0.95,
        gradientAccumulationSteps: 40,
      },
    });
  });

  it('have the parameters that their names promise', () => {
    const parametersOf = (name: string) =>
      countParameters(presets.find((preset) => preset.name === name)!.settings.model);
    // transformers' GPT2LMHeadModel of this form has 124,439,808.
    expect(parametersOf('gpt2-124m')).toBe(124_439_808);
    expect(Math.round(parametersOf('tinystories-15m') / 1e6)).toBe(15);
  });
});

describe('words of other programs', () => {
  const translate = presetOf('translate').settings;
  const translated = (...args: string[]) =>
    parseRunSettings(changeSettings(translate, settingsFromFlags(parseArguments(args, settingFlags).values)));
  const layers = ({ model }: RunSettings) => [
    model.numHiddenLayers,
    'numDecoderLayers' in model ? model.numDecoderLayers : null,
  ];

  it('are taken for the settings that they mean', () => {
    const flags = '--d-model 64 --nhead 2 --dim-feedforward 96 --lr 0.5 --epochs 3'.split(' ');
    const { model, training } = translated(...flags);
    expect(model).toMatchObject({ hiddenSize: 64, numAttentionHeads: 2, intermediateSize: 96 });
    expect(training).toMatchObject({ learningRate: 0.5, numTrainEpochs: 3, maxSteps: 0 });
  });

  it('set both stacks together or one of them', () => {
    expect(layers(translated())).toEqual([2, 2]);
    expect(layers(translated('--num-hidden-layers', '3'))).toEqual([3, 3]);
    expect(layers(translated('--num-hidden-layers', '3', '--num-decoder-layers', '1'))).toEqual([3, 1]);
    expect(layers(translated('--num-encoder-layers', '3'))).toEqual([3, 2]);
    expect(layers(translated('--num-decoder-layers', '3'))).toEqual([2, 3]);
    expect(layers(changed('--num-hidden-layers', '2'))).toEqual([2, null]);
    expect(() => changed('--num-encoder-layers', '2')).toThrow(/gpt2 model has no --num-encoder-layers/);
  });

  it('stand in the help beside the flag', () => {
    const command = { name: 'x', summary: '', usage: [''], flags: settingFlags, startsQueue: false };
    const help = commandHelp({ ...command, run: () => Promise.resolve(0) });
    const lineOf = (flag: string) => help.find((line) => line.startsWith(`  ${flag} `));
    expect(lineOf('--hidden-size')).toContain('Also --d-model.');
    expect(lineOf('--num-encoder-layers')).toBeDefined();
    for (const names of Object.values(settingSynonyms)) {
      for (const name of names) expect(settingFlags.map((flag) => flag.name)).not.toContain(name);
    }
  });
});

describe('task and tuning', () => {
  it('are settings like others, by flag and in files', () => {
    const { task, tuning } = changed('--task', 'instruct', '--method', 'lora', '--lora-r', '4');
    expect([task, tuning.method, tuning.loraR, tuning.loraAlpha]).toEqual(['instruct', 'lora', 4, 16]);
    const classes = { ...presetOf('classify').settings, labels: ['no', 'yes'] };
    const file = settingsFromFile(JSON.parse(JSON.stringify(classes)), 'f.json');
    expect(changeSettings(base, file)).toEqual({ ...classes, preset: base.preset });
  });

  it('that a model form cannot do are refused', () => {
    expect(() => changed('--task', 'translate')).toThrow(/needs an encoder-decoder model/);
  });

  it.each(taskNames)('the preset of %s fits it', (task) => {
    const { settings } = presetOf(task);
    expect(parseRunSettings(settings).task).toBe(task);
  });
});
