// The page's bridge in a real browser against the real browser host: the code typed by a person, files chosen
// and dropped and uploaded, what a call wrote downloaded. The studio behind it answers with what it was asked.

import { mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build, type Rolldown } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { projectRoot } from '../../main/launcher/project.mjs';
import { serve, type RunningServer } from '../../main/server/serve.ts';
import type { Ticket } from '../../preload/contract.ts';
import type { Bridge } from '../../renderer/bridge.ts';
import { stubStudio, type StubStudio } from '../main/server/stub-studio.ts';
import { launchBrowser } from '../setup/browser.ts';

type BridgeWindow = Window & { bridge: Bridge; dropped?: Promise<Ticket[]> };

let browser: Browser;
let script: string;
let home: string;
let server: RunningServer;
let studio: StubStudio;
let page: Page;

/** The bridge as one script that puts it on the window. */
async function bundleBridge(): Promise<string> {
  const entry = join(projectRoot(), 'renderer', 'bridge.ts');
  const output = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, lib: { entry, formats: ['es'], fileName: 'bridge' } },
  });
  const [{ output: chunks }] = output as Rolldown.RolldownOutput[] as [Rolldown.RolldownOutput];
  return chunks[0].code;
}

beforeAll(async () => {
  [browser, script] = await Promise.all([launchBrowser(), bundleBridge()]);
});
afterAll(() => browser.close());

beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'heddle-e2e-files-')));
  const pageFolder = join(home, 'page');
  await mkdir(pageFolder);
  await writeFile(join(pageFolder, 'bridge.js'), script);
  await writeFile(
    join(pageFolder, 'start.js'),
    `import { useBridge } from './bridge.js';
    window.bridge = useBridge();
    addEventListener('dragover', (event) => event.preventDefault());
    addEventListener('drop', (event) => {
      event.preventDefault();
      window.dropped = window.bridge.admitDropped(event.dataTransfer);
    });`,
  );
  const head = '<!doctype html><title>Studio</title><script type="module" src="/start.js"></script>';
  await writeFile(join(pageFolder, 'index.html'), head);
  studio = stubStudio((name) =>
    name === 'export.run' ? { path: join(home, 'exports', 'tiny'), downloadId: 'd1' } : { troubles: [] },
  );
  server = await serve({ studio, home, pageFolder, host: '127.0.0.1', port: 0 });
  page = await browser.newPage();
});

afterEach(async () => {
  await page.close();
  await server.close();
  await rm(home, { recursive: true });
});

const open = async (): Promise<void> => {
  await page.goto(server.url);
  await page.waitForFunction(() => 'bridge' in window);
};

/** The paths that the studio gets for tickets. */
async function pathsOf(tickets: Ticket[]): Promise<string[]> {
  const sources = tickets.map(({ ticket }) => ticket);
  await page.evaluate(
    (list) => (window as unknown as BridgeWindow).bridge.call('datasets.preview', { sources: list }),
    sources,
  );
  return (studio.asked.at(-1)!.input as { sources: string[] }).sources;
}

describe('a person at another computer', () => {
  it('types the code and is let in; the next one is not', async () => {
    const address = new URL(server.url).origin;
    await page.goto(address);
    await page.getByLabel('Access code').fill('not the code');
    await page.getByRole('button', { name: 'Enter' }).click();
    await page.getByText('This is not the code.').waitFor();
    await page.getByLabel('Access code').fill(server.accessCode.toUpperCase());
    await page.getByLabel('Access code').press('Enter');
    await page.waitForURL(`${address}/`);
    expect(await page.title()).toBe('Studio');
    await page.waitForFunction(() => 'bridge' in window);
    const other = await browser.newContext();
    const stranger = await other.newPage();
    await stranger.goto(server.url);
    await stranger.getByText('This code has been used').waitFor();
    await other.close();
  });
});

describe('files', () => {
  it('are chosen, uploaded one after another, and named by tickets', async () => {
    await open();
    await writeFile(join(home, 'größe.txt'), 'wool');
    await writeFile(join(home, 'b.txt'), 'x'.repeat(300_000));
    const chooser = page.waitForEvent('filechooser');
    const tickets = page.evaluate(async () => {
      const shares: number[] = [];
      const { bridge } = window as unknown as BridgeWindow;
      const chosen = await bridge.choose({ kind: 'data' }, (share) => shares.push(share));
      return {
        chosen,
        isDone: shares.at(-1) === 1,
        isOrdered: shares.every((s, i) => s >= (shares[i - 1] ?? 0)),
      };
    });
    await (await chooser).setFiles([join(home, 'größe.txt'), join(home, 'b.txt')]);
    const { chosen, isDone, isOrdered } = await tickets;
    expect(chosen).toMatchObject([
      { name: 'größe.txt', sizeBytes: 4, isFolder: false },
      { name: 'b.txt', sizeBytes: 300_000, isFolder: false },
    ]);
    expect([isDone, isOrdered]).toEqual([true, true]);
    const [path] = await pathsOf(chosen);
    expect(await readFile(path!, 'utf8')).toBe('wool');
    await page.evaluate(() => document.querySelectorAll('input').length).then((left) => expect(left).toBe(0));
  });

  it('of a chosen folder arrive in one folder under one ticket', async () => {
    await open();
    const model = join(home, 'tiny');
    await mkdir(join(model, 'deep'), { recursive: true });
    await writeFile(join(model, 'config.json'), '{}');
    await writeFile(join(model, 'deep', 'w.bin'), '12345');
    const chooser = page.waitForEvent('filechooser');
    const tickets = page.evaluate(() =>
      (window as unknown as BridgeWindow).bridge.choose({ kind: 'weights', isFolder: true }),
    );
    await (await chooser).setFiles(model);
    expect(await tickets).toMatchObject([{ name: 'tiny', sizeBytes: 7, isFolder: true }]);
    const [path] = await pathsOf(await tickets);
    expect(await readFile(join(path!, 'deep', 'w.bin'), 'utf8')).toBe('12345');
  });

  it('that are dropped arrive', async () => {
    await open();
    const dropped = await page.evaluate(async () => {
      const data = new DataTransfer();
      data.items.add(new File(['one'], 'one.txt'));
      data.items.add(new File(['four'], 'two.txt'));
      dispatchEvent(new DragEvent('drop', { dataTransfer: data, cancelable: true }));
      return (window as unknown as BridgeWindow).dropped!;
    });
    expect(dropped.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([
      ['one.txt', 3],
      ['two.txt', 4],
    ]);
  });

  it('of a dropped folder arrive with it, beside a file that was dropped too', async () => {
    await open();
    const folder = join(home, 'tiny');
    await mkdir(join(folder, 'deep'), { recursive: true });
    await writeFile(join(folder, 'config.json'), '{}');
    await writeFile(join(folder, 'deep', 'w.bin'), '12345');
    await writeFile(join(home, 'alone.txt'), 'alone');
    const data = { items: [], files: [folder, join(home, 'alone.txt')], dragOperationsMask: 1 };
    const devtools = await page.context().newCDPSession(page);
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
      await devtools.send('Input.dispatchDragEvent', { type, x: 50, y: 50, data });
    await page.waitForFunction(() => 'dropped' in window);
    const tickets = await page.evaluate(() => (window as unknown as BridgeWindow).dropped!);
    expect(tickets).toMatchObject([
      { name: 'alone.txt', sizeBytes: 5, isFolder: false },
      { name: 'tiny', sizeBytes: 7, isFolder: true },
    ]);
    const [, path] = await pathsOf(tickets);
    expect(await readFile(join(path!, 'deep', 'w.bin'), 'utf8')).toBe('12345');
  });

  it('that cannot be taken are refused with the reason', async () => {
    await open();
    const failure = await page.evaluate(() =>
      (window as unknown as BridgeWindow).bridge.admit([new File(['x'], 'a\u0007b.txt')]).then(
        () => null,
        (error: { failure: unknown }) => error.failure,
      ),
    );
    expect(failure).toMatchObject({ code: 'upload-name-refused' });
  });

  it('may not be named by path, whatever the page says', async () => {
    await open();
    const failure = await page.evaluate(() =>
      (window as unknown as BridgeWindow).bridge.call('datasets.import', { sources: ['/etc/passwd'] }).then(
        () => null,
        (error: { failure: unknown }) => error.failure,
      ),
    );
    expect(failure).toMatchObject({ code: 'path-not-allowed' });
    expect(studio.asked).toEqual([]);
  });

  it('that a call wrote come as a zip', async () => {
    await open();
    await mkdir(join(home, 'exports', 'tiny'), { recursive: true });
    await writeFile(join(home, 'exports', 'tiny', 'model.pth'), Buffer.alloc(1_000_000));
    const download = page.waitForEvent('download');
    await page.evaluate(async () => {
      const { bridge } = window as unknown as BridgeWindow;
      const written = await bridge.call('export.run', { checkpoint: 'run', format: 'pth' });
      await bridge.deliver(written, 'amber-loom');
    });
    const file = join(home, 'down.zip');
    await (await download).saveAs(file);
    expect((await download).suggestedFilename()).toBe('amber-loom.zip');
    expect((await stat(file)).size).toBeGreaterThan(1_000_000);
  });
});
