// The kinds of files that can be imported. A new kind adds its file and its line here.

import { csvKind, tsvKind } from './delimited.ts';
import type { InputFile } from './input-file.ts';
import { jsonKind } from './json.ts';
import { jsonlKind } from './jsonl.ts';
import { refuseFile, type ImportKind } from './kind.ts';
import { parquetKind } from './parquet.ts';
import { textKind } from './text.ts';

const kinds: readonly ImportKind[] = [textKind, jsonlKind, jsonKind, csvKind, tsvKind, parquetKind];

/** Every extension that can be imported, with its dot. */
export const importExtensions: readonly string[] = kinds.flatMap(({ extensions }) => extensions);

/** Whether a file of this name can be imported by itself. */
export function isKnownKind({ extension }: { readonly extension: string }): boolean {
  return importExtensions.includes(extension);
}

/** The kind of a file by its extension; throws `file-kind-unknown`, listing those that can be imported. */
export function kindOf(file: InputFile): ImportKind {
  const kind = kinds.find(({ extensions }) => extensions.includes(file.extension));
  if (kind) return kind;
  const ending = file.extension ? `ends in "${file.extension}"` : 'has no ending';
  return refuseFile(
    'file-kind-unknown',
    `${file.path} ${ending}; ${importExtensions.join(', ')} can be imported.`,
    'Give the file the ending of what it holds. Take text out of documents and files out of archives first.',
  );
}
