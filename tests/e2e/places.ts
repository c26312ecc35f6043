// Every place of the page on a seeded home, and how a person gets there: for the tests that look at all of them
// and for the pictures. Knows nothing of what is asserted there.

import type { Page } from 'playwright-core';
import { seededEvaluation, type SeededHome } from './seeded-home.ts';

export interface Place {
  readonly name: string;
  /** Behind the `#` of the address. */
  readonly address: string;
  /** What is opened there, once the place stands. */
  readonly open?: (page: Page) => Promise<unknown>;
}

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' }).first();
const tab = (name: string | RegExp) => (page: Page) => page.getByRole('tab', { name }).first().click();
const firstRow = (page: Page) => page.getByRole('row').nth(1);

/** Run `index` of the seeded home: see there which state it has. */
export const seededRun = (index: number): string => `01SEED${String(index).padStart(20, '0')}`;

/** A text of several lines, chosen as a file. */
export async function previewImport(page: Page, name = 'weaver.csv'): Promise<void> {
  const rows = Array.from({ length: 60 }, (_, index) => `The loom weaves cloth ${index}.,calm,${index}`);
  const choosing = page.waitForEvent('filechooser');
  await page.keyboard.press('Control+o');
  const text = `text,mood,number\n${rows.join('\n')}\n`;
  await (await choosing).setFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });
  await button(page, 'Leave').waitFor();
}

/** The places of a seeded home, each with its tabs, panels and dialogs. */
export function seededPlaces({ real, long }: SeededHome): readonly Place[] {
  const run = `/runs/${real.id}`;
  return [
    { name: 'start', address: '/' },
    { name: 'datasets', address: '/datasets' },
    { name: 'dataset-text', address: `/datasets/${real.datasetId}` },
    { name: 'dataset-statistics', address: `/datasets/${real.datasetId}`, open: tab('Statistics') },
    { name: 'dataset-tokenizers', address: `/datasets/${real.datasetId}`, open: tab('Tokenizers') },
    { name: 'dataset-runs', address: `/datasets/${real.datasetId}`, open: tab(/^Runs/) },
    { name: 'import-rows', address: '/datasets', open: (page) => previewImport(page) },
    {
      name: 'import-tokens',
      address: '/datasets',
      open: async (page) => (await previewImport(page), await tab('Tokens')(page)),
    },
    { name: 'new-run', address: '/new' },
    { name: 'new-run-translate', address: '/new?task=translate' },
    { name: 'new-run-checkpoint', address: `/new?from=${real.id}@${real.step}` },
    {
      name: 'new-run-weights',
      address: '/new',
      open: (page) => page.getByRole('radio', { name: 'Opened weights' }).click(),
    },
    {
      name: 'new-run-list',
      address: '/new',
      open: (page) => page.getByRole('combobox').first().click(),
    },
    { name: 'runs', address: '/runs' },
    {
      name: 'runs-selected',
      address: '/runs',
      open: async (page) => {
        for (const index of [1, 2, 3]) await page.getByRole('checkbox').nth(index).click();
      },
    },
    { name: 'runs-columns', address: '/runs', open: (page) => runCommand(page, 'Choose the columns') },
    { name: 'run-finished', address: `/runs/${seededRun(0)}` },
    { name: 'run-settings', address: run, open: tab('Settings') },
    { name: 'run-checkpoints', address: run, open: tab(/^Checkpoints/) },
    { name: 'run-system', address: run, open: tab('System') },
    { name: 'run-log', address: run, open: tab(/^Log/) },
    { name: 'run-menu', address: run, open: (page) => button(page, 'What to do with this run').click() },
    { name: 'run-forked', address: `/runs/${seededRun(2)}` },
    { name: 'run-non-finite', address: `/runs/${seededRun(3)}` },
    { name: 'run-failed', address: `/runs/${seededRun(4)}` },
    { name: 'run-crashed', address: `/runs/${seededRun(6)}` },
    { name: 'run-paused', address: `/runs/${seededRun(10)}` },
    { name: 'run-long', address: `/runs/${long.id}` },
    { name: 'compare', address: `/compare?runs=${[0, 1, 2].map(seededRun).join(',')}` },
    { name: 'compare-empty', address: '/compare' },
    { name: 'checkpoints', address: '/checkpoints' },
    { name: 'checkpoints-panel', address: '/checkpoints', open: (page) => firstRow(page).click() },
    {
      name: 'checkpoints-export',
      address: '/checkpoints',
      open: async (page) => {
        await firstRow(page).click();
        await button(page, 'Export').click();
        await page.getByRole('dialog').waitFor();
      },
    },
    {
      name: 'checkpoints-evaluate',
      address: '/checkpoints',
      open: async (page) => {
        await firstRow(page).click();
        await button(page, 'Evaluate').click();
        // Its kept figures come first.
        await button(page, 'Evaluate otherwise').click();
        await page.getByRole('radio', { name: 'Overlapping' }).click();
      },
    },
    {
      name: 'checkpoints-hub',
      address: '/checkpoints',
      open: async (page) => {
        await runCommand(page, 'Load from the Hugging Face Hub');
        await page.getByLabel('Name').waitFor();
      },
    },
    { name: 'evaluate', address: '/evaluate' },
    {
      name: 'evaluate-selected',
      address: '/evaluate',
      open: async (page) => {
        for (const index of [1, 2]) await page.getByRole('checkbox').nth(index).click();
      },
    },
    {
      name: 'evaluate-new',
      address: '/evaluate',
      open: async (page) => {
        await button(page, 'New evaluation').click();
        await page.getByRole('radio', { name: 'Overlapping' }).click();
      },
    },
    { name: 'evaluation-text', address: '/evaluate', open: (page) => firstRow(page).click() },
    { name: 'evaluation-translations', address: `/evaluate/${seededEvaluation(0)}` },
    {
      name: 'evaluation-example',
      address: `/evaluate/${seededEvaluation(0)}`,
      open: (page) => firstRow(page).click(),
    },
    { name: 'evaluation-classes', address: `/evaluate/${seededEvaluation(2)}` },
    {
      name: 'evaluation-compare',
      address: `/evaluate/compare?ids=${seededEvaluation(0)},${seededEvaluation(1)}`,
    },
    { name: 'playground', address: '/playground' },
    {
      name: 'playground-written',
      address: `/playground?checkpoint=${real.id}@${real.step}`,
      open: async (page) => {
        await page.getByLabel('Prompt').last().fill('Once upon a time');
        await button(page, 'Write').click();
        await page.getByText('tokens/s').waitFor();
      },
    },
    { name: 'inspect', address: '/inspect' },
    {
      name: 'inspect-looked',
      address: `/inspect?checkpoint=${real.id}@${real.step}`,
      open: async (page) => {
        await page.getByRole('textbox', { name: 'Text' }).fill('Once upon a time there was a little girl.');
        await button(page, 'Look inside').click();
        await page.getByRole('application', { name: /^Attention/ }).focus();
        for (let moved = 0; moved < 9; moved++) await page.keyboard.press('ArrowDown');
      },
    },
    { name: 'learn', address: '/learn' },
    { name: 'learn-term', address: '/learn', open: (page) => button(page, 'Attention').click() },
    {
      name: 'learn-term-pytorch',
      address: '/learn',
      open: async (page) => (await button(page, 'LoRA').click(), await tab('In PyTorch')(page)),
    },
    { name: 'learn-lesson', address: '/learn/attention' },
    { name: 'settings', address: '/settings' },
    { name: 'palette', address: '/', open: (page) => page.keyboard.press('Control+k') },
    { name: 'shortcuts', address: '/runs', open: (page) => page.keyboard.press('Shift+?') },
    { name: 'not-found', address: '/no/such/place' },
  ];
}

/** Runs a command by its words, through the palette. */
export async function runCommand(page: Page, words: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.keyboard.type(words);
  await page.getByRole('option', { name: words }).first().waitFor();
  await page.keyboard.press('Enter');
}

/** Goes to an address of the page that is open, by a fresh start of the page, so that nothing is left open. */
export async function goTo(page: Page, address: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, address);
  await page.reload();
  await untilStill(page);
}

/**
 * Comes to an address of the page that is open by way of one that has nothing, so that the place is made anew
 * though the page is not: a quarter of the work of a fresh start, but what stands over all places stays.
 */
export async function comeTo(page: Page, address: string): Promise<void> {
  const nothing = page.getByRole('heading', { name: 'There is nothing at this address' });
  const setHash = (hash: string): Promise<void> =>
    page.evaluate((next) => {
      location.hash = next;
    }, hash);
  await setHash('/nothing/here');
  await nothing.waitFor();
  await setHash(address);
  await nothing.waitFor({ state: 'detached' });
  await untilStill(page);
}

/** Waits until the place stands: fonts are there, and nothing waits for its first answer. */
export async function untilStill(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      document.querySelector('main h1, main h2') !== null &&
      document.querySelector('.skeleton, [aria-busy=true]') === null,
  );
  await page.evaluate(async () => {
    await document.fonts.ready;
    const twoFrames = new Promise((resolve) =>
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(undefined))),
    );
    await twoFrames;
  });
}

/** Goes to a place and opens what belongs to it. */
export async function openPlace(page: Page, place: Place): Promise<void> {
  await goTo(page, place.address);
  await place.open?.(page);
  await untilStill(page);
}
