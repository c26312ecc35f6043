// The memory that importing 1 GB of text takes: a text is made up, imported as a user would, and the peaks of
// all processes of the command are added. How large the file is must not matter.

import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { runHeddle } from './heddle-command.ts';
import type { Measure } from './measure.ts';

const textBytes = 1_000_000_000;
const pieceBytes = 4_000_000;

export const importMemory: Measure = {
  name: 'import-memory',
  title: 'importing 1 GB of text: peak memory of all its processes, and seconds',
  async run({ report, folder }) {
    const path = join(folder, 'text.txt');
    writeText(path);
    const { durationMs, peakBytes } = await runHeddle(['datasets', 'import', path], join(folder, 'home'));
    if (peakBytes === null) report.note('SKIPPED the import-memory row: this system keeps no peak to read.');
    report.rows(this.title, [
      ...(peakBytes === null
        ? []
        : [{ name: this.name, value: peakBytes / 2 ** 20, unit: 'MiB', peer: null, ratio: null }]),
      { name: 'import-time', value: durationMs / 1000, unit: 's', peer: null, ratio: null },
    ]);
  },
};

/** Lines of words of letters, each piece another one than the last, so that nothing can be kept once. */
function writeText(path: string): void {
  const file = openSync(path, 'w');
  const piece = new Uint8Array(pieceBytes);
  let state = 1;
  for (let written = 0; written < textBytes; written += pieceBytes) {
    for (let i = 0; i < pieceBytes; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      const roll = state >>> 24;
      // One byte in seven ends a word, one in a hundred a line.
      piece[i] = roll < 3 ? 0x0a : roll < 38 ? 0x20 : 0x61 + (roll % 26);
    }
    writeSync(file, piece);
  }
  closeSync(file);
}
