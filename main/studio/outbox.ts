// What calls wrote for somebody to take away: each result gets an id, and only by that id may a page fetch it
// or have it shown. Knows nothing of what the files are; forgets with the process.

import { ulid } from 'ulid';

/** Results beyond this number push the oldest out. */
const mostKept = 1_000;

/** The results of exports, by the ids that were given out for them. */
export class Outbox {
  private readonly paths = new Map<string, string>();

  /** Registers a file or folder that is whole; gives its `downloadId`. */
  add(path: string): string {
    const downloadId = ulid();
    this.paths.set(downloadId, path);
    if (this.paths.size > mostKept) {
      const [oldest] = this.paths.keys();
      if (oldest !== undefined) this.paths.delete(oldest);
    }
    return downloadId;
  }

  /** The path that a `downloadId` stands for, or null. */
  find(downloadId: string): string | null {
    return this.paths.get(downloadId) ?? null;
  }
}
