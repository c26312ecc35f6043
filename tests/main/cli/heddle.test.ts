// The terminal, whole: each command in a process of its own with the real engine on a very small model.

import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../main/store/store.ts';
import { spawnHeddle } from '../../e2e/command-line.ts';
import { goldenFolder } from '../engine-host/golden-models.ts';
import { linesOf, untilEnded, untilSays } from '../run-source.ts';
import { tempFolder } from '../temp-folder.ts';
import { openTerminal, smallModel } from './terminal.ts';

const temp = tempFolder();
const home = temp.path('home');
const small = [...smallModel, '--sample-tokens', '5', '--threads', '2'];
const { heddle, run } = openTerminal(home);

describe('train', () => {
  it('says everything as JSON lines, and only those', async () => {
    const { code, stdout, stderr } = await run(
      'train',
      ...small,
      '--max-steps',
      '12',
      '--eval-steps',
      '6',
      '--name',
      'first',
      '--json',
    );
    expect(stderr).toContain('Training first');
    expect(code).toBe(0);
    const lines = linesOf(stdout);
    expect(lines[0]).toMatchObject({
      event: 'start',
      name: 'first',
      device: 'cpu',
      runId: expect.any(String),
    });
    expect(lines[0]?.parameters).toBeGreaterThan(1_000);
    const steps = lines.filter(({ event }) => event === 'step');
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(Object.keys(steps[0]!)).toEqual(
      expect.arrayContaining(['step', 'epoch', 'loss', 'gradNorm', 'learningRate', 'tokensPerSecond']),
    );
    const evals = lines.filter(({ event }) => event === 'eval');
    expect(evals.map(({ step }) => step)).toEqual([6, 12]);
    for (const { loss, perplexity } of evals) expect(perplexity).toBeCloseTo(Math.exp(loss as number), 6);
    expect(lines.filter(({ event }) => event === 'sample')).toHaveLength(2);
    const checkpoints = lines.filter(({ event }) => event === 'checkpoint');
    expect(checkpoints.map(({ step }) => step)).toEqual([6, 12]);
    expect(existsSync(join(String(checkpoints[1]?.path), 'model.safetensors'))).toBe(true);
    expect(lines.at(-1)).toMatchObject({
      event: 'done',
      step: 12,
      state: 'finished',
      best: { step: expect.any(Number) },
    });
  });

  it('stopped at a step and resumed ends with the bytes of one that was not', async () => {
    const settings = [
      ...small,
      '--max-steps',
      '15',
      '--eval-steps',
      '5',
      '--embd-pdrop',
      '0.1',
      '--gradient-accumulation-steps',
      '3',
    ];
    expect((await run('train', ...settings, '--name', 'straight')).code).toBe(0);
    expect((await run('train', ...settings, '--name', 'halves', '--stop-at', '7')).code).toBe(0);
    const resumed = await run('train', '--resume', 'halves', '--device', 'cpu', '--threads', '1');
    expect(resumed.stderr).toContain('Going on with halves');
    expect(resumed.code).toBe(0);
    for (const file of ['model.safetensors', 'optimizer.safetensors']) {
      expect(
        readFileSync(await checkpointFile('halves', file)).equals(
          readFileSync(await checkpointFile('straight', file)),
        ),
      ).toBe(true);
    }
  });

  it('stops and saves at Ctrl-C, with code 130, and can go on', async () => {
    const child = heddle(
      'train',
      ...small,
      '--max-steps',
      '1000000',
      '--eval-steps',
      '0',
      '--name',
      'endless',
      '--json',
    );
    const ended = untilEnded(child);
    await untilSays(child, '"step":20,');
    child.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    expect(stderr).toContain('Ctrl-C again stops at once');
    expect(code).toBe(130);
    const done = linesOf(stdout).at(-1);
    expect(done).toMatchObject({ event: 'done', state: 'stopped' });
    const shown = await run('runs', 'endless', '--json');
    expect(linesOf(shown.stdout).at(-1)).toMatchObject({ event: 'checkpoint', step: done?.step });
  });

  it('killed with everything it had is found again: saved by its engine, no figure missing', async () => {
    const args = [
      'train',
      ...small,
      '--max-steps',
      '1000000',
      '--eval-steps',
      '0',
      '--name',
      'orphan',
      '--json',
    ];
    const child = heddle(...args);
    const ended = untilEnded(child);
    await untilSays(child, '"step":20,');
    child.kill('SIGKILL');
    await ended;
    // Its engine may still be saving; each start takes in what is whole by then.
    let lines = linesOf((await run('runs', 'orphan', '--json')).stdout);
    while (lines.length === 1) lines = linesOf((await run('runs', 'orphan', '--json')).stdout);
    const [summary, checkpoint] = lines;
    expect(summary).toMatchObject({ event: 'run', state: 'crashed' });
    expect(checkpoint).toMatchObject({ event: 'checkpoint', step: summary?.step });
    expect(checkpoint?.step).toBeGreaterThanOrEqual(20);
    const store = openStore(home);
    const points = store.metrics.list(String(summary?.id), -1);
    store.close();
    const steps = points.filter(({ values }) => 'train/loss' in values).map(({ step }) => step);
    expect(steps).toEqual(Array.from({ length: Number(summary?.step) }, (_, i) => i + 1));
  });

  it('explains a text that is too short', async () => {
    const file = join(temp.folder, 'short.txt');
    writeFileSync(file, 'Too short.');
    const { code, stdout } = await run('train', ...small, '--max-steps', '2', '--data', file, '--json');
    expect(code).toBe(1);
    expect(linesOf(stdout).at(-1)).toMatchObject({
      event: 'error',
      code: 'text-too-short',
      hint: expect.stringMatching(/\w/),
    });
  });
});

async function checkpointFile(name: string, file: string): Promise<string> {
  const lines = linesOf((await run('runs', name, '--json')).stdout);
  const last = lines.filter(({ event }) => event === 'checkpoint').at(-1);
  return join(String(last?.path), file);
}

describe('after training', () => {
  it('generate continues a prompt, the same with the same seed', async () => {
    const args = [
      'generate',
      '--run',
      'first',
      '--prompt',
      'Once',
      '--max-new-tokens',
      '20',
      '--device',
      'cpu',
    ];
    const [one, two] = [await run(...args), await run(...args, '--json')];
    expect(one.code).toBe(0);
    expect(one.stdout).toMatch(/^Once/);
    expect(one.stdout).toBe(`Once${String(linesOf(two.stdout).at(-1)?.text)}\n`);
    const other = await run(...args, '--seed', '8');
    expect(other.stdout).not.toBe(one.stdout);
  });

  it('generate names a character that the model does not know', async () => {
    const { code, stderr } = await run('generate', '--run', 'first', '--prompt', 'Ω', '--device', 'cpu');
    expect(code).toBe(1);
    expect(stderr).toContain('"Ω"');
  });

  it('eval reads all that was held out, each token once', async () => {
    // 7,243 held-out characters of the sample: 114 batches of 4 windows of 16 are all of it and a little twice.
    const args = [...small, '--max-steps', '3', '--eval-batches', '114', '--name', 'evaluated', '--json'];
    const trained = linesOf((await run('train', ...args)).stdout);
    const { loss, perplexity } = trained.find(({ event }) => event === 'eval')!;
    const flags = ['--run', 'evaluated', '--device', 'cpu'];
    const { code, stdout } = await run('eval', ...flags, '--json');
    expect(code).toBe(0);
    const [figures] = linesOf(stdout);
    expect(figures).toMatchObject({ event: 'eval', step: 3, tokenCount: 7_242, topK: 5, stride: 16 });
    expect(figures!.loss).toBeCloseTo(loss as number, 1);
    expect(figures!.perplexity).toBeCloseTo(Math.exp(figures!.loss as number), 6);
    expect(Math.abs((figures!.perplexity as number) / (perplexity as number) - 1)).toBeLessThan(0.02);
    // The sample is ASCII and its tokens characters: a byte costs what a token costs.
    expect(figures!.byteCount).toBe(7_242);
    expect(figures!.bitsPerByte).toBeCloseTo((figures!.loss as number) / Math.LN2, 6);
    expect(figures!.tokenAccuracy).toBeLessThan(figures!.topKAccuracy as number);

    const more = await run('eval', ...flags, '--stride', '4', '--metric', 'top-k', '--top-k', '3');
    expect([more.code, more.stdout]).toEqual([
      0,
      expect.stringMatching(/^step 3: top-3 accuracy [\d.]+ % over 7,242 tokens\n$/),
    ]);
    const wide = await run('eval', ...flags, '--stride', '17');
    expect([wide.code, wide.stderr]).toEqual([1, expect.stringContaining('from 1 to 16')]);
  });

  it('export writes a folder once, and refuses to write over it', async () => {
    const out = join(temp.folder, 'exported');
    expect((await run('export', '--run', 'first', '--out', out)).code).toBe(0);
    expect(readdirSync(out).sort()).toEqual([
      'config.json',
      'generation_config.json',
      'model.safetensors',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    const again = await run('export', '--run', 'first', '--out', out);
    expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('not an empty folder')]);
    mkdirSync(join(temp.folder, 'empty'));
    const pth = await run('export', '--run', 'first', '--out', join(temp.folder, 'empty'), '--format', 'pth');
    expect(pth.code).toBe(0);
    expect(readdirSync(join(temp.folder, 'empty'))).toContain('model.pth');
    const carried = join(temp.folder, 'carried');
    expect((await run('export', '--run', 'first', '--out', carried, '--format', 'torchrun')).code).toBe(0);
    expect(readdirSync(carried)).toEqual(expect.arrayContaining(['train.py', 'train.bin', 'training.json']));
  });
});

describe('models of other programs', () => {
  it('are imported, written with, exported, fine-tuned from, and seen as a parent', async () => {
    const folder = goldenFolder('llama');
    const imported = linesOf((await run('import', folder, '--name', 'golden', '--json')).stdout);
    expect(imported[0]).toMatchObject({ event: 'weights', name: 'golden', modelType: 'llama' });
    const write = async (reference: string) =>
      linesOf(
        (await run('generate', '--run', reference, '--prompt', 'The', '--temperature', '0', '--json')).stdout,
      ).at(-1)?.text;
    expect(await write('weights:golden')).toBe(await write(folder));
    const out = join(temp.folder, 'half');
    const exported = await run('export', '--run', folder, '--dtype', 'bf16', '--out', out, '--json');
    expect(linesOf(exported.stdout)[0]).toMatchObject({ event: 'done', verifiedTensorCount: 21 });
    // These weights were bfloat16 from the beginning: nothing may be lost on the way.
    expect(await write(out)).toBe(await write(folder));

    const quick = '--max-steps 2 --sample-tokens 0 --eval-batches 1 --device cpu --threads 1'.split(' ');
    const tuned = await run('train', '--from', 'weights:golden', ...quick, '--name', 'tuned');
    expect([tuned.code, tuned.stderr]).toEqual([0, expect.stringContaining('Fine-tuning tuned from golden')]);
    const more = ['--fork', '--max-steps', '3', '--name', 'forked', '--device', 'cpu', '--json'];
    const forked = linesOf((await run('train', '--from', 'tuned@last', ...more)).stdout);
    expect(forked.filter(({ event }) => event === 'step').map(({ step }) => step)).toEqual([3]);
    const { stdout } = await run('runs');
    expect(stdout).toMatch(/tuned +fine-tune +golden +finished/);
    expect(stdout).toMatch(/forked +fine-tune +tuned, step 2 \(fork\) +finished/);
  });

  it('are measured on a dataset that is named', async () => {
    const file = join(temp.folder, 'other.txt');
    writeFileSync(file, 'The weaver threads the loom at dawn. '.repeat(200));
    const flags = ['--data', file, '--device', 'cpu', '--json'];
    const { code, stdout } = await run('eval', '--run', goldenFolder('llama'), ...flags);
    expect(code).toBe(0);
    expect(linesOf(stdout)[0]).toMatchObject({ event: 'eval', runId: null, loss: expect.any(Number) });
  });
});

describe('wrong usage', () => {
  it.each([
    [['train', '--max-step', '5'], /--max-steps/],
    [['trian'], /train/],
    [['train', '--preset', 'storys'], /stories/],
    [['train', '--resume', 'first', '--max-steps', '5'], /cannot be changed with --resume/],
    [['export', '--format', 'tflite'], /huggingface/],
    [['train', '--from', 'first', '--hidden-size', '8'], /cannot be changed with --from/],
    [['train', '--fork'], /--from/],
    [['datasets', 'improt', 'x'], /import/],
  ])('%j ends with code 2 and says what was meant', async (args, message) => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('help lists every setting', async () => {
    const { code, stdout } = await untilEnded(spawnHeddle('train', '--help'));
    expect(code).toBe(0);
    for (const flag of [
      '--hidden-size',
      '--rope-theta',
      '--per-device-train-batch-size',
      '--split-pattern',
      '--stop-at',
    ]) {
      expect(stdout).toContain(flag);
    }
  });
});
