// The command of settings, read back as the terminal reads it, gives the settings; the PyTorch script holds
// what the settings say.

import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { presets, type RunSettings } from '../../../engine/index.ts';
import { presetOf } from '../../../main/cli/presets.ts';
import { train } from '../../../main/cli/commands/train.ts';
import { parseArguments } from '../../../main/cli/flags.ts';
import { settingsFrom, trainSettings } from '../../../main/cli/train-settings.ts';
import { pytorchScript } from '../../../main/export/pytorch-script.ts';
import { continueCommand, trainCommand } from '../../../main/studio/settings-command.ts';

const [stories, small, , tiny] = presets.map(({ settings }) => settings) as [
  RunSettings,
  RunSettings,
  RunSettings,
  RunSettings,
];

/** A translator with so many layers that read and that write. */
function withLayers(numHiddenLayers: number, numDecoderLayers: number): RunSettings {
  const { settings } = presetOf('translate');
  return {
    ...settings,
    model: { ...settings.model, numHiddenLayers, numDecoderLayers } as RunSettings['model'],
  };
}

/** The words that a POSIX shell passes on. */
function wordsOf(command: string): string[] {
  const shown = execFileSync('sh', ['-c', `for word in ${command}; do printf '%s\\0' "$word"; done`]);
  return shown.toString().split('\0').slice(0, -1);
}

async function readBack(command: string): Promise<{ settings: RunSettings; dataset: unknown }> {
  const [npm, run, heddle, dashes, name, ...args] = wordsOf(command);
  expect([npm, run, heddle, dashes, name]).toEqual(['npm', 'run', 'heddle', '--', 'train']);
  const parsed = parseArguments(args, train.flags);
  return { settings: await trainSettings(parsed), dataset: parsed.values.get('dataset') };
}

const readFrom = async (words: readonly string[], settings: unknown): Promise<RunSettings> =>
  (await settingsFrom(parseArguments(words, train.flags)))({ settings, datasetId: null });

describe('a command without data', () => {
  const read = (...words: string[]) => trainSettings(parseArguments(words, train.flags));

  it('takes what the card of the task’s sample says, and flags win over it', async () => {
    const reversed = await read('--task', 'seq2seq', '--max-steps', '7');
    expect(reversed).toMatchObject({
      task: 'seq2seq',
      model: { hiddenSize: 96, dropout: 0 },
      training: { maxSteps: 7, predictExamples: 32 },
      data: { tokenizer: 'characters' },
    });
    expect((await read('--task', 'classify')).data.tokenizerVocabSize).toBe(2_048);
    expect(await read()).toEqual(stories);
  });

  it('takes nothing of it with data or a preset, nor from nothing what is meant for the base model', async () => {
    const { settings } = presetOf('seq2seq');
    expect(await read('--task', 'seq2seq', '--dataset', 'mine')).toEqual(settings);
    expect((await read('--task', 'seq2seq', '--preset', 'nn-transformer-small')).data).toEqual(settings.data);
    expect(await read('--task', 'instruct')).toEqual(presetOf('instruct').settings);
    const words = ['--from', 'weights:base', '--task', 'instruct'];
    const begun = await readFrom(words, { ...small, task: undefined, training: undefined });
    expect(begun).toMatchObject({ training: { maxSteps: 30 }, data: { chatTemplate: 'alpaca' } });
    const other = await readFrom([...words, '--data', 'x'], { ...small, task: undefined });
    expect(other.data.chatTemplate).toBe(small.data.chatTemplate);
  });
});

describe.runIf(process.platform !== 'win32')('the command', () => {
  it.each([
    ['a preset as it is', small],
    ['the default preset', stories],
    ['text with quotes', { ...small, training: { ...small.training, samplePrompt: 'it\'s $HOME `x` \\ "' } }],
    ['text that looks like a flag', { ...small, training: { ...small.training, samplePrompt: '--seed' } }],
    ['epochs', { ...small, training: { ...small.training, maxSteps: 0, numTrainEpochs: 1.5, seed: 7 } }],
    ['switches', { ...tiny, model: { ...tiny.model, tieWordEmbeddings: false } }],
    ['another form', { ...tiny, preset: 'shakespeare-char-small' }],
    ['a task', presetOf('classify').settings],
    ['a task that is not its preset’s', { ...small, task: 'instruct' }],
    ['a task with another preset than it has by itself', { ...tiny, task: 'chat' }],
    ['more layers that read than write', withLayers(5, 3)],
    ['two stacks of one height', withLayers(6, 6)],
    [
      'a method',
      { ...small, tuning: { ...small.tuning, method: 'lora', loraR: 4, loraTargetModules: 'q_proj,v_proj' } },
    ],
    [
      'columns',
      { ...small, task: 'chat', data: { ...small.data, inputColumn: 'my questions', targetColumn: 'a' } },
    ],
  ] as [string, RunSettings][])('of %s gives its settings', async (_, settings) => {
    const { settings: read } = await readBack(trainCommand(settings, null));
    const model = { ...settings.model, vocabSize: read.model.vocabSize };
    expect(read).toEqual({ ...settings, model });
  });

  it('names a kept tokenizer, and not what it is made of', async () => {
    const data = { ...small.data, tokenizer: 'byte-level-bpe' as const, tokenizerVocabSize: 777 };
    const command = trainCommand({ ...small, data }, 'plain', 'my pieces');
    expect(command).toBe(
      "npm run heddle -- train --dataset plain --preset shakespeare-char-small --kept-tokenizer 'my pieces'",
    );
    const parsed = parseArguments(wordsOf(command).slice(5), train.flags);
    expect(parsed.values.get('kept-tokenizer')).toBe('my pieces');
  });

  it('names the dataset and nothing that the preset says already', async () => {
    expect(trainCommand(small, null)).toBe('npm run heddle -- train --preset shakespeare-char-small');
    expect(trainCommand(stories, 'plain')).toBe('npm run heddle -- train --dataset plain');
    const name = "o'clock; rm -rf $(x)";
    expect((await readBack(trainCommand(small, name))).dataset).toBe(name);
  });
});

describe.runIf(process.platform !== 'win32')('the command of a run that begins with a model', () => {
  const training = {
    ...small.training,
    maxSteps: 0,
    numTrainEpochs: 2,
    learningRate: 1e-4,
    samplePrompt: '',
  };

  it.each([
    ['with settings', small],
    ['of files that tell no training', { ...small, training: undefined }],
  ])('%s gives its settings', async (_, told) => {
    const origin = { checkpoint: '01ABC@500', isFork: true, settings: told };
    const command = continueCommand({ ...small, training }, null, origin);
    const words = wordsOf(command).slice(5);
    expect(words.slice(0, 3)).toEqual(['--from', '01ABC@500', '--fork']);
    const read = await readFrom(words, told);
    expect(read.training).toEqual(training);
  });

  it('names only what differs from its training', () => {
    const origin = { checkpoint: 'last', isFork: false, settings: small };
    expect(continueCommand({ ...small, training }, null, origin)).toBe(
      'npm run heddle -- train --from last --num-train-epochs 2 --learning-rate 0.0001',
    );
  });

  it('names another task and method, and finds columns anew for them', async () => {
    const told = { ...small, task: 'chat' as const, data: { ...small.data, inputColumn: 'messages' } };
    const tuning = { ...small.tuning, method: 'lora' as const };
    const settings = { ...told, task: 'instruct' as const, tuning, data: { ...told.data, inputColumn: '' } };
    const command = continueCommand(settings, 'qa', { checkpoint: 'last', isFork: false, settings: told });
    expect(command).toBe('npm run heddle -- train --from last --dataset qa --task instruct --method lora');
    expect(await readFrom(wordsOf(command).slice(5), told)).toEqual(settings);
    // The same task on other data: its columns are those of that data.
    const other = continueCommand({ ...told, data: settings.data }, 'qa', {
      checkpoint: 'last',
      isFork: false,
      settings: told,
    });
    expect(other).toBe('npm run heddle -- train --from last --dataset qa');
  });

  it('leaves out what comes with the weights', () => {
    const other = { ...small, model: tiny.model, data: { ...tiny.data, validationFraction: 0.25 } };
    const origin = { checkpoint: 'weights:my model', isFork: false, settings: small };
    expect(continueCommand(other, "o'clock", origin)).toBe(
      "npm run heddle -- train --from 'weights:my model' --dataset 'o'\\''clock' --validation-fraction 0.25",
    );
  });
});

describe('the PyTorch script', () => {
  it('has the model, and the loop with the numbers of the settings', () => {
    const script = pytorchScript(small, 'Sample "stories"\n');
    for (const part of [
      'VOCAB, CONTEXT, LAYERS = 65, 64, 4',
      'VOCAB = len(characters)',
      'class GPT2(nn.Module):',
      'BATCH, ACCUMULATION = 12, 1',
      'STEPS = 2000',
      'return 0.002 * step / warmup',
      'torch.optim.AdamW(groups, betas=(0.9, 0.99), eps=1e-8)',
      'parameter.requires_grad = False',
      'clip_grad_norm_(model.parameters(), 1)',
    ]) {
      expect(script).toContain(part);
    }
    expect(script).not.toContain('F.dropout');
    expect(script).not.toContain('.eval()\n\n\nfor');
    expect(script.split('"""')[1]).not.toContain('"stories"');
  });

  it('adds dropout where there is some, and takes other optimizers and schedules', () => {
    const script = pytorchScript(
      {
        ...small,
        model: { ...small.model, residPdrop: 0.1, embdPdrop: 0.2, attnPdrop: 0.3, useBias: true } as never,
        training: {
          ...small.training,
          optim: 'sgd',
          lrSchedulerType: 'constant',
          maxGradNorm: 0,
          maxSteps: 0,
          numTrainEpochs: 2,
        },
      },
      null,
    );
    for (const part of [
      'F.dropout(x[0], 0.2',
      'F.dropout(y, 0.1',
      'dropout_p=0.3',
      'optim.SGD',
      'ceil(2 * WINDOWS',
    ]) {
      expect(script).toContain(part);
    }
    expect(script).not.toContain('clip_grad_norm_');
    expect(script).not.toContain('requires_grad = False');
  });

  it('of the Llama form reads bytes where Heddle would learn pieces', () => {
    const script = pytorchScript(tiny, null);
    expect(script).toContain('class Llama(nn.Module):');
    expect(script).toContain('text.encode()');
    expect(script).toContain('BATCH, ACCUMULATION = 8, 4');
  });
});
