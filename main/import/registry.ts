// The kinds of files that can be imported. A new kind adds its file and its line here.

import { csvKind, tsvKind } from './delimited.ts';
import type { InputFile } from './input-file.ts';
import { jsonlKind } from './jsonl.ts';
import { refuseFile, type ImportKind } from './kind.ts';
import { textKind } from './text.ts';

const kinds: readonly ImportKind[] = [textKind, jsonlKind, csvKind, tsvKind];

/** Every extension that can be imported, with its dot. */
export const importExtensions: readonly string[] = kinds.flatMap(({ extensions }) => extensions);

/** The kind of a file by its extension; throws `file-kind-unknown`, listing those that can be imported. */
export function kindOf(file: InputFile): ImportKind {
  const kind = kinds.find(({ extensions }) => extensions.includes(file.extension));
  if (kind) return kind;
  return refuseFile(
    'file-kind-unknown',
    `${file.path} ends in "${file.extension}"; ${importExtensions.join(', ')} can be imported.`,
    'Give the file the ending of what it holds.',
  );
}
