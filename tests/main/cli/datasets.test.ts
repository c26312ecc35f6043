// heddle datasets, each action in a process of its own.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { linesOf } from '../run-source.ts';
import { tempFolder } from '../temp-folder.ts';
import { openTerminal } from './terminal.ts';

const temp = tempFolder();
const home = temp.path('home');
const { run: heddle } = openTerminal(home);
const run = (...args: string[]) => heddle('datasets', ...args);

function file(name: string, content: string): string {
  const path = join(temp.folder, name);
  writeFileSync(path, content);
  return path;
}

describe('datasets', () => {
  it('previews, imports, renames, exports and removes', async () => {
    const pair = [file('train.en', 'A cat\nA dog\n'), file('train.de', 'Eine Katze\nEin Hund\n')];
    const preview = await run('preview', ...pair, '--aligned', '--json');
    expect([preview.code, preview.stderr]).toEqual([0, '']);
    expect(linesOf(preview.stdout)).toMatchObject([
      {
        event: 'preview',
        columns: ['en', 'de'],
        rowCount: 2,
        aligned: { lineCounts: [2, 2], isPossible: true },
      },
    ]);

    const imported = await run('import', ...pair, '--aligned', '--name', 'pairs', '--json');
    expect(linesOf(imported.stdout)).toMatchObject([
      { event: 'dataset', name: 'pairs', columns: ['en', 'de'], rowCount: 2 },
    ]);
    const renamed = await run('rename', 'pairs', 'two', 'words', '--json');
    expect(linesOf(renamed.stdout)).toMatchObject([{ event: 'dataset', name: 'two words' }]);

    const out = join(temp.folder, 'out');
    const exported = await run('export', 'two words', '--format', 'csv', '--out', out, '--json');
    const [done] = linesOf(exported.stdout) as unknown as { path: string; files: string[] }[];
    expect(done!.path).toBe(out);
    expect(readFileSync(join(out, done!.files[0]!), 'utf8')).toBe(
      'en,de\nA cat,Eine Katze\nA dog,Ein Hund\n',
    );

    expect((await run('remove', 'two words')).stdout).toBe('Removed two words.\n');
    expect((await run()).stdout).toBe('There is no dataset yet.\n');
  });

  it('lists samples and imports one', async () => {
    const samples = linesOf((await run('samples', '--json')).stdout);
    expect(samples).toContainEqual(
      expect.objectContaining({ event: 'sample', id: 'stories', datasetId: null }),
    );
    const sample = linesOf((await run('sample', 'stories', '--json')).stdout);
    expect(sample).toMatchObject([{ event: 'dataset', kind: 'text' }]);
  });

  it('says for people what a preview found, with nothing that commands a terminal', async () => {
    const path = file('t.csv', 'text,n\n"\u001b[31mred",1\nonly one\n');
    const { code, stdout } = await run('preview', path);
    expect(code).toBe(0);
    expect(stdout).toContain('1 row, 8 characters');
    expect(stdout).toContain('line 3 has 1 cells; the lines before it have 2.');
    expect(stdout).not.toContain('\u001b');
  });

  it('refuses texts that do not belong together, with both counts', async () => {
    const { code, stderr } = await run('import', file('a.en', 'a\nb\n'), file('a.de', 'c\n'), '--aligned');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/has 2 lines, but .* has 1 line:/)]);
  });

  it.each([
    [['renmae', 'a', 'b'], /rename/],
    [['rename', 'a'], /new name/],
    [['export'], /needs a name/],
    [['remove', 'nothing'], /no dataset "nothing"/],
    [['constructor'], /no "constructor"/],
  ])('%j is wrong usage', async (args, message) => {
    const { code, stderr } = await run(...args);
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});
