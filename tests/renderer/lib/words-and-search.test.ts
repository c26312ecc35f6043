// Shortcuts in words, what the palette finds, what a drop is, and the order of a table's rows.

import { describe, expect, it } from 'vitest';
import { trainingFields } from '../../../engine/config.ts';
import { findBest } from '../../../renderer/lib/palette-search.ts';
import { choiceWords, isDifferent, settingHelp } from '../../../renderer/lib/setting-words.ts';
import { shortcutPresses } from '../../../renderer/lib/shortcut-words.ts';
import { addRange, nextSort, sortRows, toggleKey } from '../../../renderer/lib/table-rows.ts';
import { areWeights, isWeightsDrop } from '../../../renderer/lib/weights-drop.ts';

describe('a shortcut', () => {
  it.each([
    ['$mod+KeyK', false, 'Ctrl K'],
    ['$mod+KeyK', true, '⌘ K'],
    ['g r', false, 'G then R'],
    ['Shift+?', false, '?'],
    ['$mod+Slash', false, 'Ctrl /'],
    ['Space', false, 'Space'],
  ])('%s (Mac: %s) is %s', (shortcut, isMac, words) => {
    const presses = shortcutPresses(shortcut, isMac);
    expect(presses.map((keys) => keys.join(' ')).join(' then ')).toBe(words);
  });
});

describe('the palette', () => {
  const things = ['Go to the runs', 'New run', 'amber-loom', 'blue-run', 'Pause the run'].map((label) => ({
    label,
  }));
  const labels = (query: string): string[] => findBest(things, query, 10).map(({ label }) => label);

  it('finds beginnings of words before parts, and needs every word', () => {
    expect(labels('loom')).toEqual(['amber-loom']);
    expect(labels('new run')).toEqual(['New run']);
    expect(labels('am')).toEqual(['amber-loom']);
    expect(labels('run pause')).toEqual(['Pause the run']);
    expect(labels('zebra')).toEqual([]);
  });

  it('keeps the order where nothing is asked', () => expect(labels(' ')).toHaveLength(5));

  it('finds by the words that are not shown, last', () => {
    const found = findBest([{ label: 'b', more: 'stories' }, { label: 'stories' }], 'stories', 10);
    expect(found.map(({ label }) => label)).toEqual(['stories', 'b']);
  });
});

describe('a drop', () => {
  const file = (name: string) => ({ name, isFile: true, isDirectory: false }) as FileSystemEntry;
  const folder = (name: string, entries: FileSystemEntry[]) =>
    ({
      name,
      isFile: false,
      isDirectory: true,
      createReader: () => ({ readEntries: (give: (list: FileSystemEntry[]) => void) => give(entries) }),
    }) as unknown as FileSystemEntry;

  it('is a model where weights are in it or in one of its folders', async () => {
    expect(await isWeightsDrop([folder('gpt2', [file('config.json'), file('model.safetensors')])])).toBe(
      true,
    );
    expect(await isWeightsDrop([file('model.pth')])).toBe(true);
    expect(await isWeightsDrop([folder('texts', [file('config.json'), file('a.txt')])])).toBe(false);
    expect(areWeights(['pytorch_model-00001-of-00002.bin'])).toBe(true);
    expect(areWeights(['Model-Q8_0.GGUF'])).toBe(true);
    expect(areWeights(['stories.bin.txt'])).toBe(false);
  });
});

describe('rows', () => {
  it('are sorted with what has no value last, either way', () => {
    const rows = [2, null, 10, Number.NaN, 1];
    expect(sortRows(rows, (value) => value, false)).toEqual([1, 2, 10, null, Number.NaN]);
    expect(sortRows(rows, (value) => value, true)).toEqual([10, 2, 1, null, Number.NaN]);
  });

  it('are sorted by numbers inside names', () => {
    expect(sortRows(['run 10', 'Run 9'], (value) => value, false)).toEqual(['Run 9', 'run 10']);
  });

  it('go through three orders', () => {
    const first = nextSort(null, 'loss', true);
    const second = nextSort(first, 'loss', true);
    expect([first, second, nextSort(second, 'loss', true)]).toEqual([
      { id: 'loss', isDescending: true },
      { id: 'loss', isDescending: false },
      null,
    ]);
  });

  it('are selected alone and by range', () => {
    expect(toggleKey(['a'], 'a')).toEqual([]);
    expect(addRange(['a'], ['a', 'b', 'c', 'd'], 'd', 'b')).toEqual(['a', 'b', 'c', 'd']);
    expect(addRange([], ['a', 'b'], 'gone', 'b')).toEqual(['b']);
  });
});

describe('a setting', () => {
  it('says its range where it tells something', () => {
    expect(settingHelp(trainingFields.maxGradNorm)).toMatch(/^0 or more\. Longest/);
    expect(settingHelp(trainingFields.labelSmoothingFactor)).toMatch(/^0 to 0\.9\. /);
    expect(settingHelp(trainingFields.lrSchedulerType)).toBe(trainingFields.lrSchedulerType.help);
  });

  it('has plain words for its choices', () => {
    expect(choiceWords('byte-level-bpe')).toBe('Byte-level BPE');
    expect(choiceWords('cosine')).toBe('Cosine');
  });

  it('differs by its value, not by its last bit', () => {
    expect(isDifferent(0.1 + 0.2, 0.3)).toBe(false);
    expect(isDifferent(0.3, 0.31)).toBe(true);
    expect(isDifferent('a', 'b')).toBe(true);
  });
});
