// Loads a model or a dataset of the Hub into a folder: listed first, room on the disk looked for, then file by
// file. The folder may hold what an earlier attempt left; it is whole when this returns.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../../engine/index.ts';
import { freeDiskBytes } from '../studio/free-space.ts';
import { datasetFiles, modelFiles } from './choose-files.ts';
import { downloadFile } from './download-file.ts';
import { hubAccess } from './hub-access.ts';
import type { HubName } from './hub-name.ts';
import { listHubFiles } from './list-hub-files.ts';

export interface DownloadOptions {
  readonly signal: AbortSignal;
  /** Hears the share that is there, 0 to 1. */
  readonly onProgress: (share: number) => void;
}

/** Gives the paths of the files, in order. Throws what listing and loading throw, and `disk-full`. */
export async function downloadFromHub(
  hub: HubName,
  folder: string,
  { signal, onProgress }: DownloadOptions,
): Promise<string[]> {
  const access = await hubAccess();
  const all = await listHubFiles(hub, access, signal);
  const files = hub.kind === 'model' ? modelFiles(hub, all) : datasetFiles(hub, all);
  const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  await mkdir(folder, { recursive: true });
  const freeBytes = await freeDiskBytes(folder);
  if (freeBytes < totalBytes) {
    throw new EngineError(
      'disk-full',
      `${hub.name} needs ${totalBytes} bytes of disk; ${freeBytes} are free.`,
      {
        hint: 'Make room, or choose another folder with --home.',
      },
    );
  }
  let doneBytes = 0;
  const paths: string[] = [];
  for (const file of files) {
    const target = join(folder, ...file.path.split('/'));
    await downloadFile(hub, access, file, target, {
      signal,
      onBytes: (count) => onProgress(totalBytes > 0 ? (doneBytes + count) / totalBytes : 1),
    });
    doneBytes += file.sizeBytes;
    paths.push(target);
  }
  return paths;
}
