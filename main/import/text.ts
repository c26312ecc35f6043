// Plain text and Markdown: one long text, kept as it is but for its line ends.

import { decodeText } from './decode-text.ts';
import type { ImportKind } from './kind.ts';

export const textKind: ImportKind = {
  dataset: 'text',
  extensions: ['.txt', '.md'],
  read: (file, { onTrouble }) => decodeText(file, onTrouble),
};
