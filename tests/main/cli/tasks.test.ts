// Every kind of task in the terminal, whole: rows in a file, a run, its figures, its answers and its files, by the
// real engine on very small models.

import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linesOf } from '../run-source.ts';
import { tempFolder } from '../temp-folder.ts';
import { openTerminal, smallModel } from './terminal.ts';

const temp = tempFolder();
const home = temp.path('home');
const { run } = openTerminal(home);
const steps = ['--max-steps', '8', '--eval-steps', '4', '--threads', '2', '--json'];
const pieces = ['--tokenizer', 'byte-level-bpe', '--tokenizer-vocab-size', '300'];

const words = (text: string): string[] => text.split(' ');

/** Writes a file of lines; gives its path. */
function file(name: string, lines: readonly string[]): string {
  const path = temp.path(name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/** Runs a command that must succeed; gives its JSON lines. */
async function said(...args: string[]): Promise<ReturnType<typeof linesOf>> {
  const { code, stdout, stderr } = await run(...args);
  expect(stderr).not.toContain('heddle: ');
  expect(code).toBe(0);
  return linesOf(stdout);
}

/** The newest checkpoint that a run said it saved. */
const checkpointOf = (lines: ReturnType<typeof linesOf>): string =>
  String(lines.findLast(({ event }) => event === 'checkpoint')?.path);

describe('translate', () => {
  const nouns = ['red', 'hen', 'old', 'cat', 'sun', 'sea'];
  const sources = Array.from({ length: 60 }, (_, i) => `${nouns[i % 6]} ${nouns[(i * 5 + 1) % 6]} ${i}`);

  it('learns aligned files, measures BLEU, and writes translations', async () => {
    const train = file('train.en', sources);
    const target = file(
      'train.de',
      sources.map((line) => line.split(' ').reverse().join(' ')),
    );
    const lines = await said(
      ...words('train --task translate --data'),
      train,
      ...words('--target'),
      target,
      ...words('--name pairs'),
      ...words('--d-model 16 --nhead 2 --num-hidden-layers 1 --dim-feedforward 32'),
      ...words('--max-length 24 --max-position-embeddings 24 --predict-examples 4 --lr 1e-3'),
      ...words('--per-device-train-batch-size 4 --device cpu'),
      ...pieces,
      ...steps,
    );
    const evaluations = lines.filter(({ event }) => event === 'eval');
    expect(evaluations).toHaveLength(2);
    expect(evaluations[0]).toMatchObject({ accuracy: expect.any(Number), bleu: expect.any(Number) });
    const [measured] = await said('eval', '--run', 'pairs', '--metric', 'bleu', '--device', 'cpu', '--json');
    expect(measured).toMatchObject({
      exampleCount: 6,
      metrics: { bleu: expect.any(Number), chrf: expect.any(Number) },
      signatures: { bleu: expect.stringContaining('tok:13a') },
    });
    const settings = JSON.parse(readFileSync(join(checkpointOf(lines), 'settings.json'), 'utf8')) as {
      model: Record<string, unknown>;
      data: Record<string, unknown>;
    };
    expect(settings.model).toMatchObject({
      modelType: 'transformer',
      numHiddenLayers: 1,
      numDecoderLayers: 1,
    });
    expect([settings.data.inputColumn, settings.data.targetColumn]).toEqual(['en', 'de']);
    const folder = temp.path('pth');
    await said('export', '--run', 'pairs', '--format', 'pth', '--out', folder, '--json');
    expect(existsSync(join(folder, 'model.py'))).toBe(true);
  });

  it('refuses a model that cannot, by name', async () => {
    const { code, stderr } = await run('train', '--task', 'translate', '--model-type', 'gpt2');
    expect(code).not.toBe(0);
    expect(stderr).toContain('gpt2');
  });
});

describe('classify', () => {
  it('goes on from where it stopped with the same bytes, and names classes', async () => {
    const rows = Array.from(
      { length: 60 },
      (_, i) => `${i % 2 === 0 ? 'fine and good' : 'bad and sad'} ${i},${i % 2 === 0 ? 'up' : 'down'}`,
    );
    const data = file('classes.csv', ['text,label', ...rows]);
    const settings = ['train', '--task', 'classify', '--data', data, ...smallModel, ...pieces, ...steps];
    const straight = await said(...settings, '--name', 'straight');
    expect(straight.find(({ event }) => event === 'eval')).toMatchObject({
      accuracy: expect.any(Number),
      f1: expect.any(Number),
    });
    await said(...settings, '--name', 'halves', '--stop-at', '3');
    const halves = await said('train', '--resume', 'halves', '--device', 'cpu', '--threads', '2', '--json');
    const weights = (lines: typeof halves): Buffer =>
      readFileSync(join(checkpointOf(lines), 'model.safetensors'));
    expect(weights(halves).equals(weights(straight))).toBe(true);
    const { stdout } = await run(
      'generate',
      '--run',
      'straight',
      '--prompt',
      'fine',
      '--device',
      'cpu',
      '--json',
    );
    expect(linesOf(stdout).at(-1)).toMatchObject({
      classes: expect.arrayContaining([{ label: 'up', probability: expect.any(Number) }]),
    });
  });
});

describe('instruct with LoRA', () => {
  it('leaves the weights it began with alone, keeps what it learned apart, and gives PEFT its folder', async () => {
    const stories = Array.from({ length: 40 }, (_, i) =>
      JSON.stringify({ text: `The hen ${i} sat by the sea.` }),
    );
    const questions = Array.from({ length: 40 }, (_, i) =>
      JSON.stringify({ instruction: `Where sat the hen ${i}?`, output: 'By the sea.' }),
    );
    const model = ['--model-type', 'llama', '--hidden-size', '16', '--num-hidden-layers', '1'];
    const heads = ['--num-attention-heads', '2', '--num-key-value-heads', '2', '--head-dim', '8'];
    const sizes = ['--intermediate-size', '32', '--max-position-embeddings', '192', '--max-length', '16'];
    const base = await said(
      ...words('train --data'),
      file('stories.jsonl', stories),
      ...words('--name base'),
      ...model,
      ...heads,
      ...sizes,
      ...words('--sample-tokens 4 --device cpu --per-device-train-batch-size 4'),
      ...pieces,
      ...steps,
    );
    const tuned = await said(
      ...words('train --task instruct --from base --data'),
      file('questions.jsonl', questions),
      ...words('--method lora --lora-r 2 --max-length 192 --name tuned --sample-tokens 4'),
      ...words('--device cpu'),
      ...steps,
    );
    const read = (lines: typeof base, name: string): Buffer => readFileSync(join(checkpointOf(lines), name));
    expect(readdirSync(checkpointOf(tuned))).toContain('adapter.safetensors');
    expect(read(tuned, 'model.safetensors').equals(read(base, 'model.safetensors'))).toBe(true);
    const folder = temp.path('peft');
    await said('export', '--run', 'tuned', '--format', 'peft', '--out', folder, '--json');
    const config = JSON.parse(readFileSync(join(folder, 'adapter_config.json'), 'utf8')) as object;
    expect(config).toMatchObject({ peft_type: 'LORA', r: 2, task_type: 'CAUSAL_LM' });
    const [measured] = await said(
      'eval',
      '--run',
      'tuned',
      '--metric',
      'perplexity',
      '--device',
      'cpu',
      '--json',
    );
    expect(measured).toMatchObject({ metrics: { perplexity: expect.any(Number) } });
    const written = await said(
      ...words('generate --run tuned --prompt'),
      'Where sat the hen?',
      ...words('--max-new-tokens 3'),
      ...words('--device cpu --json'),
    );
    expect(written.at(-1)).toMatchObject({ tokenCount: expect.any(Number) });
  });
});
