// Collects what a preview shows of a text or a table while it is read, in bounded memory: first rows, text,
// counts, duplicates.

import { EngineError } from '../../engine/index.ts';
import { cellText, cutText, trainableText } from './cell-text.ts';
import { DuplicateCounter, shortestLineCharacters } from './duplicates.ts';
import { guessTextColumn } from './guess-header.ts';
import type { OnTrouble, Row } from './kind.ts';
import { countCodePoints, notText } from './write-table.ts';

const mostRowsShown = 200;
const longestCell = 2_000;
const longestText = 20_000;

/** A text: its lines are what is counted. */
export class TextPreview {
  readonly columns: string[] = [];
  readonly textColumn = '';
  readonly rows: string[][] = [];
  text = '';
  rowCount = 0;
  characterCount = 0;
  private readonly duplicates = new DuplicateCounter();
  private line = '';
  private lineCharacters = 0;
  private needsLineEnd = false;

  get duplicateCount(): number {
    return this.duplicates.count;
  }

  add(text: string): void {
    if (this.needsLineEnd && text !== '') {
      // Texts follow each other line by line, as in an import.
      this.needsLineEnd = false;
      if (this.text.length < longestText) this.text += '\n';
      this.characterCount++;
    }
    if (this.text.length < longestText)
      this.text = cutText(this.text + text.slice(0, longestText), longestText);
    this.characterCount += countCodePoints(text);
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      this.endLine(text.slice(start, end));
      start = end + 1;
    }
    // Of a line without end no more is held than duplicates are told by.
    if (this.line.length < 1 << 20) this.line += text.slice(start);
    this.lineCharacters += text.length - start;
  }

  /** The last line of a file is a line, with or without its end. */
  endFile(): void {
    if (this.lineCharacters === 0) return;
    this.endLine('');
    this.needsLineEnd = true;
  }

  guesses(): string[] {
    return ['One text, kept as it is'];
  }

  private endLine(rest: string): void {
    const line = this.line + rest;
    this.line = '';
    this.lineCharacters = 0;
    this.rowCount++;
    if (line.length >= shortestLineCharacters) this.duplicates.add(line);
    if (this.rows.length < mostRowsShown) this.rows.push([cutText(line, longestCell)]);
  }
}

/** A table: the text column is settled once enough rows are known, as in an import. */
export class TablePreview {
  textColumn: string;
  text = '';
  rowCount = 0;
  characterCount = 0;
  private readonly isGuessed: boolean;
  private readonly names = new Set<string>();
  private readonly duplicates = new DuplicateCounter();
  private readonly shown: Row[] = [];
  private held: { row: Row; where: string }[] = [];
  private isSettled = false;

  constructor(textColumn: string | undefined) {
    this.isGuessed = textColumn === undefined;
    this.textColumn = textColumn ?? '';
  }

  get columns(): string[] {
    return [...this.names];
  }

  get rows(): string[][] {
    const names = this.columns;
    return this.shown.map((row) => names.map((name) => cutText(cellText(row, name), longestCell)));
  }

  get duplicateCount(): number {
    return this.duplicates.count;
  }

  add(row: Row, where: string, onTrouble: OnTrouble): void {
    for (const name of Object.keys(row)) this.names.add(name);
    this.rowCount++;
    this.duplicates.add(JSON.stringify(row));
    if (this.shown.length < mostRowsShown) this.shown.push(row);
    if (this.isSettled) this.take(row, where, onTrouble);
    else if (this.held.push({ row, where }) >= mostRowsShown) this.settle(onTrouble);
  }

  finish(onTrouble: OnTrouble): void {
    if (!this.isSettled) this.settle(onTrouble);
  }

  /** How the columns were understood, in words. */
  guesses(aligned?: readonly string[]): string[] {
    if (aligned) return [`Line by line, the first file is "${aligned[0]}" and the second "${aligned[1]}"`];
    if (!this.isGuessed || this.textColumn === '') return [];
    return [`the text is taken from the column "${this.textColumn}"`];
  }

  private settle(onTrouble: OnTrouble): void {
    this.isSettled = true;
    if (this.isGuessed) {
      const rows = this.held.map(({ row }) => row);
      this.textColumn = guessTextColumn(this.columns, rows) ?? '';
    }
    if (!this.names.has(this.textColumn)) {
      onTrouble(this.noText(), null);
      this.textColumn = '';
    }
    for (const { row, where } of this.held) this.take(row, where, onTrouble);
    this.held = [];
  }

  private noText(): EngineError {
    const names = this.columns.join(', ') || 'none';
    const message = this.isGuessed ? 'No column holds text' : `There is no column "${this.textColumn}"`;
    return new EngineError('table-no-text', `${message}; the columns are ${names}.`, {
      hint: 'Choose the column to train on.',
    });
  }

  private take(row: Row, where: string, onTrouble: OnTrouble): void {
    if (this.textColumn === '') return;
    const cell = Object.hasOwn(row, this.textColumn) ? row[this.textColumn] : undefined;
    const text = trainableText(cell);
    if (text === null) {
      onTrouble(notText(where, this.textColumn, cell), null);
      return;
    }
    this.characterCount += countCodePoints(text);
    if (this.text.length < longestText) this.text = cutText(`${this.text}${text}\n`, longestText);
  }
}
