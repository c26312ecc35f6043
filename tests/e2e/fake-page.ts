// The built page over the real browser host, with the invented studio behind it: for the page test and for
// looking at the page (`node --import ./tests/setup/raw-imports.mjs tests/e2e/look.ts FOLDER`).

import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuilt } from '../../main/build/ensure.mjs';
import { projectRoot } from '../../main/launcher/project.mjs';
import { serve } from '../../main/server/serve.ts';
import type { Studio } from '../../preload/contract.ts';
import { createFakeStudio, type FakeStudio } from '../renderer/fake-studio.ts';

export interface FakePage {
  /** The one that answers now. */
  readonly studio: FakeStudio;
  /** Works once. */
  readonly url: string;
  /** Puts a new studio in the place of the one that answers; a page that is loaded anew then knows no other. */
  renew(): void;
  close(): Promise<void>;
}

/** Builds the page if it is stale and serves it on a free port of this computer. */
export async function serveFakePage(options: { textDelayMs?: number } = {}): Promise<FakePage> {
  const root = projectRoot();
  await ensureBuilt(root, ['renderer']);
  let studio = createFakeStudio(options);
  const answering: Studio = {
    call: (name, input) => studio.call(name, input),
    on: (name, listener) => studio.on(name, listener),
  };
  const home = await mkdtemp(join(tmpdir(), 'heddle-page-'));
  // A copy, so that a build meanwhile takes no part of the page away.
  const pageFolder = join(home, 'page');
  await cp(join(root, 'out', 'renderer'), pageFolder, { recursive: true });
  const server = await serve({ studio: answering, home, pageFolder, host: '127.0.0.1', port: 0 });
  return {
    get studio() {
      return studio;
    },
    url: server.url,
    renew() {
      studio = createFakeStudio(options);
    },
    async close() {
      await server.close();
      await rm(home, { recursive: true });
    },
  };
}
