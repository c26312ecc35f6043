// Loads one file of the Hub: into a `.part` beside its place, from where an earlier attempt broke off, checked by
// size and hash and only then renamed. What is there under its own name is therefore whole.

import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EngineError } from '../../engine/index.ts';
import type { HubAccess } from './hub-access.ts';
import { refusedByHub, unreachable } from './hub-failure.ts';
import type { HubName } from './hub-name.ts';
import type { HubFile } from './list-hub-files.ts';

export interface Downloading {
  readonly signal: AbortSignal;
  /** Hears how many bytes of the file are there. */
  readonly onBytes: (count: number) => void;
}

const sizeOf = async (file: string): Promise<number> => (await stat(file).catch(() => null))?.size ?? 0;

/**
 * Loads a file to `target`, or leaves it where it is there already. Throws `hub-file-damaged` when size or hash are
 * not those that the Hub announced; what was loaded is then thrown away, so that the next attempt begins anew.
 */
export async function downloadFile(
  hub: HubName,
  access: HubAccess,
  file: HubFile,
  target: string,
  { signal, onBytes }: Downloading,
): Promise<void> {
  if ((await sizeOf(target)) === file.sizeBytes) {
    onBytes(file.sizeBytes);
    return;
  }
  await mkdir(dirname(target), { recursive: true });
  const part = `${target}.part`;
  let begun = await sizeOf(part);
  if (begun > file.sizeBytes) {
    await rm(part);
    begun = 0;
  }
  if (begun < file.sizeBytes || file.sizeBytes === 0) {
    await loadRest(hub, access, file, part, begun, { signal, onBytes });
  }
  if ((await hashOf(part, file, signal)) !== file.hash.hex) {
    await rm(part);
    throw damaged(file, 'its hash is not the one that the Hub announced');
  }
  await rename(part, target);
}

async function loadRest(
  hub: HubName,
  { endpoint, token }: HubAccess,
  file: HubFile,
  part: string,
  begun: number,
  { signal, onBytes }: Downloading,
): Promise<void> {
  const folder = hub.kind === 'dataset' ? 'datasets/' : '';
  const path = file.path.split('/').map(encodeURIComponent).join('/');
  const address = `${endpoint}/${folder}${hub.name}/resolve/${encodeURIComponent(hub.revision)}/${path}`;
  const headers: Record<string, string> = {
    // The token goes to the Hub alone: fetch takes it off when the Hub sends us elsewhere.
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(begun > 0 ? { range: `bytes=${begun}-` } : {}),
    // Otherwise the sizes that are announced are those of packed bytes.
    'accept-encoding': 'identity',
  };
  let response: Response;
  try {
    response = await fetch(address, { headers, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw unreachable(endpoint, error);
  }
  if (!response.ok) throw refusedByHub(response.status, hub, file.path);
  // A server that knows no ranges sends all of it again.
  let count = response.status === 206 ? begun : 0;
  const handle = await open(part, count > 0 ? 'a' : 'w');
  try {
    for await (const chunk of chunksOf(response, endpoint, signal)) {
      count += chunk.length;
      if (count > file.sizeBytes)
        throw damaged(file, `it is larger than the ${file.sizeBytes} bytes announced`);
      await handle.writeFile(chunk);
      onBytes(count);
    }
    await handle.sync();
  } catch (error) {
    if (error instanceof EngineError && error.code === 'hub-file-damaged') await rm(part, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  if (count < file.sizeBytes)
    throw unreachable(endpoint, new Error(`${file.path} ended after ${count} bytes`));
}

async function* chunksOf(
  response: Response,
  endpoint: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (!response.body) return;
  const reader = response.body.getReader();
  try {
    for (;;) {
      let next: Awaited<ReturnType<typeof reader.read>>;
      try {
        next = await reader.read();
      } catch (error) {
        signal.throwIfAborted();
        throw unreachable(endpoint, error);
      }
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Ends the transfer where whoever reads has given up.
    await reader.cancel().catch(() => undefined);
  }
}

async function hashOf(path: string, { hash, sizeBytes }: HubFile, signal: AbortSignal): Promise<string> {
  const hashing: Hash = createHash(hash.kind === 'sha256' ? 'sha256' : 'sha1');
  if (hash.kind === 'git-sha1') hashing.update(`blob ${sizeBytes}\0`);
  for await (const chunk of createReadStream(path, { signal })) hashing.update(chunk as Buffer);
  return hashing.digest('hex');
}

function damaged({ path }: HubFile, why: string): EngineError {
  return new EngineError('hub-file-damaged', `${path} came damaged: ${why}.`, {
    hint: 'Try again; if it happens again, the file on the Hub is being changed, or something on the way changes it.',
  });
}
