// The cards of terms and the lessons: whole, in step with the settings and figures they belong to. That the
// programs print what the cards show is checked with PyTorch by tests/interop/terms.py.
import { describe, expect, it } from 'vitest';
import { dataFields, generationFields, modelFields, trainingFields } from '../../../engine/config.ts';
import { tuningFields } from '../../../engine/tuning.ts';
import { lessons } from '../../../renderer/learn/lessons.ts';
import { ownModel } from '../../../renderer/learn/own-model.ts';
import { termOfMetric, termOfSetting } from '../../../renderer/learn/term-of.ts';
import { termGroups, terms } from '../../../renderer/learn/terms.ts';

const own = ownModel(null, null);

describe('the cards of terms', () => {
  it('have ids of their own', () => {
    const count = termGroups.reduce((sum, group) => sum + group.terms.length, 0);
    expect(terms.size).toBe(count);
  });

  it.each([...terms.values()])(
    '$id: one paragraph, a formula, a shape, a program of 5 to 15 lines',
    (term) => {
      for (const text of [term.name, term.paragraph, term.formula, term.shape, term.show]) {
        expect(text.trim()).toBe(text);
        expect(text).not.toBe('');
        expect(text).not.toContain('\n');
      }
      const { what, value, pytorch } = term.illustrate(own);
      expect(what).not.toBe('');
      expect(Number(value)).not.toBeNaN();
      const lines = pytorch.split('\n');
      expect(lines.length).toBeGreaterThanOrEqual(5);
      expect(lines.length).toBeLessThanOrEqual(15);
      expect(lines.at(-1)).toMatch(/^print\(/);
    },
  );

  it('belong to settings and figures that exist', () => {
    const names = [
      trainingFields,
      dataFields,
      generationFields,
      tuningFields,
      ...Object.values(modelFields),
    ].flatMap((fields) => Object.keys(fields));
    const found = names.map(termOfSetting).filter((id) => id !== null);
    expect(new Set(found).size).toBeGreaterThan(15);
    for (const id of found) expect(terms.has(id)).toBe(true);
    expect(termOfMetric('eval/perplexity')).toBe('perplexity');
    expect(termOfMetric('loss')).toBe('loss');
    expect(termOfMetric('perf/tokens_per_second')).toBeNull();
  });
});

describe('the lessons', () => {
  it('are nine, speak of terms that have a card, and compute at most 20 minutes', () => {
    expect(lessons).toHaveLength(9);
    for (const id of lessons.flatMap((lesson) => lesson.terms)) expect(terms.has(id)).toBe(true);
    expect(lessons.reduce((sum, { minutes }) => sum + minutes, 0)).toBeLessThanOrEqual(20);
  });

  it('are none of them done in an empty studio, and all where each was done', () => {
    const nothing = { runs: [], evaluationCount: 0, visited: new Set<string>() };
    expect(lessons.filter(({ isDone }) => isDone(nothing))).toEqual([]);
    const run = { state: 'finished', step: 10, method: 'full', parent: null } as const;
    const parent = { runId: 'a', weightsId: null, step: 1, label: 'a', isFork: false };
    const all = {
      runs: [
        { ...run, task: 'text' },
        { ...run, task: 'translate', parent },
        { ...run, task: 'instruct' },
      ] as const,
      evaluationCount: 1,
      visited: new Set(lessons.map(({ id }) => id)),
    };
    expect(lessons.filter(({ isDone }) => !isDone(all))).toEqual([]);
  });
});
