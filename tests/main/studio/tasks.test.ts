// Tasks behind the contract: columns, what a model would see, what cannot be learned, and answers. The tokenizers
// and tokens are real; the engine that answers is a stub.

import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultsOf, gpt2Fields, presets, type RunSettings, type Task } from '../../../engine/index.ts';
import { presetOf } from '../../../main/cli/presets.ts';
import type { OpenStudio } from '../../../main/studio/studio.ts';
import { anyDevice, beginRun, openStubStudio, untilState } from '../stub-studio.ts';
import { goldenFolder } from '../engine-host/golden-models.ts';
import { tempFolder } from '../temp-folder.ts';

const temp = tempFolder();
let studio: OpenStudio;

beforeAll(async () => {
  const home = temp.path('home');
  mkdirSync(home);
  studio = await openStubStudio(home, { totalSteps: 4, saveSteps: 2, stepsPerLife: 0, end: 'exit' });
});
afterAll(() => studio.close('pause'));

async function imported(rows: readonly object[] | string): Promise<string> {
  const isText = typeof rows === 'string';
  const file = temp.path(isText ? 'data.txt' : 'data.jsonl');
  writeFileSync(file, isText ? rows : rows.map((row) => JSON.stringify(row)).join('\n'));
  return (await studio.call('datasets.import', { sources: [file] })).id;
}

const tokenizer = { kind: 'characters' } as const;
const settingsFor = (task: Task, length = 64, changes: Partial<RunSettings> = {}): RunSettings => {
  const { settings } = presetOf(task);
  const model = { ...settings.model, maxPositionEmbeddings: length };
  return { ...settings, model, ...changes };
};

const pairs = [
  { en: 'a loom', de: 'ein Webstuhl' },
  { en: 'the mill', de: 'die Mühle' },
  { en: '', de: 'leer' },
];
const reviews = Array.from({ length: 9 }, (_, i) => ({
  text: `it was ${i % 3 === 0 ? 'bad' : 'good'} ${i}`,
  label: i % 3 === 0 ? 'no' : 'yes',
}));
const questions = [
  { instruction: 'Say hi', output: 'hi' },
  { instruction: 'Name a tool', output: 'a loom and a spindle and a wheel' },
  ...Array.from({ length: 8 }, (_, i) => ({ instruction: `Say ${i}`, output: `${i}` })),
];

describe('tasks.columns', () => {
  it('shows the columns with a sample of each and guesses those of the task', async () => {
    const datasetId = await imported(pairs);
    const found = await studio.call('tasks.columns', { datasetId, task: 'translate' });
    expect(found).toEqual({
      columns: [
        { name: 'en', sample: 'a loom' },
        { name: 'de', sample: 'ein Webstuhl' },
      ],
      inputColumn: 'en',
      targetColumn: 'de',
      guess: '"en" is translated into "de"',
      labels: [],
      problems: [],
    });
  });

  it('counts the classes of a whole dataset, the most frequent first', async () => {
    const datasetId = await imported(reviews);
    const { labels, problems } = await studio.call('tasks.columns', { datasetId, task: 'classify' });
    expect([labels, problems]).toEqual([[{ name: 'yes', count: 6 }, { name: 'no', count: 3 }], []]); // prettier-ignore
    const many = await imported(
      Array.from({ length: 1_200 }, (_, i) => ({ text: `t ${i}`, label: `l ${i}` })),
    );
    const found = await studio.call('tasks.columns', { datasetId: many, task: 'classify' });
    expect([found.labels, found.problems[0]?.message]).toEqual([
      [],
      expect.stringContaining('more than 1,000 different values'),
    ]);
    const one = await imported(reviews.map(({ text }) => ({ text, label: 'yes' })));
    expect(
      (await studio.call('tasks.columns', { datasetId: one, task: 'classify' })).problems[0]?.message,
    ).toMatch(/fewer than two/);
  });

  it('says why one long text does not suit', async () => {
    const datasetId = await imported('One long text. '.repeat(40));
    const { columns, problems } = await studio.call('tasks.columns', { datasetId, task: 'translate' });
    expect([columns, problems[0]?.message]).toEqual([[], expect.stringContaining('needs a table')]);
    expect((await studio.call('tasks.columns', { datasetId, task: 'mask' })).problems).toEqual([]);
  });
});

describe('tasks.sees', () => {
  const sees = async (rows: readonly object[] | string, settings: RunSettings, index = 0) =>
    studio.call('tasks.sees', { datasetId: await imported(rows), settings, tokenizer, index });
  const textOf = (tokens: readonly { text: string }[]): string =>
    tokens
      .map(({ text }) => text)
      .join('')
      .replaceAll('␣', ' ');

  it('shows both sides of a pair, each with its end, the target learned', async () => {
    const { tokens, ...about } = await sees(pairs, settingsFor('translate'), 1);
    const [read, written] = ['read', 'written'].map((side) => tokens.filter((one) => one.side === side));
    expect(textOf(read!.slice(0, -1))).toBe('the mill');
    expect(textOf(written!.slice(0, -1))).toBe('die Mühle');
    expect([read!.at(-1), written!.at(-1)]).toMatchObject([
      { isEnd: true, isSpecial: true, isLearned: false },
      { isEnd: true, isSpecial: true, isLearned: true },
    ]);
    expect(about).toEqual({ index: 1, exampleCount: 3, tokenCount: 19, learnedCount: 10, label: null });
  });

  it('marks what is cut: all beyond the length but the end', async () => {
    const { tokens } = await sees(pairs, settingsFor('translate', 8), 0);
    const written = tokens.filter(({ side }) => side === 'written');
    expect(textOf(written.filter(({ isCut }) => !isCut))).toBe(`ein Web${written.at(-1)!.text}`);
    expect(written.filter(({ isCut }) => isCut).every(({ isLearned }) => !isLearned)).toBe(true);
  });

  it('names the class of a text, which is no token of it', async () => {
    const { tokens, label, learnedCount } = await sees(reviews, settingsFor('classify'), 3);
    expect([label, learnedCount]).toEqual(['no', 0]);
    expect(textOf(tokens.slice(1, -1))).toBe('it was bad 3');
    expect(tokens.map(({ isSpecial }) => isSpecial)).toEqual([true, ...Array<boolean>(12).fill(false), true]);
  });

  it('shows which tokens of a conversation are answers, and where they are cut', async () => {
    const { tokens } = await sees(questions, settingsFor('instruct', 128), 0);
    expect(textOf(tokens.filter(({ isLearned }) => isLearned))).toMatch(/^hi<\|im_end\|>/);
    const cut = await sees(questions, settingsFor('instruct', 40), 1);
    expect(textOf(cut.tokens.filter(({ isCut }) => !isCut))).not.toContain('wheel');
    expect(textOf(cut.tokens)).toContain('and a wheel');
    expect(cut.tokens.filter(({ isCut }) => !isCut)).toHaveLength(41);
  });

  it('shows a long text in sequences', async () => {
    const text = 'The loom hums. '.repeat(10);
    const { tokens, exampleCount, learnedCount } = await sees(text, settingsFor('text', 40), 3);
    expect([textOf(tokens), exampleCount, learnedCount]).toEqual([text.slice(120, 160), 4, 30]);
    const masked = await sees('The loom hums.\n'.repeat(10), settingsFor('mask', 40), 0);
    expect(masked.tokens.filter(({ isLearned }) => isLearned)).toHaveLength(masked.tokens.length - 2);
  });

  it('uses the tokenizer of a model that is named', async () => {
    const datasetId = await imported('The mill. '.repeat(30));
    const model: RunSettings['model'] = {
      modelType: 'gpt2',
      ...defaultsOf(gpt2Fields),
      maxPositionEmbeddings: 16,
    };
    const settings = { ...presets[0]!.settings, model };
    const checkpoint = goldenFolder('llama');
    const { tokens } = await studio.call('tasks.sees', { datasetId, settings, tokenizer, checkpoint });
    expect(tokens).toHaveLength(16);
    const { tokens: own } = await studio.call('tasks.sees', { datasetId, settings, tokenizer });
    expect(tokens.map(({ id }) => id)).not.toEqual(own.map(({ id }) => id));
  });

  it.each([
    ['an example beyond the last', pairs, settingsFor('translate'), 9, 'example-not-found'],
    ['columns that do not fit', [{ a: '1', b: '2', c: '3' }], settingsFor('translate'), 0, 'columns-unclear'],
    ['a text where a table is needed', 'Only text. '.repeat(9), settingsFor('chat'), 0, 'dataset-unfit'],
  ])('refuses %s', async (_, rows, settings, index, code) => {
    await expect(sees(rows, settings, index)).rejects.toMatchObject({ code });
  });
});

describe('tasks.check', () => {
  const check = async (rows: readonly object[] | string, settings: RunSettings) =>
    studio.call('tasks.check', { datasetId: await imported(rows), settings, tokenizer });

  it('finds nothing wrong where nothing is', async () => {
    expect(await check(reviews, settingsFor('classify'))).toEqual({
      problems: [],
      exampleCount: 9,
      cutCount: 0,
    });
    expect(await check(questions, settingsFor('instruct', 256))).toMatchObject({ problems: [], cutCount: 0 });
  });

  it('names rows that are empty or cut, with the length that keeps all', async () => {
    const { problems, exampleCount, cutCount } = await check(pairs, settingsFor('translate', 10));
    expect([exampleCount, cutCount]).toEqual([3, 1]);
    expect(problems).toEqual([
      expect.objectContaining({
        path: 'data.inputColumn',
        message: 'The column "en" is empty in row 3.',
      }),
      expect.objectContaining({
        path: 'training.maxTargetLength',
        message: '1 of 3 examples are longer than 10 tokens and are cut: row 1.',
        hint: expect.stringContaining('needs 13 tokens and the model reads 10'),
        mend: { 'model.maxPositionEmbeddings': 13, 'training.maxTargetLength': 0 },
      }),
    ]);
    const short = settingsFor('translate', 32);
    const kept = await check(pairs, { ...short, training: { ...short.training, maxTargetLength: 10 } });
    expect(kept.problems[1]).toMatchObject({
      hint: expect.stringContaining('--max-target-length 13'),
      mend: { 'training.maxTargetLength': 13 },
    });
  });

  it('says what is wrong with conversations, with the mend', async () => {
    const { problems, cutCount, exampleCount } = await check(questions, settingsFor('instruct', 40));
    // One row of ten is held out.
    expect([exampleCount, cutCount]).toEqual([9, 1]);
    expect(problems[0]).toMatchObject({
      path: 'training.maxLength',
      message: expect.stringContaining('row 2'),
      hint: expect.stringMatching(/--max-position-embeddings/),
      mend: { 'model.maxPositionEmbeddings': expect.any(Number), 'training.maxLength': 0 },
    });
  });

  it('says that there are too few classes', async () => {
    const { problems } = await check([{ text: 'a', label: 'x' }], settingsFor('classify'));
    expect(problems[0]!.message).toMatch(/one value alone/);
  });
});

describe('tasks.answer', () => {
  it('gives the answers of the checkpoint that it names', async () => {
    const { id } = await beginRun(studio, temp.folder);
    await untilState(studio, id, 'finished');
    const texts = ['loom', 'mill'];
    const { answers, task, checkpoint } = await studio.call('tasks.answer', {
      checkpoint: id,
      texts,
      device: anyDevice,
    });
    expect([task, answers.map(({ text }) => text), checkpoint.runId]).toEqual([
      'translate',
      ['mool', 'llim'],
      id,
    ]);
  });
});

describe('a run of a task', () => {
  const create = (datasetId: string, settings: RunSettings) =>
    studio.call('runs.create', { datasetId, settings, device: anyDevice });

  it('has its columns from the beginning, task and method in its summary', async () => {
    const run = await create(await imported(pairs), settingsFor('translate'));
    expect(run).toMatchObject({ task: 'translate', method: 'full', kind: 'pretrain' });
    const { settings } = await studio.call('runs.get', { runId: run.id });
    expect(settings.data).toMatchObject({ inputColumn: 'en', targetColumn: 'de' });
  });

  it.each([
    ['unclear columns', [{ a: '1', b: '2', c: '3' }], settingsFor('translate'), 'columns-unclear', /a, b, c/],
    ['one long text', 'Only text. '.repeat(9), settingsFor('classify'), 'dataset-unfit', /table/i],
    [
      'LoRA without weights',
      pairs,
      settingsFor('translate', 64, { tuning: { ...presets[0]!.settings.tuning, method: 'lora' } }),
      'method-needs-weights',
      /--from/,
    ],
  ])('is refused before anything is written: %s', async (_, rows, settings, code, hint) => {
    const datasetId = await imported(rows);
    const before = await studio.call('runs.list', {});
    await expect(create(datasetId, settings)).rejects.toMatchObject({
      code,
      hint: expect.stringMatching(hint),
    });
    expect(await studio.call('runs.list', {})).toHaveLength(before.length);
  });

  it('that adds matrices to a model is an adapter', async () => {
    const datasetId = await imported('The mill. '.repeat(30));
    const checkpoint = goldenFolder('llama');
    const { settings: told } = await studio.call('checkpoints.settings', { checkpoint });
    const { training, tuning, preset } = presets[0]!.settings;
    const settings = {
      ...(told as RunSettings),
      preset,
      training,
      tuning: { ...tuning, method: 'lora' as const },
    };
    const start = { mode: 'weights' as const, checkpoint };
    const run = await studio.call('runs.create', { datasetId, settings, start, device: anyDevice });
    expect(run).toMatchObject({ kind: 'adapter', method: 'lora', task: 'text' });
  });
});

describe('an evaluation', () => {
  const evaluate = async (rows: readonly object[] | string, input: object = {}) => {
    const { settings } = await studio.call('runs.get', { runId });
    expect(settings.task).toBe('translate');
    const datasetId = await imported(rows);
    return studio.call('evaluation.run', { checkpoint: runId, device: anyDevice, datasetId, ...input });
  };
  let runId: string;
  beforeAll(async () => {
    const datasetId = await imported(pairs);
    const settings = settingsFor('translate');
    const run = await studio.call('runs.create', { datasetId, settings, device: anyDevice });
    runId = (await untilState(studio, run.id, 'finished')).id;
  });

  it('finds the columns of other data, where they are called otherwise', async () => {
    expect((await evaluate([{ source: 'a', target: 'b' }])).label).toMatch(/step 4$/);
    expect(
      (await evaluate([{ a: '1', b: '2', c: '3' }], { inputColumn: 'a', targetColumn: 'c' })).id,
    ).toBeDefined();
  });

  it.each([
    ['columns that are unclear', [{ a: '1', b: '2', c: '3' }], {}, 'columns-unclear'],
    ['a column that is not there', pairs, { inputColumn: 'fr' }, 'columns-unclear'],
    ['one long text', 'Only text. '.repeat(9), {}, 'dataset-unfit'],
    ['a figure of another task', pairs, { metrics: ['f1'] }, 'metric-unfit'],
  ])('refuses %s by name', async (_, rows, input, code) => {
    await expect(evaluate(rows, input)).rejects.toMatchObject({ code });
  });
});
