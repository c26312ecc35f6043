// Tickets: what a page names in place of paths. Main gives one for each file or folder that the user chose,
// dropped or uploaded; whoever has a ticket can have that one thing read, and nothing else. They end with
// the process. Must not decide who may ask.

import { randomBytes } from 'node:crypto';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { EngineError } from '../../engine/index.ts';
import type { Ticket } from '../../preload/contract.ts';
import type { AreaHandlers } from './handlers.ts';
import { Uploads, type FreeBytes } from './uploads.ts';

const prefix = 'ticket:';
const mostTickets = 100_000;
/** Entries of a folder that are looked at for its size. */
const mostEntries = 10_000;

export interface Arrival {
  readonly name: string;
  /** Of a file in a folder: its path from that folder on, such as `model/config.json`. */
  readonly relativePath?: string;
  /** The ticket of the folder that other files of it arrived in. */
  readonly folderTicket?: string;
  /** What the sender says it will send; 0 where it does not say. */
  readonly declaredBytes?: number;
}

interface Kept {
  ticket: Ticket;
  readonly path: string;
  /** The folder to delete with the ticket, of what was uploaded. */
  readonly uploadFolder: string | null;
}

/** Callers that name paths hold no tickets; those of pages are released at their door. */
export const ticketHandlers: AreaHandlers<'tickets'> = { 'tickets.release': () => ({}) };

export class Tickets {
  private readonly uploads: Uploads;
  private readonly kept = new Map<string, Kept>();
  private readonly swept: Promise<void>;

  constructor(home: string, freeBytes?: FreeBytes) {
    this.uploads = new Uploads(home, freeBytes);
    this.swept = this.uploads.sweep().catch(() => undefined);
  }

  /** A ticket for a file or folder of this computer; throws `place-not-found` or `place-refused`. */
  async admit(path: string): Promise<Ticket> {
    // Links are followed here and never again: the ticket is for what the user saw.
    const real = await realpath(path).catch((error: unknown) => {
      throw new EngineError('place-not-found', `"${basename(path)}" is not there any more.`, {
        hint: 'Choose it again.',
        cause: error,
      });
    });
    const found = await stat(real);
    if (!found.isFile() && !found.isDirectory()) {
      throw new EngineError('place-refused', `"${basename(path)}" is neither a file nor a folder.`, {
        hint: 'Pipes, sockets and devices are not read.',
      });
    }
    const isFolder = found.isDirectory();
    const sizeBytes = isFolder ? await folderBytes(real) : found.size;
    return this.keep({ name: basename(path) || path, sizeBytes, isFolder }, real, null);
  }

  /** Writes a file that arrives as a stream; the ticket is for the file, or for the folder that it came in. */
  async receive(stream: Readable, arrival: Arrival): Promise<Ticket> {
    await this.swept;
    const { name, relativePath, folderTicket, declaredBytes = 0 } = arrival;
    const segments = relativePath?.includes('/') ? relativePath.split('/') : [name];
    const isFolder = segments.length > 1;
    const before = folderTicket === undefined ? null : this.get(folderTicket);
    const isSameFolder = before?.ticket.isFolder === true && before.ticket.name === segments[0];
    if (before && !(isFolder && before.uploadFolder !== null && isSameFolder)) throw unknownTicket();
    const uploadFolder = before?.uploadFolder ?? (await this.uploads.create());
    try {
      const { path, sizeBytes } = await this.uploads.write(uploadFolder, segments, stream, declaredBytes);
      if (before) {
        before.ticket = { ...before.ticket, sizeBytes: before.ticket.sizeBytes + sizeBytes };
        return before.ticket;
      }
      const [top = name] = segments;
      const kept = isFolder ? join(uploadFolder, top) : path;
      return this.keep({ name: top, sizeBytes, isFolder }, kept, uploadFolder);
    } catch (error) {
      if (!before) await this.uploads.remove(uploadFolder);
      throw error;
    }
  }

  /** The path that a ticket stands for; throws `ticket-unknown`. */
  redeem(ticket: string): string {
    return this.get(ticket).path;
  }

  /** What the user calls the thing that a ticket stands for. */
  nameOf(ticket: string): string {
    return this.get(ticket).ticket.name;
  }

  /** Forgets tickets and deletes what was uploaded for them; tickets that are not known are no mistake. */
  async release(tickets: readonly string[]): Promise<void> {
    for (const ticket of tickets) {
      const uploadFolder = this.kept.get(ticket)?.uploadFolder;
      this.kept.delete(ticket);
      if (uploadFolder) await this.uploads.remove(uploadFolder);
    }
  }

  /** Forgets everything at once; also for a process that is about to end. */
  close(): void {
    for (const { uploadFolder } of this.kept.values()) if (uploadFolder) this.uploads.removeNow(uploadFolder);
    this.kept.clear();
  }

  private get(ticket: string): Kept {
    const kept = this.kept.get(ticket);
    if (kept) return kept;
    throw unknownTicket();
  }

  private keep(what: Omit<Ticket, 'ticket'>, path: string, uploadFolder: string | null): Ticket {
    if (this.kept.size >= mostTickets) {
      throw new EngineError('too-many-tickets', `More than ${mostTickets} files are named at once.`, {
        hint: 'Choose the folder that they are in, or reload the page.',
      });
    }
    const ticket = { ticket: `${prefix}${randomBytes(18).toString('base64url')}`, ...what };
    this.kept.set(ticket.ticket, { ticket, path, uploadFolder });
    return ticket;
  }
}

/** Whether a page's word for a place is a ticket at all. */
export function isTicket(word: string): boolean {
  return word.startsWith(prefix);
}

function unknownTicket(): EngineError {
  return new EngineError('ticket-unknown', 'This file is not known any more.', {
    hint: 'Choose or drop it again: Heddle forgets files when it ends.',
  });
}

/** The bytes in a folder, of a very large one those of its first entries. */
async function folderBytes(folder: string): Promise<number> {
  let sizeBytes = 0;
  let entryCount = 0;
  const folders = [folder];
  for (let next = folders.pop(); next !== undefined && entryCount < mostEntries; next = folders.pop()) {
    for (const entry of await readdir(next, { withFileTypes: true }).catch(() => [])) {
      if (++entryCount > mostEntries) break;
      const path = join(next, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.isFile()) sizeBytes += (await stat(path).catch(() => ({ size: 0 }))).size;
    }
  }
  return sizeBytes;
}
