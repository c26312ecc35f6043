// Health with the real engine on the CPU: what is occupied, whether it works, what it is made of, as text that
// tells nothing of the user.

import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectRoot } from '../../../main/launcher/project.mjs';
import { openStore } from '../../../main/store/store.ts';
import { bundledPackages, readLicences } from '../../../main/studio/licences.ts';
import { openStudio, type OpenStudio } from '../../../main/studio/studio.ts';
import { readSources } from '../../architecture/sources.ts';
import { tempFolder } from '../temp-folder.ts';

const temp = tempFolder();
const secret = 'zanzibar-7731';
let home: string;
let studio: OpenStudio;

beforeAll(async () => {
  home = temp.path(secret);
  mkdirSync(home);
  studio = await openStudio(home);
  const file = join(home, `${secret}.txt`);
  writeFileSync(file, `${secret} `.repeat(50));
  await studio.call('datasets.import', { sources: [file], name: secret });
  await studio.call('preferences.change', { device: { device: 'cpu', threads: 1 } });
});

afterAll(() => studio.close('pause'));

describe('health', () => {
  it('counts what is occupied, folder by folder', async () => {
    mkdirSync(join(home, 'tokens', 'a', 'b'), { recursive: true });
    const before = await studio.call('health.get', {});
    appendFileSync(join(home, 'tokens', 'a', 'b', 'x'), 'x'.repeat(1_234));
    appendFileSync(join(home, 'tokens', 'y'), 'x'.repeat(66));
    const after = await studio.call('health.get', {});
    const sizeOf = ({ folders }: typeof before, name: string): number =>
      folders.find(({ path }) => path === join(home, name))!.sizeBytes;
    expect(sizeOf(after, 'tokens') - sizeOf(before, 'tokens')).toBe(1_300);
    expect(sizeOf(after, 'heddle.db')).toBeGreaterThan(10_000);
    expect(after.freeBytes).toBeGreaterThan(0);
    expect(after).toMatchObject({
      home,
      platform: `${process.platform} ${process.arch}`,
      appVersion: expect.stringMatching(/^\d+\.\d+\.\d+/),
      versions: { Node: process.versions.node, SQLite: expect.stringMatching(/^3\./) },
    });
  });

  it('tests record, disk, engine, a product and a gradient', async () => {
    const tests = await studio.call('health.selfTest', {});
    expect(tests.map(({ name, isGood }) => [name, isGood])).toEqual([
      ['record', true],
      ['disk', true],
      ['engine', true],
      ['product', true],
      ['gradient', true],
    ]);
    expect(readdirSync(home).filter((name) => name.startsWith('self-test'))).toEqual([]);
  });

  it('as text names nothing of the user', async () => {
    const { text } = await studio.call('health.diagnostics', {});
    expect(text).toContain(process.versions.node);
    expect(text).toContain('Datasets: 1');
    const { username, homedir } = userInfo();
    const names = [secret, homedir, hostname(), ...(username.length > 4 ? [username] : [])];
    for (const name of names) expect(text).not.toContain(name);
  });
});

it('a damaged record is found', async () => {
  const folder = temp.path('damaged');
  mkdirSync(folder);
  const first = openStore(folder);
  first.transaction(() => {
    for (let i = 0; i < 3_000; i++) first.preferences.set(`key ${i}`, 'x'.repeat(50));
  });
  first.close();
  const file = openSync(join(folder, 'heddle.db'), 'r+');
  // The last page belongs to what was written last.
  const { length } = readFileSync(join(folder, 'heddle.db'));
  writeSync(file, Buffer.alloc(2_000, 7), 0, 2_000, length - 4_096);
  closeSync(file);
  const store = openStore(folder);
  expect((await store.integrityProblems()).join()).toContain('preferences');
  store.close();
});

describe('licences', () => {
  const root = projectRoot();

  it('name every package that the page is bundled from and no other', () => {
    const imported = readSources(root, ['renderer', 'preload'])
      .flatMap(({ imports }) => imports)
      .filter((name) => !/^(engine|main|preload|renderer|resources)\/|^node:|^electron$|^zod$/.test(name))
      .map((name) =>
        name
          .split('/')
          .slice(0, name.startsWith('@') ? 2 : 1)
          .join('/'),
      );
    const styles = readSources(root, ['renderer'])
      .map(({ text }) => text)
      .join();
    const fonts = bundledPackages.filter((name) => name.startsWith('@fontsource') && styles.includes(name));
    for (const name of new Set([...imported, ...fonts])) expect(bundledPackages).toContain(name);
  });

  it('are stated for all, those of dependencies of dependencies too', async () => {
    const licences = await readLicences();
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const names = licences.map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([...Object.keys(dependencies), ...bundledPackages, 'zrender']),
    );
    expect(licences.filter(({ licence, version }) => licence === 'not stated' || version === '')).toEqual([]);
    expect(licences.find(({ name }) => name === 'echarts')?.licence).toBe('Apache-2.0');
    expect(names).not.toContain('vitest');
  });
});
