// The places that one call of a page names by tickets: their paths for the studio, and their names in what the
// studio says of them. A page knows a file by its name; where an upload lies is no business of its user.

import type { CallOutput } from '../../preload/contract.ts';
import { toError, toFailure } from './failure.ts';
import type { Tickets } from './tickets.ts';

export class NamedPlaces {
  private readonly tickets: Tickets;
  /** Names by path. */
  private readonly names = new Map<string, string>();

  constructor(tickets: Tickets) {
    this.tickets = tickets;
  }

  /** The path of a ticket, called by its name from now on; throws `ticket-unknown`. */
  redeem(ticket: string): string {
    const path = this.tickets.redeem(ticket);
    this.names.set(path, this.tickets.nameOf(ticket));
    return path;
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
