// The built page over the real browser host, with the invented studio behind it: for the page test and for
// looking at the page (`node --import ./tests/setup/raw-imports.mjs tests/e2e/look.ts FOLDER`).

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '../../main/build/ensure.mjs';
import { projectRoot } from '../../main/launcher/project.mjs';
import { serve } from '../../main/server/serve.ts';
import { createFakeStudio, type FakeStudio } from '../renderer/fake-studio.ts';

export interface FakePage {
  readonly studio: FakeStudio;
  /** Works once. */
  readonly url: string;
  close(): Promise<void>;
}

/** Builds the page if it is stale and serves it on a free port of this computer. */
export async function serveFakePage(options: { textDelayMs?: number } = {}): Promise<FakePage> {
  const root = projectRoot();
  await ensureBuilt(root, ['renderer']);
  const studio = createFakeStudio(options);
  const pageFolder = join(root, 'out', 'renderer');
  const home = await mkdtemp(join(tmpdir(), 'heddle-page-'));
  const server = await serve({ studio, home, pageFolder, host: '127.0.0.1', port: 0 });
  const close = async (): Promise<void> => {
    await server.close();
    await rm(home, { recursive: true });
  };
  return { studio, url: server.url, close };
}
