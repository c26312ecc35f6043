// Where a command writes. For people: results on stdout, progress on stderr, one line of it rewritten in a
// terminal. With --json: JSON lines alone on stdout. Control characters of foreign text never reach a terminal.

import type { Failure } from '../../preload/contract.ts';

export class Output {
  readonly isJson: boolean;
  readonly isTerminal: boolean;
  private hasStatus = false;

  constructor(isJson: boolean) {
    this.isJson = isJson;
    this.isTerminal = process.stderr.isTTY === true;
  }

  /** A result: stdout for people, stderr beside JSON lines. */
  line(text = ''): void {
    this.clearStatus();
    (this.isJson ? process.stderr : process.stdout).write(`${printable(text)}\n`);
  }

  /** A piece of a result, without a line end; not written beside JSON lines. */
  piece(text: string): void {
    this.clearStatus();
    if (!this.isJson) process.stdout.write(printable(text));
  }

  /** Something to know that is no result. */
  note(text: string): void {
    this.clearStatus();
    process.stderr.write(`${printable(text)}\n`);
  }

  /** What is going on right now: one line of a terminal that the next one replaces; nothing elsewhere. */
  status(text: string): void {
    if (!this.isTerminal) return;
    const width = process.stderr.columns || 80;
    process.stderr.write(`\r\u001b[2K${printable(text).slice(0, width - 1)}`);
    this.hasStatus = true;
  }

  clearStatus(): void {
    if (!this.hasStatus) return;
    process.stderr.write('\r\u001b[2K');
    this.hasStatus = false;
  }

  /** One JSON line on stdout; nothing unless --json was given. */
  event(event: string, data: object): void {
    if (this.isJson) process.stdout.write(`${JSON.stringify({ event, ...data })}\n`);
  }

  /** Says what went wrong and what to do. */
  failure({ code, message, hint }: Failure): void {
    this.event('error', { code, message, hint });
    this.note(`heddle: ${message}`);
    if (hint) this.note(`        ${hint}`);
  }
}

/** Text without the control characters that could command a terminal; tabs and line ends stay. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd');
}
