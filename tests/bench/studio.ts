// The studio as a user waits for it: its start, a reload in the middle of a run's page, a run of a million points
// opened, the rows its store writes, and what it holds in memory while nothing happens.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { openStore } from '../../main/store/store.ts';
import { seedHome } from '../e2e/seeded-home.ts';
import { openPage, serveStudio } from '../e2e/served-studio.ts';
import { launchBrowser } from '../setup/browser.ts';
import type { Measure } from './measure.ts';

const pointCount = 1_000_000;
const idleMs = 10_000;
const writtenPoints = 50_000;
/** As many points as the engine says together. */
const pointsAtOnce = 5;

export const studio: Measure = {
  name: 'studio',
  title: 'the studio: start, reload, a run of a million points, store writes, memory while idle',
  async run({ report, folder }) {
    const home = join(folder, 'home');
    const { long } = await seedHome(home, pointCount);
    const writesPerSecond = measureWrites(home, long.id);
    const browser = await launchBrowser();
    try {
      const startedMs = performance.now();
      const served = await serveStudio(home);
      const { page } = await openPage(browser, served.url);
      await page.getByRole('link', { name: 'Runs' }).first().waitFor();
      const startMs = performance.now() - startedMs;
      const openMs = await timed(page, long.id);
      const reloadStartedMs = performance.now();
      await page.reload();
      await untilDrawn(page);
      const reloadMs = performance.now() - reloadStartedMs;
      await page.close();
      await sleep(idleMs);
      const idleBytes = residentBytes(served.heddle.child.pid!);
      await served.close();
      const own = { peer: null, ratio: null };
      report.rows(this.title, [
        { name: 'studio-start', value: startMs / 1000, unit: 's', ...own },
        { name: 'studio-reload', value: reloadMs / 1000, unit: 's', ...own },
        { name: 'studio-million-points', value: openMs / 1000, unit: 's', ...own },
        { name: 'store-writes', value: writesPerSecond, unit: 'rows/s', ...own },
        ...(idleBytes === null
          ? []
          : [{ name: 'studio-idle-memory', value: idleBytes / 2 ** 20, unit: 'MiB', ...own }]),
      ]);
    } finally {
      await browser.close();
    }
  },
};

/** From the address of a run to its loss drawn to the last point, with the page loaded. */
async function timed(page: Page, runId: string): Promise<number> {
  const startedMs = performance.now();
  await page.evaluate((id) => (location.hash = `#/runs/${id}`), runId);
  await untilDrawn(page);
  return performance.now() - startedMs;
}

async function untilDrawn(page: Page): Promise<void> {
  await page.getByLabel(/^Loss: .* at step 1,000,000/).waitFor();
}

function measureWrites(home: string, runId: string): number {
  const store = openStore(home);
  try {
    const startedMs = performance.now();
    for (let step = 1; step <= writtenPoints; step += pointsAtOnce) {
      const points = Array.from({ length: pointsAtOnce }, (_, index) => ({
        step: pointCount + step + index,
        epoch: 1,
        timeMs: step,
        values: { 'bench/value': step },
      }));
      store.metrics.add(runId, points);
    }
    const perSecond = writtenPoints / ((performance.now() - startedMs) / 1000);
    store.metrics.cutAfter(runId, pointCount);
    return perSecond;
  } finally {
    store.close();
  }
}

/** What a process and its children hold in memory; null where the system does not say. */
function residentBytes(pid: number): number | null {
  if (process.platform !== 'linux') return null;
  const own =
    Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(/\s+/)
    .filter(Boolean);
  return own + children.reduce((sum, child) => sum + (residentBytes(Number(child)) ?? 0), 0);
}
