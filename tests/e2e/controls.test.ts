// Presses every control in sight of every place, on the invented studio: each has an effect that can be seen
// (the page, its address, a call to the studio, a file, the clipboard) and none makes the page complain. What
// cannot be pressed here stands in a list with the reason.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../setup/browser.ts';
import { inventedExamples, translationFigures } from '../renderer/fake-evaluations.ts';
import { sampleDataset } from '../renderer/fake-home.ts';
import { serveFakePage, type FakePage } from './fake-page.ts';
import { comeTo, goTo, previewImport, untilStill } from './places.ts';
import { openPage, type Complaints } from './served-studio.ts';

const limitMs = 240_000;

/** The name of a control, and why pressing it changes nothing here. */
const still: readonly (readonly [name: RegExp, why: string])[] = [
  [
    /^(Start|Datasets|New run|Runs|Checkpoints|Evaluate|Playground|Inspect|Settings)\b/,
    'pressed once, on the settings',
  ],
  [/^Heddle/, 'the name leads to the start; pressed once, on the settings'],
  [/^Go$/, 'leads to the line that its field names, which is in sight already'],
  [/Find a command|All commands/, 'on every place; pressed once, on the settings'],
];

interface Scene {
  readonly name: string;
  readonly address: string;
  readonly prepare?: (page: Page) => Promise<unknown>;
}
const tab = (name: RegExp) => (page: Page) => page.getByRole('tab', { name }).first().click();
const check = async (page: Page): Promise<void> => {
  for (const index of [1, 2]) await page.getByRole('checkbox').nth(index).click();
};
const dataset = `/datasets/${sampleDataset.id}`;
const scenes: readonly Scene[] = [
  { name: 'start', address: '/' },
  { name: 'datasets', address: '/datasets' },
  { name: 'dataset', address: dataset },
  { name: 'dataset-statistics', address: dataset, prepare: tab(/^Statistics/) },
  { name: 'dataset-tokenizers', address: dataset, prepare: tab(/^Tokenizers/) },
  { name: 'dataset-runs', address: dataset, prepare: tab(/^Runs/) },
  { name: 'import', address: '/datasets', prepare: (page) => previewImport(page) },
  { name: 'new-run', address: '/new' },
  { name: 'runs', address: '/runs', prepare: check },
  { name: 'run', address: '/runs/run-2' },
  { name: 'run-settings', address: '/runs/run-1', prepare: tab(/^Settings/) },
  { name: 'run-checkpoints', address: '/runs/run-1', prepare: tab(/^Checkpoints/) },
  { name: 'run-log', address: '/runs/run-1', prepare: tab(/^Log/) },
  { name: 'run-failed', address: '/runs/run-3' },
  { name: 'compare', address: '/compare?runs=run-1,run-3' },
  { name: 'checkpoints', address: '/checkpoints?checkpoint=run-1@700', prepare: check },
  { name: 'evaluate', address: '/evaluate', prepare: check },
  { name: 'evaluation', address: '/evaluate/evaluation-2' },
  { name: 'evaluation-compare', address: '/evaluate/compare?ids=evaluation-1,evaluation-2' },
  { name: 'playground', address: '/playground' },
  {
    name: 'inspect',
    address: '/inspect?checkpoint=run-1@700',
    prepare: async (page) => {
      await page.getByRole('textbox', { name: 'Text' }).fill('the lamp in the window');
      await page.getByRole('button', { name: 'Look inside' }).click();
      await page.getByRole('radio', { name: 'Head 3' }).waitFor();
    },
  },
  { name: 'settings', address: '/settings' },
];

const floating = '[role=dialog], [role=alertdialog], [role=menu], [role=listbox]';

/** What has been used already, by the place: its tabs share what stands over them. */
const tried = new Set<string>();

let browser: Browser;
let host: FakePage;
let page: Page;
let complaints: Complaints;
let complaintCount = 0;
/** Files that were handed over or asked for. */
const files: string[] = [];

/** Begins with a new studio, with runs in the states that have controls of their own, and nothing remembered. */
async function renew(): Promise<void> {
  host.renew();
  const { studio } = host;
  studio.home.datasets.set(sampleDataset.id, sampleDataset);
  studio.addRun('indigo-twill', 'finished', 700);
  studio.addRun('amber-loom', 'running', 300);
  const error = { code: 'disk-full', message: 'The disk is full.', hint: 'Free some space and resume.' };
  studio.addRun('olive-reed', 'failed', 300, { error });
  for (let made = 0; made < 2; made++) studio.evaluations.add(translationFigures, inventedExamples(20));
  await page.evaluate(async () => {
    localStorage.clear();
    await navigator.clipboard.writeText('');
  });
}

const pressable = [
  'button, a[href], summary, input, textarea',
  '[role=switch], [role=radio], [role=checkbox], [role=tab], [role=slider], [role=combobox]',
].join(', ');

interface Control {
  readonly name: string;
  readonly kind: string;
}

/** The controls in sight that can be used and are not chosen already, each marked in the page by its number. */
function controlsOf(page: Page): Promise<Control[]> {
  return page.evaluate((selector) => {
    for (const one of document.querySelectorAll<HTMLElement>('[data-tried]')) delete one.dataset['tried'];
    const chosen = '[role=radio][aria-checked=true], [role=tab][aria-selected=true], [aria-current=page]';
    const found = [...document.querySelectorAll<HTMLElement>(selector)].filter((one) => {
      const { width, height } = one.getBoundingClientRect();
      const isOff = one.matches(`:disabled, [aria-disabled=true], [data-disabled], ${chosen}`);
      return width > 2 && height > 2 && !isOff && one.checkVisibility({ checkVisibilityCSS: true });
    });
    return found.map((one, index) => {
      one.dataset['tried'] = `${index}`;
      const name = (one.getAttribute('aria-label') ?? one.textContent).trim().replaceAll(/\s+/g, ' ');
      return { name: name || one.id, kind: one.getAttribute('role') ?? one.tagName.toLowerCase() };
    });
  }, pressable);
}

/** One of a kind stands for those beside it: the rows of a table, the steps of a list. */
function keyOf({ name, kind }: Control): string {
  const general = name.replaceAll(/[\d.,]+/g, '#').replaceAll(/amber-loom|indigo-twill|olive-reed/g, 'a run');
  // Figures at the end of a long name come later than the control.
  return `${kind} "${general.slice(0, 24)}"`;
}

/** Uses control `index` as its kind is used. */
async function use(page: Page, index: number, kind: string): Promise<void> {
  const control = page.locator(`[data-tried="${index}"]`);
  if (kind === 'slider') {
    await control.focus();
    // At its end the other way is the one that moves.
    for (const way of ['Right', 'Left', 'Left']) await page.keyboard.press(`Arrow${way}`);
  } else if (kind === 'input' || kind === 'textarea') {
    await control.fill((await control.inputValue()) === '7' ? '8' : '7');
    await control.press('Tab');
  } else await control.click({ timeout: 5_000 });
}

/** The address without what the place keeps in it. */
const placeOf = (page: Page): string => new URL(page.url()).hash.split('?')[0]!;

/** All that using a control can change. */
async function seen(): Promise<string> {
  const here = await page.evaluate(async () => {
    const fields = [...document.querySelectorAll<HTMLInputElement>('input, textarea')];
    return [
      location.href,
      document.documentElement.dataset['theme'],
      document.body.innerHTML.replaceAll(/ data-tried="\d+"/g, ''),
      ...fields.map(({ value }) => value),
      [...document.querySelectorAll('*')].map(({ scrollTop }) => scrollTop).join(),
      await navigator.clipboard.readText(),
    ];
  });
  return JSON.stringify([here, host.studio.asked.length, files]);
}

beforeAll(async () => {
  browser = await launchBrowser();
  host = await serveFakePage();
  ({ page, complaints } = await openPage(browser, host.url));
  page.setDefaultNavigationTimeout(30_000);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  page.on('download', (download) => files.push(download.suggestedFilename()));
  page.on('filechooser', () => files.push('chooser'));
}, limitMs);
afterAll(async () => {
  await browser.close();
  await host.close();
});

describe('every control in sight', { timeout: limitMs }, () => {
  it.each(scenes)('of $name does something when it is used', async ({ name, address, prepare }) => {
    const without: string[] = [];
    const beginBy = async (come: typeof goTo, timeoutMs: number): Promise<void> => {
      page.setDefaultTimeout(timeoutMs);
      await come(page, address);
      await prepare?.(page);
      await untilStill(page);
    };
    const beginAnew = async (): Promise<void> => {
      await renew();
      await beginBy(goTo, 10_000);
    };
    /** From as little of a new start as it takes. */
    const starts: readonly (() => Promise<void>)[] = [
      async () => undefined,
      () => beginBy(comeTo, 2_000),
      () => beginBy(goTo, 2_000),
      beginAnew,
    ];
    /** Where the control is now. */
    const find = async (key: string): Promise<{ index: number; kind: string }> => {
      for (const start of starts) {
        try {
          await start();
        } catch {
          // What was pressed before may have hidden what the scene begins with.
          continue;
        }
        const isFree = (await page.locator(floating).count()) === 0 && placeOf(page) === place;
        const now = await controlsOf(page);
        const index = now.findIndex((one) => keyOf(one) === key);
        if (isFree && index >= 0) return { index, kind: now[index]!.kind };
      }
      throw new Error('it is not there a second time');
    };
    await beginAnew();
    const place = placeOf(page);
    const isTried = (one: Control): boolean =>
      name === 'settings' || !still.some(([words]) => words.test(one.name));
    const [family = ''] = name.split('-');
    const there = new Set((await controlsOf(page)).filter(isTried).map(keyOf));
    const keys = [...there].filter((key) => !tried.has(`${family} ${key}`));
    keys.forEach((key) => tried.add(`${family} ${key}`));
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) {
      try {
        const { index, kind } = await find(key);
        const before = await seen();
        await use(page, index, kind).catch(async () => {
          // Drawn anew between the two looks.
          const now = await find(key);
          await use(page, now.index, now.kind);
        });
        const hasEffect = async (): Promise<boolean> => (await seen()) !== before;
        await expect.poll(hasEffect, { timeout: 2_000 }).toBe(true);
      } catch (error) {
        without.push(`${key}: ${String(error).split('\n')[0]}`);
      }
      without.push(...complaints.slice(complaintCount).map((complaint) => `${key}: ${complaint}`));
      complaintCount = complaints.length;
      await page.keyboard.press('Escape');
    }
    expect(without).toEqual([]);
  });
});
