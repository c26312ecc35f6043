// How files are to be read that make one dataset together: as one table of aligned texts, as texts, or as tables.

import { EngineError } from '../../engine/index.ts';
import { alignFiles, isAlignment, type Alignment } from './aligned.ts';
import type { InputFile } from './input-file.ts';
import type { ImportKind } from './kind.ts';
import { kindOf } from './registry.ts';

export interface FilesReading {
  /** Set where two texts become one table. */
  readonly alignment: Alignment | null;
  /** A kind for each file, or one for both aligned texts; all make the same sort of dataset. */
  readonly kinds: readonly ImportKind[];
  /** The column that is asked for, else what the alignment says; found in the files where it is undefined. */
  readonly textColumn: string | undefined;
}

/** Decides it by the files' names and what is asked for; throws `import-mixed` besides what kinds throw. */
export function readingOf(
  files: readonly InputFile[],
  { isAligned, textColumn }: { isAligned?: boolean; textColumn?: string },
): FilesReading {
  const alignment = isAlignment(files, isAligned) ? alignFiles(files) : null;
  const kinds = alignment ? [alignment.kind] : files.map(kindOf);
  requireOneSort(files, kinds);
  return { alignment, kinds, textColumn: textColumn ?? alignment?.columns[0] };
}

/** Texts and tables cannot be given together. */
function requireOneSort(files: readonly InputFile[], kinds: readonly ImportKind[]): void {
  const other = kinds.findIndex(({ dataset }) => dataset !== kinds[0]!.dataset);
  if (other < 0) return;
  throw new EngineError(
    'import-mixed',
    `${files[0]!.path} and ${files[other]!.path} cannot make one dataset: one is a text, the other a table.`,
    { hint: 'Import texts and tables apart.' },
  );
}
