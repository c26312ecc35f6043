// The built page in a real browser, under the host's content policy: one button, live curves on a canvas,
// generated text, themes. The studio behind it is invented; its words travel over the real socket.

import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from '../setup/browser.ts';
import { serveFakePage, type FakePage } from './fake-page.ts';

let browser: Browser;
let host: FakePage;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

beforeEach(async () => {
  host = await serveFakePage({ textDelayMs: 2 });
  page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' });
  complaints = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const isOurs = !message.text().includes('willReadFrequently');
    if (isOurs && ['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  await page.goto(host.url);
  await page.getByRole('button', { name: 'Train a small model' }).waitFor();
});
afterEach(async () => {
  await page.close();
  await host.close();
});

async function train(steps: number): Promise<void> {
  await page.getByRole('button', { name: 'Train a small model' }).click();
  await page.getByRole('heading', { name: 'amber-loom' }).waitFor();
  await page.getByText('Appears with the first step.').first().waitFor();
  host.studio.advance(steps);
  await page.getByText(`step ${steps} / 700`).waitFor();
}

/** How many pixels of a chart are of its line's colour. */
function colouredPixels(label: RegExp, color: [number, number, number]): Promise<number> {
  return page
    .getByLabel(label)
    .locator('canvas')
    .evaluate((canvas, [red, green, blue]) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
      let count = 0;
      for (let at = 0; at < data.length; at += 4)
        if (
          Math.abs(data[at]! - red) + Math.abs(data[at + 1]! - green) + Math.abs(data[at + 2]! - blue) < 30 &&
          data[at + 3]! > 200
        )
          count++;
      return count;
    }, color);
}

describe('the page', () => {
  it('trains with one button and draws the curves as they come', async () => {
    await train(120);
    const amber: [number, number, number] = [0xf0, 0xa2, 0x3b];
    await page.getByLabel(/^Loss: train .* at step 120/).waitFor();
    const before = await colouredPixels(/^Loss:/, amber);
    expect(before).toBeGreaterThan(50);
    host.studio.advance(400);
    await page.getByLabel(/^Loss: train .* at step 520/).waitFor();
    expect(await colouredPixels(/^Loss:/, amber)).toBeGreaterThan(before * 1.5);
    for (const chart of [/^Perplexity:/, /^Learning rate:/, /^Gradient norm:/])
      expect(await colouredPixels(chart, amber)).toBeGreaterThan(50);
    expect(complaints).toEqual([]);
  });

  it('shares one crosshair among its charts, by pointer and by keys', async () => {
    await train(400);
    await page.getByLabel(/^Loss:/).hover({ position: { x: 200, y: 80 } });
    await page.locator('.wire').nth(3).waitFor();
    const words = page.locator('.tooltip .meta').first();
    expect(await words.textContent()).toMatch(/^step \d+/);
    await page.mouse.move(5, 5);
    await expect.poll(() => page.locator('.wire').count()).toBe(0);
    await page.getByLabel(/^Gradient norm:/).focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => words.textContent()).toMatch(/^step 3\d\d/);
    expect(await page.locator('.wire').count()).toBeGreaterThan(3);
  });

  it('writes text while it trains, piece by piece', async () => {
    await train(150);
    await page.getByLabel('Prompt').fill('Once ');
    await page.getByRole('button', { name: 'Write', exact: true }).click();
    await page.getByText('tokens from step 100').waitFor();
    const text = await page.getByLabel('Written text').textContent();
    expect(text).toBe('Once there was a lamp in the window, and the snow came to the hill. ');
    expect(complaints).toEqual([]);
  });

  it('pauses, resumes and marks where it was resumed', async () => {
    await train(150);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('button', { name: 'Stop and save' }).waitFor();
    await page.getByRole('tab', { name: /^Log/ }).click();
    const log = page.getByRole('tabpanel');
    await expect.poll(() => log.textContent()).toContain('Resumed');
  });

  it('opens palette, menu, sheet and dialogs under the content policy, and is left by Esc', async () => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type('settings');
    await page.getByRole('option', { name: 'Open the settings' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Settings and health' }).waitFor();
    await page.keyboard.press('Shift+?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'All commands' }).click();
    await page.getByRole('menuitem', { name: 'New run' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Show licences' }).click();
    await page.getByRole('dialog', { name: 'Licences' }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('[role=dialog], [role=menu]').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('comes back by itself to the run it showed, in the theme it had', async () => {
    await train(150);
    await page.keyboard.press('Shift+T');
    await page.keyboard.press('Shift+T');
    await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe('light');
    await page.reload();
    await page.getByText('step 150 / 700').waitFor();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('light');
  });
});
