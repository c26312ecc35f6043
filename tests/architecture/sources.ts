// Reads the project's sources for the architecture test: every file with its text and its imports.
// Must not judge; rules.ts does.
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ts from 'typescript';

export interface SourceFile {
  /** Relative to the project, with forward slashes. */
  path: string;
  text: string;
  /** What it imports or re-exports: paths of the project for relative ones, else as written. */
  imports: string[];
}

const SOURCE = /\.(ts|mts|mjs|vue|wgsl)$/;
const SKIPPED_FOLDERS = new Set(['node_modules', 'golden', 'out']);

/** The script of a Vue component; other files are all script. */
function scriptOf(path: string, text: string): string {
  if (!path.endsWith('.vue')) return text;
  return [...text.matchAll(/<script[^>]*>([^]*?)<\/script>/g)].map((match) => match[1]).join('\n');
}

/** Parses one file. Kernels (AssemblyScript) may leave the extension out; it is put back. */
export function readSource(path: string, text: string): SourceFile {
  if (path.endsWith('.wgsl')) return { path, text, imports: [] };
  const { importedFiles } = ts.preProcessFile(scriptOf(path, text), true, true);
  const imports = importedFiles.map(({ fileName }) => {
    const name = fileName.replace(/\?.*$/, '');
    if (!name.startsWith('.')) return name;
    const target = posix.join(posix.dirname(path), name);
    return posix.extname(target) === '' || target.endsWith('.cpu') ? `${target}.ts` : target;
  });
  return { path, text, imports: [...new Set(imports)] };
}

/** Every source file under the given folders of the project. */
export function readSources(root: string, folders: string[]): SourceFile[] {
  const walk = (folder: string): SourceFile[] =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return SKIPPED_FOLDERS.has(entry.name) ? [] : walk(path);
      return SOURCE.test(entry.name) ? [readSource(path, readFileSync(join(root, path), 'utf8'))] : [];
    });
  return folders.flatMap((folder) => walk(folder));
}
