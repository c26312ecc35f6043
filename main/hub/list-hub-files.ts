// What a model or a dataset on the Hub consists of: every file with its size and hash, before any is loaded.

import { HubApiError, listFiles } from '@huggingface/hub';
import type { HubAccess } from './hub-access.ts';
import { refusedByHub, unreachable } from './hub-failure.ts';
import type { HubName } from './hub-name.ts';

export interface HubFile {
  /** Relative, with slashes. */
  readonly path: string;
  readonly sizeBytes: number;
  /** Of the bytes: SHA-256 of large files, else Git's own SHA-1 over a head and the bytes. */
  readonly hash: { readonly kind: 'sha256' | 'git-sha1'; readonly hex: string };
}

/** Lists all files. Throws `hub-unauthorized`, `hub-not-found`, `hub-refused`, `hub-unreachable`. */
export async function listHubFiles(
  hub: HubName,
  { endpoint, token }: HubAccess,
  signal: AbortSignal,
): Promise<HubFile[]> {
  const files: HubFile[] = [];
  try {
    const entries = listFiles({
      repo: { type: hub.kind, name: hub.name },
      revision: hub.revision,
      recursive: true,
      hubUrl: endpoint,
      fetch: (input, init) => {
        // Not by the library's own setting: it refuses tokens of mirrors of the Hub.
        const headers = new Headers(init?.headers);
        if (token !== null) headers.set('authorization', `Bearer ${token}`);
        return fetch(input, { ...init, headers, signal });
      },
    });
    for await (const { type, path, size, oid, lfs } of entries) {
      if (type !== 'file' || !isPlainPath(path)) continue;
      const hash = lfs
        ? { kind: 'sha256' as const, hex: lfs.oid }
        : { kind: 'git-sha1' as const, hex: oid ?? '' };
      files.push({ path, sizeBytes: lfs?.size ?? size, hash });
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof HubApiError
      ? refusedByHub(error.statusCode, hub, 'the files')
      : unreachable(endpoint, error);
  }
  return files;
}

/** Whether a path stays where it is put, whoever named it. */
function isPlainPath(path: string): boolean {
  return path.split('/').every((part) => /^[\w][\w .+=-]*$/.test(part) && !part.endsWith('.'));
}
