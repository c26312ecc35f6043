// Preferences and own presets: checked, kept, told, and given back after the studio was closed.

import { mkdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { presets } from '../../../engine/index.ts';
import { preferencesSchema } from '../../../preload/contract.ts';
import { openStore } from '../../../main/store/store.ts';
import type { OpenStudio } from '../../../main/studio/studio.ts';
import { openStubStudio } from '../stub-studio.ts';
import { tempFolder } from '../temp-folder.ts';

const temp = tempFolder();
const plan = { totalSteps: 1, saveSteps: 1, stepsPerLife: 0, end: 'exit' } as const;
let home: string;
let studio: OpenStudio;

beforeEach(async () => {
  home = temp.path('home');
  mkdirSync(home);
  studio = await openStubStudio(home, plan);
});

afterEach(() => studio.close('pause'));

const change = (changes: Record<string, unknown>) => studio.call('preferences.change', changes);

describe('preferences', () => {
  it('are at their defaults, change by key, are told and kept', async () => {
    expect(await studio.call('preferences.get', {})).toEqual(preferencesSchema.parse({}));
    const told: unknown[] = [];
    studio.on('preferences.changed', (preferences) => told.push(preferences));
    const changed = await change({ theme: 'dark', smoothing: 0.9 });
    expect(changed).toEqual({ ...preferencesSchema.parse({}), theme: 'dark', smoothing: 0.9 });
    expect(told).toEqual([changed]);
    await studio.close('pause');
    studio = await openStubStudio(home, plan);
    expect(await studio.call('preferences.get', {})).toEqual(changed);
  });

  it('that are unknown or wrong are refused, and nothing beside them changes', async () => {
    for (const [changes, code] of [
      [{ theme: 'dark', colour: 1 }, 'preference-unknown'],
      [{ theme: 'dark', smoothing: 2 }, 'preference-invalid'],
      [{ toString: 1 }, 'preference-unknown'],
      [{ device: { device: 'abacus' } }, 'preference-invalid'],
      [{ pages: { runs: 'x'.repeat(1_000_001) } }, 'preference-invalid'],
    ] as const) {
      await expect(change(changes)).rejects.toMatchObject({ code });
    }
    expect(await studio.call('preferences.get', {})).toEqual(preferencesSchema.parse({}));
  });

  it('of pages change page by page', async () => {
    await change({ pages: { runs: { columns: ['a'] }, compare: 1 } });
    const { pages } = await change({ pages: { compare: null, run: [2] } });
    expect(pages).toEqual({ runs: { columns: ['a'] }, run: [2] });
  });

  it('that cannot be read any more are at their default and spoil no other', async () => {
    await change({ theme: 'light' });
    await studio.close('pause');
    const store = openStore(home);
    store.preferences.set('xAxis', 'furlongs');
    store.close();
    studio = await openStubStudio(home, plan);
    expect(await studio.call('preferences.get', {})).toMatchObject({ theme: 'light', xAxis: 'step' });
  });
});

describe('presets', () => {
  const { settings } = presets[0]!;

  it('are Heddle’s own and the user’s, which are replaced by name and removed', async () => {
    const mine = await studio.call('presets.save', { label: ' Mine ', settings });
    expect(mine).toMatchObject({ name: 'Mine', label: 'Mine', isOwn: true });
    expect(mine.settings).toEqual({ ...settings, preset: 'Mine' });
    const other = { ...settings, training: { ...settings.training, seed: 9 } };
    await studio.call('presets.save', { label: 'Mine', settings: other });
    const list = await studio.call('presets.list', {});
    expect(list.map(({ name, isOwn }) => [name, isOwn])).toEqual([
      ...presets.map(({ name }) => [name, false]),
      ['Mine', true],
    ]);
    expect(list.at(-1)!.settings.training.seed).toBe(9);
    await studio.call('presets.remove', { name: 'Mine' });
    expect(await studio.call('presets.list', {})).toHaveLength(presets.length);
  });

  it('have names that are free and one line, and settings that agree', async () => {
    const wrong = { ...settings, model: { ...settings.model, hiddenSize: 97 } };
    for (const [label, given, code] of [
      ['stories', settings, 'preset-name-taken'],
      ['Sample stories', settings, 'preset-name-taken'],
      ['  ', settings, 'preset-name-invalid'],
      ['a\nb', settings, 'preset-name-invalid'],
      ['wrong', wrong, 'settings-invalid'],
    ] as const) {
      await expect(studio.call('presets.save', { label, settings: given })).rejects.toMatchObject({ code });
    }
    await expect(studio.call('presets.remove', { name: 'stories' })).rejects.toMatchObject({
      code: 'preset-not-found',
    });
  });
});
