// The files that sources stand for: a file for itself, a folder for the files of known kinds in it, in the
// order of their names. Hidden files and folders are passed over, and links that lead out of the folder.

import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, extname, join, sep } from 'node:path';
import { EngineError } from '../../engine/index.ts';
import { isKnownKind } from './registry.ts';

export interface FoundFile {
  readonly path: string;
  /** It was found in a folder and not named by anybody. */
  readonly isFound: boolean;
}

const mostFiles = 10_000;
const deepest = 16;

/** The files of all sources, in their order; throws `folder-empty`, `files-too-many`. */
export async function findFiles(sources: readonly string[]): Promise<FoundFile[]> {
  const files: FoundFile[] = [];
  for (const source of sources) {
    if (!(await isFolder(source))) {
      files.push({ path: source, isFound: false });
      continue;
    }
    const root = await realpath(source);
    const found = await filesIn(root, root, 0);
    if (found.length === 0) {
      throw new EngineError('folder-empty', `There is no file in ${source} that can be imported.`, {
        hint: 'Choose a folder with texts (.txt, .md) or tables (.jsonl, .json, .csv, .tsv, .parquet).',
      });
    }
    files.push(...found.map((path) => ({ path, isFound: true })));
  }
  if (files.length <= mostFiles) return files;
  throw new EngineError(
    'files-too-many',
    `${files.length} files were given; at most ${mostFiles} make one dataset.`,
    {
      hint: 'Join them into fewer, larger files, or choose a folder further in.',
    },
  );
}

/** What a dataset made of sources is called when nobody named it. */
export function nameOfSources(sources: readonly string[], files: readonly FoundFile[]): string {
  const isOneFolder = sources.length === 1 && files[0]?.isFound === true;
  if (isOneFolder) return basename(sources[0]!) || 'folder';
  return basename(files[0]!.path).replace(/(.)\.[^.]+$/, '$1');
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() ?? false;
}

async function filesIn(folder: string, root: string, depth: number): Promise<string[]> {
  if (depth > deepest) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  const files: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await filesIn(path, root, depth + 1)));
    else if (isKnownKind({ extension: extname(entry.name).toLowerCase() })) {
      if (entry.isFile()) files.push(path);
      else if (entry.isSymbolicLink()) files.push(...(await targetWithin(path, root)));
    }
    if (files.length > mostFiles) break;
  }
  return files;
}

/** The file that a link stands for, where it lies in the same folder and is of a known kind itself. */
async function targetWithin(link: string, root: string): Promise<string[]> {
  const target = await realpath(link).catch(() => null);
  if (target === null || !target.startsWith(root + sep)) return [];
  if (!isKnownKind({ extension: extname(target).toLowerCase() })) return [];
  const found = await stat(target).catch(() => null);
  return found?.isFile() ? [target] : [];
}
