// The journey in Electron's own window: first launch to text, driven by Playwright. It runs wherever
// Electron's executable and a display are; elsewhere it is skipped and says why. No executable could be had
// where Heddle is built so far, so the same journey runs in a browser too.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt } from '../../main/build/ensure.mjs';
import { ALL_PARTS } from '../../main/build/parts.mjs';
import { whyNoWindow } from '../../main/launcher/desktop.mjs';
import { electronBinary } from '../../main/launcher/electron-binary.mjs';
import { projectRoot } from '../../main/launcher/project.mjs';
import type { DesktopStudio } from '../../renderer/bridge/desktop-bridge.ts';

type DesktopWindow = Window & { studio: DesktopStudio };

const root = projectRoot();
const binary = electronBinary(root);
const isRoot = process.getuid?.() === 0;
const reason =
  whyNoWindow({ env: process.env, platform: process.platform, isRoot }) ??
  (binary === undefined ? "Electron's executable is not installed" : undefined);
if (reason !== undefined) process.stderr.write(`tests/e2e/desktop.test.ts is skipped: ${reason}.\n`);

describe.skipIf(reason !== undefined)('the desktop window', () => {
  let home: string;
  let application: ElectronApplication;
  let page: Page;

  beforeAll(async () => {
    await ensureBuilt(root, ALL_PARTS);
    home = await mkdtemp(join(tmpdir(), 'heddle-desktop-'));
    application = await _electron.launch({
      executablePath: binary,
      args: [join(root, 'out', 'main', 'desktop.js')],
      env: { ...(process.env as Record<string, string>), HEDDLE_HOME: home },
    });
    page = await application.firstWindow();
  });

  afterAll(async () => {
    await application?.close();
    await rm(home, { recursive: true, force: true });
  });

  /** Asks what the page may ask, as the page. */
  const call = (name: string, input: unknown): Promise<unknown> =>
    page.evaluate(
      ([callName, callInput]) =>
        (window as unknown as DesktopWindow).studio.call(callName as string, callInput),
      [name, input],
    );

  it('shows the page from its own origin, without Node and without a way out', async () => {
    await page.waitForLoadState();
    expect(page.url()).toMatch(/^app:\/\/studio\//);
    expect(await page.evaluate(() => [typeof globalThis.process, typeof globalThis.require])).toEqual([
      'undefined',
      'undefined',
    ]);
    await page.evaluate(() => void (location.href = 'https://example.com/'));
    await page.evaluate(() => void window.open('https://example.com/'));
    expect(page.url()).toMatch(/^app:\/\/studio\//);
    expect(application.windows()).toHaveLength(1);
  });

  it('has a menu, and refuses paths that the page names', async () => {
    const labels = await application.evaluate(({ Menu }) =>
      Menu.getApplicationMenu()?.items.map(({ label }) => label),
    );
    expect(labels).toEqual(expect.arrayContaining(['File', 'View', 'Help']));
    const file = join(home, 'secret.txt');
    await writeFile(file, 'secret');
    const answer = await call('datasets.import', { sources: [file] });
    expect(answer).toMatchObject({ ok: false, error: { code: 'path-not-allowed' } });
  });

  it('trains a small model on the sample and writes with it', async () => {
    const dataset = (await call('datasets.sample', {})) as { output: { id: string } };
    const presets = (await call('presets.list', {})) as { output: { settings: { training: object } }[] };
    const { settings } = presets.output[0]!;
    const short = { ...settings, training: { ...settings.training, maxSteps: 20, evalSteps: 20 } };
    const created = (await call('runs.create', {
      datasetId: dataset.output.id,
      settings: short,
      device: { device: 'cpu' },
    })) as { output: { id: string; name: string } };
    const { id: runId, name } = created.output;
    await expect
      .poll(
        async () =>
          ((await call('runs.get', { runId })) as { output: { summary: { state: string } } }).output.summary
            .state,
        {
          timeout: 120_000,
          interval: 500,
        },
      )
      .toBe('finished');
    await page.getByText(name).first().waitFor();
    const written = await call('generation.run', {
      generationId: 'g1',
      checkpoint: runId,
      prompt: 'Once',
      config: { maxNewTokens: 8 },
      device: { device: 'cpu' },
    });
    expect(written).toMatchObject({ ok: true, output: { text: expect.stringMatching(/^Once./) } });
  }, 180_000);

  it('comes back after a reload with what it had', async () => {
    await page.reload();
    await page.waitForLoadState();
    expect((await call('runs.list', {})) as { output: unknown[] }).toMatchObject({ ok: true, output: [{}] });
  });
});
