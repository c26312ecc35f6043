// Evaluations as they are kept: what they say when what they name is gone, their examples by score, and how two
// are compared. The engine is a stub that finds what the test gives it.

import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EventData } from '../../../preload/contract.ts';
import type { EvaluateResult } from '../../../main/engine-host/messages.ts';
import type { OpenStudio } from '../../../main/studio/studio.ts';
import { anyDevice, beginRun, openStubStudio, untilState } from '../stub-studio.ts';
import { tempFolder } from '../temp-folder.ts';

const temp = tempFolder();

const sources = ['a loom', 'the mill', 'red yarn', 'a long day', 'warm wool', 'one bell', 'two hands', 'tea'];
const targets = sources.map((source) => `das ist ${source} und mehr davon`);

function translations(outputs: readonly string[], isOther = false): Partial<EvaluateResult> {
  return {
    task: 'translate',
    metrics: { bleu: 50, loss: 1 },
    examples: outputs.map((output, i) => ({
      index: i,
      input: isOther && i === 2 ? 'another source' : sources[i]!,
      target: targets[i]!,
      output,
      score: output === targets[i] ? 1 : 0.25,
    })),
  };
}

function classes(outputs: readonly string[]): Partial<EvaluateResult> {
  return {
    task: 'classify',
    metrics: { accuracy: 0.5 },
    confusion: { labels: ['good', 'bad'], counts: [[0, 0], [0, 0]] }, // prettier-ignore
    examples: outputs.map((output, i) => ({
      index: i,
      input: sources[i]!,
      target: i % 2 === 0 ? 'good' : 'bad',
      output,
      score: Number(output === (i % 2 === 0 ? 'good' : 'bad')),
    })),
  };
}

const right = targets;
const wrong = targets.map(() => 'etwas ganz anderes als gesagt');
const half = targets.map((target, i) => (i < 4 ? target : wrong[i]!));
const truth = sources.map((_, i) => (i % 2 === 0 ? 'good' : 'bad'));

let studio: OpenStudio;
let checkpoint: string;
const heard: EventData<'evaluation.updated'>[] = [];
const removed: string[] = [];
const kept: Record<string, string> = {};

beforeAll(async () => {
  const home = temp.path('home');
  mkdirSync(home);
  const found: Record<string, Partial<EvaluateResult>> = {
    text: {},
    right: translations(right),
    half: translations(half),
    wrong: translations(wrong),
    other: translations(right, true),
    few: translations(right.slice(0, 5)),
    truth: classes(truth),
    good: classes(truth.map(() => 'good')),
    last: translations(right),
  };
  const evaluations = Object.values(found);
  const plan = { totalSteps: 4, saveSteps: 2, stepsPerLife: 0, end: 'exit', evaluations } as const;
  studio = await openStubStudio(home, plan);
  studio.on('evaluation.updated', (data) => heard.push(data));
  studio.on('evaluation.removed', ({ evaluationId }) => removed.push(evaluationId));
  const { id } = await beginRun(studio, temp.folder, { name: 'amber-loom' });
  await untilState(studio, id, 'finished');
  checkpoint = id;
  for (const name of Object.keys(found)) {
    kept[name] = (await studio.call('evaluation.run', { checkpoint, device: anyDevice })).id;
  }
  const byChar = { checkpoint, device: anyDevice, bleuTokenizer: 'char' } as const;
  kept.byChar = (await studio.call('evaluation.run', byChar)).id;
}, 60_000);
afterAll(() => studio.close('pause'));

const compare = (first: string, second: string, metric: 'bleu' | 'chrf' | 'f1' | 'accuracy' | 'loss') =>
  studio.call('evaluation.compare', { evaluationIds: [kept[first]!, kept[second]!], metric });

describe('an evaluation', () => {
  it('is kept with what it measured, and announced', async () => {
    const list = await studio.call('evaluation.list', {});
    expect(list).toHaveLength(10);
    const [oldest, second] = list.toReversed();
    expect(oldest).toMatchObject({ id: kept.text, label: 'amber-loom, step 4', datasetName: 'begin' });
    expect(second).toMatchObject({ task: 'translate', metrics: { bleu: 50, loss: 1 }, exampleCount: 8 });
    expect(second!.durationMs).toBeGreaterThan(0);
    expect(heard[1]).toEqual(second);
  });

  it('gives its examples from the worst or the best, a page at a time', async () => {
    const input = { evaluationId: kept.half!, limit: 3 };
    const worst = await studio.call('evaluation.examples', input);
    expect(worst.total).toBe(8);
    expect(worst.examples.map(({ index }) => index)).toEqual([4, 5, 6]);
    const best = await studio.call('evaluation.examples', { ...input, order: 'best', offset: 3 });
    expect(best.examples.map(({ index }) => index)).toEqual([3, 4, 5]);
    const none = await studio.call('evaluation.examples', { evaluationId: kept.text! });
    expect(none).toEqual({ examples: [], total: 0 });
  });
});

describe('two evaluations', () => {
  it('are told apart by a paired bootstrap', async () => {
    const far = await compare('wrong', 'right', 'bleu');
    expect(far).toMatchObject({ metric: 'bleu', exampleCount: 8, resamplings: 1000 });
    expect(far.scores[1].value).toBeCloseTo(100, 6);
    expect(far.scores[0].value).toBeLessThan(5);
    expect(far.pValue).toBeLessThan(0.01);
    const near = await compare('half', 'right', 'chrf');
    expect(near.scores[0].value).toBeLessThan(near.scores[1].value);
    expect(near.scores[0].low).toBeLessThan(near.scores[0].value);
    expect(near.scores[0].high).toBeGreaterThan(near.scores[0].value);
  });

  it('of classes are compared by accuracy and macro F1', async () => {
    const accuracy = await compare('good', 'truth', 'accuracy');
    expect(accuracy.scores.map(({ value }) => value)).toEqual([0.5, 1]);
    // Half of all are good: precision 1/2, recall 1, F1 2/3; the class bad has 0.
    const f1 = await compare('good', 'truth', 'f1');
    expect(f1.scores[0].value).toBeCloseTo(1 / 3, 12);
    expect(f1.scores[1].value).toBeCloseTo(1, 12);
  });

  it.each([
    ['other', 'right', 'bleu', 'evaluations-differ', /example 3 is not the same/],
    ['few', 'right', 'bleu', 'evaluations-differ', /one has 5 examples, one 8/],
    ['truth', 'right', 'accuracy', 'evaluations-differ', /of classify, one of translate/],
    ['right', 'half', 'loss', 'metric-not-comparable', /loss cannot be compared/],
    ['truth', 'good', 'bleu', 'metric-not-comparable', /bleu cannot be compared/],
    ['byChar', 'last', 'bleu', 'evaluations-differ', /by tokenizer char, of one by 13a/],
    ['text', 'text', 'bleu', 'metric-not-comparable', /no figure of it is kept/],
    ['gone', 'right', 'bleu', 'evaluation-not-found', /no evaluation/],
  ] as const)('%s and %s are refused by name for %s', async (first, second, metric, code, message) => {
    const ids = [kept[first] ?? 'gone', kept[second]!] as [string, string];
    await expect(studio.call('evaluation.compare', { evaluationIds: ids, metric })).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });
});

describe('what an evaluation names', () => {
  it('may go: run and dataset', async () => {
    const { datasetId } = (await studio.call('evaluation.list', {}))[0]!;
    await studio.call('runs.remove', { runId: checkpoint });
    heard.length = 0;
    await studio.call('datasets.remove', { datasetId: datasetId! });
    const list = await studio.call('evaluation.list', {});
    expect(list.map((one) => [one.label, one.datasetName, one.datasetId])).toEqual(
      list.map(() => ['amber-loom, step 4', 'begin', null]),
    );
    expect(heard.map(({ id }) => id).sort()).toEqual(list.map(({ id }) => id).sort());
    expect((await compare('wrong', 'right', 'bleu')).exampleCount).toBe(8);
  });

  it('goes with it when it is removed', async () => {
    await studio.call('evaluation.remove', { evaluationId: kept.half! });
    expect(removed).toEqual([kept.half]);
    await expect(studio.call('evaluation.examples', { evaluationId: kept.half! })).rejects.toMatchObject({
      code: 'evaluation-not-found',
    });
  });

  it('comes back whole when its removal is undone, once', async () => {
    const input = { evaluationId: kept.wrong! };
    const look = async () => [
      (await studio.call('evaluation.list', {})).find(({ id }) => id === kept.wrong),
      await studio.call('evaluation.examples', input),
    ];
    const before = await look();
    await studio.call('evaluation.remove', input);
    expect(await studio.call('evaluation.restore', input)).toEqual(before[0]);
    expect(await look()).toEqual(before);
    expect((await compare('wrong', 'right', 'bleu')).exampleCount).toBe(8);
    await expect(studio.call('evaluation.restore', { evaluationId: 'never-there' })).rejects.toMatchObject({
      code: 'evaluation-not-found',
    });
  });
});
