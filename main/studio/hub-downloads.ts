// Models and datasets of the Hub on their way into the home: loaded into a folder of their own, handed to whoever
// opens or imports them, and taken away again. What broke off stays, so that the next attempt goes on with it.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../../engine/index.ts';
import { downloadFromHub } from '../hub/download.ts';
import { readHubName, type HubKind } from '../hub/hub-name.ts';
import type { HomePaths } from './home.ts';
import type { Doing } from './operations.ts';

export interface Loaded {
  /** `owner/name`. */
  readonly name: string;
  /** The name alone. */
  readonly shortName: string;
  readonly folder: string;
  readonly paths: string[];
}

export class HubDownloads {
  private readonly paths: HomePaths;
  private readonly underWay = new Set<string>();

  constructor(paths: HomePaths) {
    this.paths = paths;
  }

  /**
   * Loads what a name or an address means and gives its files to `use`; removes them when that has done its work.
   * Throws `hub-busy` while the same is being loaded, and what the Hub's refusals are.
   */
  async with<T>(
    text: string,
    kind: HubKind,
    { signal, onProgress }: Doing,
    use: (loaded: Loaded) => Promise<T>,
  ): Promise<T> {
    const hub = readHubName(text, kind);
    if (hub.kind !== kind) {
      throw new EngineError('hub-wrong-kind', `${hub.name} is a ${hub.kind} on the Hub, not a ${kind}.`, {
        hint: hub.kind === 'dataset' ? 'Import it as a dataset.' : 'Open it as weights.',
      });
    }
    const key = `${kind}s--${hub.name.replace('/', '--')}--${hub.revision.replaceAll('/', '--')}`;
    if (this.underWay.has(key)) {
      throw new EngineError('hub-busy', `${hub.name} is being loaded already.`, {
        hint: 'Wait for it to end.',
      });
    }
    this.underWay.add(key);
    try {
      const folder = join(this.paths.downloadsFolder, key);
      const title = `Loading ${hub.name}`;
      onProgress(title, null);
      const paths = await downloadFromHub(hub, folder, {
        signal,
        onProgress: (share) => onProgress(title, share),
      });
      const shortName = hub.name.split('/')[1]!;
      const result = await use({ name: hub.name, shortName, folder, paths });
      await rm(folder, { recursive: true, force: true });
      return result;
    } finally {
      this.underWay.delete(key);
    }
  }
}
