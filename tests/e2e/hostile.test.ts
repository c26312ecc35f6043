// Names, notes, tags, texts and file names that mean something to a page, a shell or a file system: everywhere
// shown as the text they are, and what is written stays inside the folders of Heddle.

import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../main/store/store.ts';
import { launchBrowser } from '../setup/browser.ts';
import { comeTo, previewImport, untilStill } from './places.ts';
import { seedHome, type SeededHome } from './seeded-home.ts';
import { openPage, removeHome, serveStudio, type Complaints, type ServedStudio } from './served-studio.ts';

const limitMs = 240_000;
/** Each would leave an element of its own, run a script, or leave its line or its folder. */
const hostile = [
  '<img src=x onerror="window.wasRun=1">',
  '<script>window.wasRun=1</script>',
  '"><svg onload=window.wasRun=1>',
  "';window.wasRun=1;//",
  '{{constructor.constructor("window.wasRun=1")()}}',
  '<a href="javascript:window.wasRun=1">press</a>',
  '<iframe srcdoc="<script>parent.wasRun=1</script>"></iframe>',
  '../../../escaped',
  '=HYPERLINK("http://x")',
  '\u202Egnp.exe \u0007\u001B[31mred',
] as const;
const everything = hostile.join(' ');

let browser: Browser;
let home: string;
let seeded: SeededHome;
let served: ServedStudio;
let page: Page;
let complaints: Complaints;

beforeAll(async () => {
  browser = await launchBrowser();
  home = await mkdtemp(join(tmpdir(), 'heddle-hostile-'));
  seeded = await seedHome(home, 200);
  const store = openStore(home);
  try {
    const runs = store.runs.list();
    for (const [index, text] of hostile.entries()) {
      const labels = { name: text, note: everything, tags: [text.slice(0, 40)] };
      const { id } = runs[index]!;
      store.runs.update(id, { ...labels, datasetName: text });
      const examples = [{ input: text, target: text, output: everything }];
      store.samples.add(id, { step: 1, timeMs: Date.now(), prompt: text, text: everything, examples });
    }
  } finally {
    store.close();
  }
  served = await serveStudio(home);
  ({ page, complaints } = await openPage(browser, served.url));
  page.setDefaultTimeout(20_000);
}, limitMs);
afterAll(async () => {
  await browser.close();
  await served.close();
  await removeHome(home);
}, limitMs);

/** Elements that only a text could have brought, and whether one of the scripts has run. */
const traces = (): Promise<string[]> =>
  page.evaluate(() => [
    ...[...document.querySelectorAll('main img, main iframe, main script, [onload], [onerror]')].map(
      ({ outerHTML }) => outerHTML.slice(0, 100),
    ),
    ...[...document.querySelectorAll('a[href^="javascript:" i]')].map(({ outerHTML }) => outerHTML),
    ...('wasRun' in window ? ['a script has run'] : []),
  ]);

describe('hostile texts', { timeout: limitMs }, () => {
  it('are shown as text in every place that shows them', async () => {
    const store = openStore(home);
    const ids = store.runs.list().map(({ id }) => id);
    store.close();
    const [first, second, third] = ids;
    const places = ['/', '/runs', `/runs/${first}`, `/runs/${second}`, `/runs/${third}`, '/checkpoints'];
    for (const place of [...places, `/compare?runs=${ids.slice(0, 4).join(',')}`, '/playground', '/new']) {
      await comeTo(page, place);
      expect([place, ...(await traces())]).toEqual([place]);
      expect([place, ...complaints]).toEqual([place]);
    }
    await comeTo(page, '/runs');
    for (const text of hostile.slice(0, 4)) await page.getByText(text, { exact: true }).first().waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('onerror');
    await page.getByRole('option').first().waitFor();
    expect(await traces()).toEqual([]);
    await page.keyboard.press('Escape');
  });

  it('come in as file name, cells and dataset name, and stay in the home', async () => {
    const before = await readdir(dirname(home));
    await comeTo(page, '/datasets');
    const name = '<img src=x onerror=window.wasRun=1>..%2f..%2fescaped.csv';
    await previewImport(page, name);
    await page.getByRole('tab', { name: 'Tokens' }).click();
    await untilStill(page);
    expect(await traces()).toEqual([]);
    await page.getByLabel('Name', { exact: true }).fill('../../escaped <img src=x onerror=window.wasRun=1>');
    await page.getByRole('button', { name: 'Import', exact: true }).click();
    await page.getByRole('heading', { level: 1, name: '../../escaped' }).waitFor();
    await untilStill(page);
    expect(await traces()).toEqual([]);
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export', exact: true }).click();
    await page.getByRole('menuitem').filter({ hasText: /csv/i }).click();
    const download = await downloading;
    expect(basename(download.suggestedFilename())).toBe(download.suggestedFilename());
    expect(download.suggestedFilename()).not.toMatch(/[<>/\\]|^\./);
    expect(await readFile(await download.path(), 'utf8')).toContain('The loom weaves cloth 1.');
    const added = (await readdir(dirname(home))).filter((one) => !before.includes(one));
    expect(added.filter((one) => one.includes('escaped'))).toEqual([]);
    for (const one of await readdir(home, { recursive: true })) expect(one).not.toMatch(/\.\.|[<>]/);
    expect(complaints).toEqual([]);
  });

  it('cannot name an address that opens something else', async () => {
    for (const address of [
      '/runs/..%2f..%2fetc',
      '/runs/<img src=x onerror=window.wasRun=1>',
      '/datasets/%00',
    ]) {
      await comeTo(page, address);
      await page
        .locator('main')
        .getByText(/no |not /i)
        .first()
        .waitFor();
      expect(await traces()).toEqual([]);
    }
    expect(seeded.real.name).toBe('amber-loom');
  });
});
