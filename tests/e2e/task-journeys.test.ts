// Each task through the whole product in a real browser: data that is dropped, columns that are guessed, what the
// model sees, a short run with its figures and samples, an evaluation, an answer in the playground, an export. One
// studio, one browser; the models learn nothing in so few steps, and need not.

import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../setup/browser.ts';
import { openPage, removeHome, serveStudio, type Complaints, type ServedStudio } from './served-studio.ts';

/** Long enough for a busy machine; on two quiet cores each journey takes seconds. */
const limitMs = 120_000;
const stepMs = 30_000;

interface Journey {
  readonly task: string;
  readonly file: string;
  readonly rows: readonly string[];
  /** What is said about the columns. */
  readonly guess: string | RegExp;
  /** What some tokens of an example are said to be. */
  readonly sees: string;
  readonly startsFromBase?: boolean;
  readonly chart: string;
  /** What stands among the samples of the run. */
  readonly sample: string;
  /** A figure of the evaluation. */
  readonly figure: string;
  readonly question: string;
  /** The forms that an export offers, by their labels. */
  readonly forms: readonly string[];
}

const nouns = ['loom', 'mill', 'yarn', 'wool', 'bell', 'hand'];
const nounOf = (i: number): string => nouns[i % nouns.length]!;
const numbers = Array.from({ length: 36 }, (_, i) => i);
const everyForm = ['Hugging Face folder', 'Single safetensors', 'PyTorch .pth'];

const journeys: readonly Journey[] = [
  {
    task: 'translate',
    file: 'pairs.tsv',
    rows: ['en\tde', ...numbers.map((i) => `the ${nounOf(i)} ${i}\tder ${nounOf(i)} ${i}`)],
    guess: '"en" is translated into "de"',
    sees: 'learned',
    sample: 'reference',
    chart: 'Validation BLEU',
    figure: 'BLEU',
    question: 'the loom 3',
    forms: ['Single safetensors', 'PyTorch .pth', 'PyTorch run'],
  },
  {
    task: 'seq2seq',
    file: 'turned.jsonl',
    rows: numbers.map((i) => JSON.stringify({ input: `${nounOf(i)}${i}`, output: `${i}${nounOf(i)}` })),
    guess: /input.*output/,
    sees: 'learned',
    sample: 'reference',
    chart: 'Validation BLEU',
    figure: 'BLEU',
    question: 'loom3',
    forms: ['Single safetensors', 'PyTorch .pth', 'PyTorch run'],
  },
  {
    task: 'classify',
    file: 'classes.csv',
    rows: [
      'text,label',
      ...numbers.map((i) => `the ${nounOf(i)} is ${i % 2 ? 'fine' : 'torn'} ${i},${i % 2 ? 'up' : 'down'}`),
    ],
    guess: /text.*label/,
    sees: 'read',
    sample: 'right',
    chart: 'Validation accuracy',
    figure: 'Accuracy',
    question: 'the loom is fine',
    forms: everyForm,
  },
  {
    task: 'mask',
    file: 'lines.csv',
    rows: ['text', ...numbers.map((i) => `the ${nounOf(i)} stands in the ${nounOf(i + 1)} of house ${i}`)],
    guess: /text/,
    sees: 'learned',
    sample: 'Hidden words are counted',
    chart: 'Validation accuracy',
    figure: 'Perplexity',
    question: 'the [MASK] stands in the mill',
    forms: everyForm,
  },
  {
    task: 'instruct',
    file: 'asked.jsonl',
    rows: numbers.map((i) =>
      JSON.stringify({ instruction: `Name a ${nounOf(i)}`, output: `a ${nounOf(i)}` }),
    ),
    guess: /instruction.*output/,
    sees: 'learned',
    startsFromBase: true,
    sample: 'reference',
    chart: 'Validation accuracy',
    figure: 'Perplexity',
    question: 'Name a loom',
    forms: [...everyForm, 'PEFT adapter'],
  },
  {
    task: 'chat',
    file: 'talks.jsonl',
    rows: numbers.map((i) =>
      JSON.stringify({
        messages: [
          { role: 'user', content: `a ${nounOf(i)}?` },
          { role: 'assistant', content: `a ${nounOf(i)}.` },
        ],
      }),
    ),
    guess: /messages/,
    sees: 'learned',
    startsFromBase: true,
    sample: 'reference',
    chart: 'Validation accuracy',
    figure: 'Perplexity',
    question: 'a mill?',
    forms: [...everyForm, 'PEFT adapter'],
  },
];

let browser: Browser;
let served: ServedStudio;
let page: Page;
let complaints: Complaints;

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
const place = (name: string) => page.evaluate((hash) => (location.hash = hash), `#${name}`);

async function set(label: string, value: string): Promise<void> {
  const field = page.getByLabel(`${label}, exact value`);
  await field.fill(value);
  await field.press('Enter');
}

/** Drops a file onto the datasets and imports it; gives the id of the dataset. */
async function importFile(name: string, rows: readonly string[]): Promise<string> {
  await place('/datasets');
  await page.waitForURL(/#\/datasets$/);
  await page.locator('h1').first().waitFor({ state: 'attached' });
  const data = await page.evaluateHandle(
    ([content, fileName]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content!], fileName!, { type: 'text/plain' }));
      return transfer;
    },
    [`${rows.join('\n')}\n`, name],
  );
  for (const type of ['dragenter', 'dragover', 'drop'])
    await page.dispatchEvent('body', type, { dataTransfer: data });
  await button('Import').click();
  await page.waitForURL(/#\/datasets\/./);
  return /datasets\/([^/?]+)/.exec(page.url())![1]!;
}

beforeAll(async () => {
  browser = await launchBrowser();
  served = await serveStudio();
  ({ page, complaints } = await openPage(browser, served.url));
  page.setDefaultTimeout(stepMs);
}, limitMs);
afterAll(async () => {
  await browser.close();
  await served.close();
  await removeHome(served.home);
}, limitMs);

describe.each(journeys)('$task', { timeout: limitMs }, (journey) => {
  let runId: string;

  it('is designed with columns that are guessed and examples that are seen, and trained', async () => {
    const datasetId = await importFile(journey.file, journey.rows);
    await place(`/new?task=${journey.task}&dataset=${datasetId}`);
    await page.locator(`[aria-pressed=true], [aria-checked=true]`).first().waitFor();
    if (journey.startsFromBase) {
      // A draft that begins with a model that can do the task keeps it.
      const begin = button('Begin with the base model');
      const lora = page.getByRole('radio', { name: 'LoRA' });
      await begin.or(lora).first().waitFor();
      if (await begin.isVisible()) await begin.click();
      await lora.click();
    }
    await page.getByText(journey.guess).first().waitFor();
    await page
      .getByText(/examples (can be learned from|looked at)/)
      .first()
      .waitFor();
    await page
      .locator('.tokens', { hasText: `${journey.sees}:` })
      .first()
      .waitFor();
    await page.getByRole('radio', { name: 'Steps', exact: true }).click();
    await set('Steps', '6');
    await set('Evaluate every', '3');
    await button('Start training').click();
    await page.waitForURL(/#\/runs\/./);
    runId = /runs\/([^/?]+)/.exec(page.url())![1]!;
    await page.locator('.page').getByText('finished', { exact: false }).first().waitFor();
    await page
      .getByLabel(new RegExp(`^${journey.chart}`))
      .first()
      .waitFor();
    await page.getByRole('region', { name: 'Samples' }).getByText(journey.sample).first().waitFor();
    expect(complaints).toEqual([]);
  });

  it('is evaluated on what was held out', async () => {
    await place('/evaluate');
    await button('New evaluation').first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Evaluate', exact: true }).click();
    await button('Open the evaluation').click();
    await page.waitForURL(/#\/evaluate\/./);
    await page.getByText(journey.figure, { exact: true }).first().waitFor();
    expect(complaints).toEqual([]);
  });

  it('answers in the playground', async () => {
    await place(`/playground?checkpoint=${runId}`);
    if (journey.startsFromBase) {
      const message = page.getByLabel('Message', { exact: true });
      await set('Length', '5');
      // The conversation of the journey before is still there: a page forgets nothing.
      const clear = button('Clear');
      if (await clear.isEnabled().catch(() => false)) await clear.click();
      for (const turn of [1, 2]) {
        await message.fill(journey.question);
        await message.press('Enter');
        await page
          .locator('.answer footer')
          .nth(turn - 1)
          .waitFor();
      }
      await page.getByText('2 turns').waitFor();
      await button('Clear').click();
      await button('Undo').last().click();
      await page.getByText('2 turns').waitFor();
    } else {
      await page.locator('#playground-text').fill(journey.question);
      await page.locator('.compose button[type=submit]').click();
      await page.getByRole('region', { name: 'Answers' }).getByText(journey.question).waitFor();
    }
    expect(complaints).toEqual([]);
  });

  it('leaves in the forms that can hold it', async () => {
    await place(`/checkpoints?checkpoint=${runId}@6`);
    await button('Export').last().click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('.choice:not(.unfit) input[name=export-format]').first().waitFor();
    const labels = await dialog
      .locator('.choice:not(.unfit):has(input[name=export-format]) .words > :first-child')
      .allTextContents();
    for (const form of journey.forms) expect(labels).toContain(form);
    expect(labels.includes('PEFT adapter')).toBe(journey.startsFromBase === true);
    const last = dialog.getByLabel(journey.forms.at(-1)!);
    await last.check();
    const downloading = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Export', exact: true }).click();
    await page.getByText(/read back from the files and (is|are) the same, bit for bit/).waitFor();
    await (await downloading).delete();
    await page.keyboard.press('Escape');
    expect(complaints).toEqual([]);
  });
});
