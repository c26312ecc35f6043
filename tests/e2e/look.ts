// Takes pictures of the page in both themes and two sizes, for a person to look at. Not a test.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../setup/browser.ts';
import { serveFakePage } from './fake-page.ts';

const folder = process.argv[2] ?? 'out/look';
mkdirSync(folder, { recursive: true });
const sizes = [
  { width: 1440, height: 900 },
  { width: 1024, height: 700 },
];
const browser = await launchBrowser();

async function shoot(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready.then(() => undefined));
  await page.waitForTimeout(250);
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

for (const theme of ['dark', 'light'] as const)
  for (const viewport of sizes) {
    const { studio, url, close } = await serveFakePage({ textDelayMs: 5 });
    const page = await browser.newPage({ viewport, colorScheme: theme, reducedMotion: 'reduce' });
    page.on('console', (message) => process.stderr.write(`${message.text()}\n`));
    const at = `${theme}-${viewport.width}`;
    await page.goto(url);
    await page.getByRole('button', { name: 'Train a small model' }).waitFor();
    await shoot(page, `start-empty-${at}`);
    studio.addRun('indigo-twill', 'finished', 700);
    studio.addRun('olive-reed', 'failed', 130, {
      error: { code: 'disk-full', message: 'The disk is full.', hint: 'Free some space and resume the run.' },
    });
    await page.getByRole('button', { name: 'Train a small model' }).click();
    await page.getByRole('heading', { name: 'amber-loom' }).waitFor();
    await shoot(page, `run-empty-${at}`);
    studio.advance(280);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    studio.advance(150);
    await page.getByText('step 430').waitFor();
    await shoot(page, `run-${at}`);
    await page.getByRole('button', { name: 'Write' }).click();
    await page.getByText('from step').waitFor();
    await page.getByLabel(/^Loss:/).hover({ position: { x: 150, y: 80 } });
    await shoot(page, `run-hover-${at}`);
    await page.getByRole('link', { name: 'Start', exact: true }).click();
    await shoot(page, `start-${at}`);
    await page.getByRole('link', { name: 'Runs', exact: false }).first().click();
    await shoot(page, `runs-${at}`);
    await page.getByRole('link', { name: 'olive-reed' }).click();
    await shoot(page, `run-failed-${at}`);
    await page.getByRole('link', { name: 'Runs' }).first().click();
    await page.getByRole('link', { name: 'indigo-twill' }).click();
    await page.locator('summary').first().click();
    await page.locator('summary').last().click();
    await page.locator('.folds').scrollIntoViewIfNeeded();
    await shoot(page, `run-finished-${at}`);
    await page.close();
    await close();
  }
await browser.close();
