// Every place of the page, on a home of forty runs and on one that trains: no serious finding of axe in either
// theme, no complaint of the browser, nothing wider than the window.

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../setup/browser.ts';
import { seriousFindings } from './accessibility.ts';
import { serveFakePage, type FakePage } from './fake-page.ts';
import { comeTo, openPlace, seededPlaces, untilStill, type Place } from './places.ts';
import { seedHome } from './seeded-home.ts';
import { openPage, removeHome, serveStudio, type Complaints, type ServedStudio } from './served-studio.ts';

const limitMs = 300_000;
const widths = [1440, 1024, 800];
/** What a theme can change. */
const themeRules = ['color-contrast', 'link-in-text-block'];

let browser: Browser;
let page: Page;
let complaints: Complaints;
let complaintCount = 0;

/** What is wrong with the page as it stands, in words. */
async function faults(place: string): Promise<string[]> {
  const found: string[] = [];
  const headings = await page.locator('h1').count();
  if (headings !== 1) found.push(`${place}: ${headings} main headings`);
  for (const finding of await seriousFindings(page)) found.push(`${place}, dark: ${finding}`);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.waitForFunction(() => document.documentElement.dataset['theme'] === 'light');
  for (const finding of await seriousFindings(page, { rules: themeRules }))
    found.push(`${place}, light: ${finding}`);
  for (const width of widths) {
    await page.setViewportSize({ width, height: 700 });
    for (const wide of await tooWide()) found.push(`${place}, ${width} pixels: ${wide}`);
  }
  await page.setViewportSize({ width: widths[0]!, height: 900 });
  await page.emulateMedia({ colorScheme: 'dark' });
  found.push(...complaints.slice(complaintCount).map((complaint) => `${place}: ${complaint}`));
  complaintCount = complaints.length;
  return found;
}

/** Parts of the frame that scroll sideways, and parts of it that stick out of the window. */
function tooWide(): Promise<string[]> {
  return page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    const name = (one: Element): string => `${one.tagName.toLowerCase()}.${[...one.classList].join('.')}`;
    const frame = [
      ...document.querySelectorAll('html, body, #page, #page > .frame, .main, .page, [role=dialog]'),
    ];
    const scrolling = frame
      .filter((one) => one.scrollWidth > one.clientWidth + 1)
      .map((one) => `${name(one)} is ${one.scrollWidth - one.clientWidth} pixels wider than its place`);
    const sticking = [...document.querySelectorAll('button, a, input, h1, h2, [role=dialog]')]
      .filter((one) => {
        const { right, width } = one.getBoundingClientRect();
        // A table that is wider than its card scrolls by itself.
        return width > 1 && right > innerWidth + 1 && one.closest('[role=grid], [role=table]') === null;
      })
      .map((one) => `${name(one)} "${one.textContent?.trim().slice(0, 30)}" sticks out`);
    return [...scrolling, ...sticking];
  });
}

/** Opens a place of the page as it stands, or of a page loaded anew where something stands in the way. */
async function arrive(place: Place): Promise<void> {
  page.setDefaultTimeout(5_000);
  try {
    await page.keyboard.press('Escape');
    await comeTo(page, place.address);
    await place.open?.(page);
    await untilStill(page);
    page.setDefaultTimeout(20_000);
  } catch {
    page.setDefaultTimeout(20_000);
    await openPlace(page, place);
  }
}

beforeAll(async () => {
  browser = await launchBrowser();
}, limitMs);
afterAll(() => browser.close());

describe('the places of a home of forty runs', { timeout: limitMs }, () => {
  let home: string;
  let served: ServedStudio;
  let places: readonly Place[];
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'heddle-places-'));
    places = seededPlaces(await seedHome(home, 5_000));
    served = await serveStudio(home);
    ({ page, complaints } = await openPage(browser, served.url));
  }, limitMs);
  afterAll(async () => {
    await page.context().close();
    await served.close();
    await removeHome(home);
  }, limitMs);

  it('can be read by everybody, fit the window and complain of nothing', async () => {
    const found: string[] = [];
    for (const place of places) {
      try {
        await arrive(place);
        found.push(...(await faults(place.name)));
      } catch (error) {
        found.push(`${place.name}: ${String(error)}`);
      }
    }
    expect([...new Set(found)]).toEqual([]);
  });
});

describe('the places of a new home and of a run that trains', { timeout: limitMs }, () => {
  let host: FakePage;
  beforeAll(async () => {
    host = await serveFakePage();
    ({ page, complaints } = await openPage(browser, host.url));
    page.setDefaultTimeout(20_000);
    complaintCount = 0;
  }, limitMs);
  afterAll(async () => {
    await page.context().close();
    await host.close();
  });

  it('can be read by everybody, fit the window and complain of nothing', async () => {
    const found: string[] = [];
    for (const address of [
      '/',
      '/datasets',
      '/new',
      '/runs',
      '/compare',
      '/checkpoints',
      '/evaluate',
      '/playground',
    ]) {
      await comeTo(page, address);
      found.push(...(await faults(`new ${address}`)));
    }
    const { id } = host.studio.addRun('amber-loom', 'running', 300);
    for (const address of ['/', `/runs/${id}`, '/runs']) {
      await comeTo(page, address);
      host.studio.advance(20);
      await untilStill(page);
      found.push(...(await faults(`training ${address}`)));
    }
    expect([...new Set(found)]).toEqual([]);
  });
});
