// The places that one call of a page names by tickets: their paths for the studio, and their names in what the
// studio says of them. A page knows a file by its name; where an upload lies is no business of its user.

import { existsSync, readdirSync } from 'node:fs';
import type { CallOutput } from '../../preload/contract.ts';
import { claimFolder, releaseFolder } from './claim-folder.ts';
import { toError, toFailure } from './failure.ts';
import type { Tickets } from './tickets.ts';

export class NamedPlaces {
  private readonly tickets: Tickets;
  /** Names by path. */
  private readonly names = new Map<string, string>();
  private readonly claimed: string[] = [];

  constructor(tickets: Tickets) {
    this.tickets = tickets;
  }

  /** The path of a ticket, called by its name from now on; throws `ticket-unknown`. */
  redeem(ticket: string): string {
    const path = this.tickets.redeem(ticket);
    this.names.set(path, this.tickets.nameOf(ticket));
    return path;
  }

  /** A chosen folder that is empty or not there yet; in one with something in it, a new folder of that name. */
  outFolder(chosen: string, name: string): string {
    if (!existsSync(chosen) || readdirSync(chosen).length === 0) return chosen;
    const folder = claimFolder(chosen, name);
    this.claimed.push(folder);
    return folder;
  }

  /** Removes the folders that were made for a result which did not come. */
  releaseFolders(): void {
    for (const folder of this.claimed) releaseFolder(folder);
  }

  /** An error whose message and hint call files by their names; of files in folders, from the folder on. */
  errorInNames(error: unknown): unknown {
    if (this.names.size === 0) return error;
    const { code, message, hint } = toFailure(error);
    return toError({ code, message: this.inNames(message), hint: this.inNames(hint) });
  }

  /** What a preview found, with files called by their names in its troubles. */
  previewInNames(preview: CallOutput<'datasets.preview'>): CallOutput<'datasets.preview'> {
    const troubles = preview.troubles.map((one) => ({ ...one, message: this.inNames(one.message) }));
    return { ...preview, troubles };
  }

  private inNames(text: string): string {
    // The longest first: one place may lie in another.
    const paths = [...this.names.keys()].sort((a, b) => b.length - a.length);
    return paths.reduce((words, path) => words.replaceAll(path, () => this.names.get(path)!), text);
  }
}
