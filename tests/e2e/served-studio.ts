// The whole product behind a page: the built program serves a home in a process of its own, and a page of a
// real browser has opened its address. For journeys; knows nothing of what they do.

import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { ensureBuilt } from '../../main/build/ensure.mjs';
import { projectRoot } from '../../main/launcher/project.mjs';
import { linesOf, untilSays } from '../main/run-source.ts';
import { startHeddle, type RunningHeddle } from './command-line.ts';

/** What a page complained of: uncaught errors, console errors and warnings, refused content. */
export type Complaints = readonly string[];

export interface ServedStudio {
  readonly home: string;
  readonly heddle: RunningHeddle;
  /** Works once. */
  readonly url: string;
  /** Ends the program as Ctrl-C does and waits until it has saved. */
  close(): Promise<void>;
}

/** Serves a home on a free port; a new empty one unless `home` is given. */
export async function serveStudio(home?: string): Promise<ServedStudio> {
  await ensureBuilt(projectRoot(), ['kernels', 'main', 'renderer']);
  const folder = home ?? (await mkdtemp(join(tmpdir(), 'heddle-journey-')));
  const heddle = startHeddle(folder, 'serve', '--no-open', '--port', '0');
  const said = await untilSays(heddle.child, '\n');
  const [listening] = linesOf(said.slice(0, said.indexOf('\n')));
  return {
    home: folder,
    heddle,
    url: String(listening!.url),
    async close() {
      heddle.child.kill('SIGINT');
      await heddle.ended;
    },
  };
}

/** Removes the home of a journey once nothing has it open. */
export async function removeHome(home: string): Promise<void> {
  if (existsSync(home)) await rm(home, { recursive: true, force: true });
}

/** Opens the studio in a page of its own and listens to its complaints. */
export async function openPage(
  browser: Browser,
  url: string,
  options: { theme?: 'dark' | 'light'; width?: number; height?: number } = {},
): Promise<{ page: Page; complaints: Complaints }> {
  const { theme = 'dark', width = 1440, height = 900 } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
    acceptDownloads: true,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    const isOurs = !message.text().includes('willReadFrequently');
    if (isOurs && ['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  await page.goto(url);
  return { page, complaints };
}
