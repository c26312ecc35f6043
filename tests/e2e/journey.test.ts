// A new user's way through the whole product in a real browser: first launch to text, a dropped file, a designed
// run, a second one laid over it, fine-tuning, exports that open again, an engine and a main that are killed.
// Each step goes on where the one before it ended, as people do.

import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '../../main/store/store.ts';
import { launchBrowser } from '../setup/browser.ts';
import { enginePid, killHard, onlyRunFolder, until } from './engine-process.ts';
import { openPage, removeHome, serveStudio, type Complaints, type ServedStudio } from './served-studio.ts';
import { unzip } from './unzip.ts';

/** Long enough for a busy machine; on two quiet cores each step takes seconds. */
const limitMs = 400_000;
const stepMs = 240_000;

let browser: Browser;
let served: ServedStudio;
let page: Page;
let complaints: Complaints;

async function open(): Promise<void> {
  ({ page, complaints } = await openPage(browser, served.url));
  page.setDefaultTimeout(stepMs);
}

/** Sets a number of the designer by its exact value. */
async function set(label: string, value: string): Promise<void> {
  const field = page.getByLabel(`${label}, exact value`);
  await field.fill(value);
  await field.press('Enter');
}

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
const badge = (state: string) => page.locator('.page').getByText(state, { exact: false }).first();

/** From the run's page that is open: waits until the run has ended, and gives its name. */
async function untilFinished(): Promise<string> {
  await badge('finished').waitFor();
  return (await page.getByRole('heading', { level: 1 }).textContent())!.trim();
}

beforeAll(async () => {
  browser = await launchBrowser();
  served = await serveStudio();
  await open();
}, limitMs);
afterAll(async () => {
  await browser.close();
  await served.close();
  await removeHome(served.home);
}, limitMs);

describe('a new user', { timeout: limitMs }, () => {
  it('trains on the sample with one click and reads what the model writes', async () => {
    await button('Train a small model on the sample stories').click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByLabel(/^Loss: train .* at step/).waitFor();
    await page
      .getByText(/^step \d+/)
      .first()
      .waitFor();
    expect(complaints).toEqual([]);
  });

  it('kills the engine and sees the run go on from its last checkpoint', async () => {
    await button('What to do with this run').click();
    await page
      .getByRole('menuitem', { name: /checkpoint|save/i })
      .first()
      .click();
    const folder = onlyRunFolder(served.home)!;
    const store = await until('a checkpoint', () => latestCheckpoint(served.home));
    const pid = await until('an engine', () => enginePid(served.home));
    killHard(pid);
    await until(
      'another engine',
      () => {
        const next = enginePid(served.home);
        return next !== null && next !== pid ? next : null;
      },
      stepMs,
    );
    expect(folder).toContain(served.home);
    expect(store).toBeGreaterThan(0);
    await page.getByRole('tab', { name: /Log/ }).click();
    await page
      .getByText(/restarted/i)
      .first()
      .waitFor();
  });

  it('reloads in the middle of the run without a gap or a double point', async () => {
    await page.getByRole('tab', { name: 'Overview' }).click();
    await page.reload();
    await page.getByLabel(/^Loss: train .* at step/).waitFor();
    await button('Pause').click();
    await button('Resume').waitFor();
    const download = page.waitForEvent('download');
    await button('What to do with Loss').click();
    await page.getByRole('menuitem', { name: 'Save figures as CSV' }).click();
    const rows = (await readFile(await (await download).path(), 'utf8')).trim().split('\n').slice(1);
    const steps = rows.map((row) => row.split(',')).filter(([, key]) => key === 'train/loss');
    expect(steps.map(([, , step]) => Number(step))).toEqual(steps.map((_, index) => index + 1));
    expect(steps.length).toBeGreaterThan(5);
  });

  it('kills main, starts it again, and resumes the run where it was saved', async () => {
    await button('Resume').click();
    await button('Pause').waitFor();
    await until('a training engine', () => enginePid(served.home));
    served.heddle.child.kill('SIGKILL');
    await served.heddle.ended;
    await page.context().close();
    served = await serveStudio(served.home);
    await open();
    await page.getByRole('link', { name: 'Runs' }).first().click();
    await page.getByRole('grid').or(page.getByRole('table')).getByRole('link').first().click();
    await button('Resume').click();
    await button('Stop and save').click();
    await badge('stopped').waitFor();
    const store = openStore(served.home);
    const [run] = store.runs.list();
    const steps = store.metrics.list(run!.id, -1).map(({ step }) => step);
    store.close();
    expect(steps).toEqual(Array.from({ length: run!.step }, (_, index) => index + 1));
  });

  it('drops a text, looks at it, imports it', async () => {
    const line = 'The weaver sets the loom and the loom weaves the cloth. ';
    const text = Array.from({ length: 200 }, (_, index) => `${line}Cloth number ${index} is done.\n`).join(
      '',
    );
    await page.getByRole('link', { name: 'Datasets' }).first().click();
    const data = await page.evaluateHandle((content) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content], 'weaver.txt', { type: 'text/plain' }));
      return transfer;
    }, text);
    for (const type of ['dragenter', 'dragover', 'drop'])
      await page.dispatchEvent('body', type, { dataTransfer: data });
    await page.getByText('The weaver sets the loom').first().waitFor();
    await button('Import').click();
    await page.getByRole('heading', { name: 'weaver' }).first().waitFor();
    expect(complaints).toEqual([]);
  });

  it('designs a model, trains it, and lays a second run with another learning rate over it', async () => {
    for (const rate of ['2e-3', '5e-4']) {
      await page.evaluate(() => (location.hash = '#/new'));
      await set('Layers', '1');
      await set('Heads', '2');
      await set('Width', '32');
      await set('Steps', '30');
      await set('Evaluate every', '10');
      await set('Learning rate', rate);
      await page
        .getByText(/Parameters/)
        .first()
        .waitFor();
      await button('Start training').click();
      await page.getByLabel(/^Loss: train .* at step/).waitFor();
      await untilFinished();
    }
    await page.getByRole('link', { name: 'Runs' }).first().click();
    const boxes = page.getByRole('checkbox');
    await boxes.nth(1).click();
    await boxes.nth(2).click();
    await button('Compare').click();
    await page.getByLabel(/^Validation loss: .* at step 30/).waitFor();
    await page.getByText('learningRate').first().waitFor();
    expect(complaints).toEqual([]);
  });

  it('exports the best checkpoint, reads that every tensor was compared, and opens the zip again', async () => {
    await page.getByRole('link', { name: 'Checkpoints' }).first().click();
    await page.getByRole('grid').or(page.getByRole('table')).getByRole('row').nth(1).click();
    await button('Export').last().click();
    const downloading = page.waitForEvent('download');
    await page.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }).click();
    await page.getByText(/read back from the files and are the same, bit for bit/).waitFor();
    const folder = await mkdtemp(join(tmpdir(), 'heddle-journey-zip-'));
    const files = await unzip(await (await downloading).path(), folder);
    expect(files).toEqual(expect.arrayContaining(['config.json', 'model.safetensors', 'tokenizer.json']));
    await page.keyboard.press('Escape');
    // What left comes back in through the door for weights of other programs.
    await button('Open weights').click();
    const choosing = page.waitForEvent('filechooser');
    await page.getByRole('menuitem', { name: /folder/i }).click();
    await (await choosing).setFiles(folder);
    // It opens where a run begins from it.
    await page.getByLabel('Weights to begin with').waitFor();
    await removeHome(folder);
  });

  it('fine-tunes a checkpoint on another text and talks to it', async () => {
    await page.getByRole('link', { name: 'Checkpoints' }).first().click();
    await page.getByRole('grid').or(page.getByRole('table')).getByRole('row').nth(1).click();
    await button('Fine-tune from here').first().click();
    await set('Steps', '10');
    await set('Evaluate every', '5');
    await button('Start training').click();
    const name = await untilFinished();
    await page.getByText('fine-tune').first().waitFor();
    await page.getByRole('link', { name: 'Playground' }).first().click();
    await page.getByLabel('Prompt').last().fill('The weaver');
    await button('Write').click();
    await page
      .getByText(/tokens/)
      .first()
      .waitFor();
    expect(name).not.toBe('');
    expect(complaints).toEqual([]);
  });
});

/** The step of the newest checkpoint of the only run; null while there is none. */
function latestCheckpoint(home: string): number | null {
  const store = openStore(home);
  try {
    const [run] = store.runs.list();
    return (run && store.checkpoints.list(run.id).at(-1)?.step) ?? null;
  } finally {
    store.close();
  }
}
