// What the page knows of its host: the studio's calls and events, files that come in and go out, and the
// commands that a menu outside the page may show. Two hosts carry it out; this file names neither.

import type { Studio, Ticket, Written } from '../../preload/contract.ts';

/** A command of the page as a menu shows it. */
export interface PublishedCommand {
  readonly id: string;
  readonly label: string;
  /** The menu it stands in. */
  readonly group: string;
  /** Such as `$mod+KeyK`, in tinykeys' words. */
  readonly shortcut?: string | undefined;
  /** Whether it can be chosen now; it can unless this says otherwise. */
  readonly isEnabled?: boolean | undefined;
}

/** How much of the files has arrived, from 0 to 1. */
export type AdmitProgress = (share: number, name: string) => void;

export interface ChooseOptions {
  readonly kind: 'data' | 'weights';
  /** One folder in place of files. */
  readonly isFolder?: boolean;
}

export interface Bridge extends Studio {
  readonly host: 'desktop' | 'browser';
  /** Hears whether the studio can be reached, at once and on every change, until the returned function is called. */
  onConnection(listener: (isConnected: boolean) => void): () => void;
  /** Tickets for files that the user picked; files of one folder (by `webkitRelativePath`) share one. */
  admit(files: File[], onProgress?: AdmitProgress): Promise<Ticket[]>;
  /** Tickets for what was dropped, folders too; must be called before the drop event ends. */
  admitDropped(dropped: DataTransfer, onProgress?: AdmitProgress): Promise<Ticket[]>;
  /** Asks the user for files or a folder; empty when they chose nothing. */
  choose(options: ChooseOptions, onProgress?: AdmitProgress): Promise<Ticket[]>;
  /** Asks for a folder to write into; null when they chose none, and always in a browser. */
  chooseOutFolder(): Promise<Ticket | null>;
  /** Hands over what a call wrote: shown in its folder, or downloaded as `<name>.zip`. */
  deliver(written: Pick<Written, 'downloadId'>, name: string): Promise<void>;
  /** Tells the menu outside the page what commands there are; in a browser there is none. */
  publishCommands(commands: readonly PublishedCommand[]): void;
  /** Hears the ids of commands chosen in that menu until the returned function is called. */
  onCommand(listener: (id: string) => void): () => void;
}
