// What every file must look like: its length, its opening comment, its name and place.
// Each rule returns one line per breach.
import { posix } from 'node:path';
import type { SourceFile } from './sources.ts';

const LONGEST_LINES = 400;
/** A head comment that says why a file is longer than that holds these words. */
const LONG_REASON = 'Long because';
const HEAD_LINES = 12;

const ROOMS = ['main', 'preload', 'renderer', 'engine', 'resources', 'tests'];
const PAPERS = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'LICENSE'];
const SETTINGS = ['electron.vite.config.ts', 'vitest.config.ts', 'tsconfig.json', 'tsconfig.base.json'];
const DOT_FILES = [
  '.oxlintrc.json',
  '.oxfmtrc.json',
  '.npmrc',
  '.gitignore',
  '.gitattributes',
  '.ci',
  '.github',
];
const PACKAGE = ['package.json', 'package-lock.json'];
const TOP_LEVEL = new Set([ROOMS, PAPERS, SETTINGS, DOT_FILES, PACKAGE].flat());
const DUMPS = new Set(['utils', 'util', 'helpers', 'types', 'misc', 'common']);
const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const PASCAL = /^([A-Z][a-z0-9]*)+$/;
const COMPOSABLE = /^use[A-Z]\w*$/;

/** Files of more than 400 lines whose head comment gives no reason. */
export function longFiles(files: SourceFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const lines = text.trimEnd().split('\n');
    const saysWhy = lines.slice(0, HEAD_LINES).some((line) => line.includes(LONG_REASON));
    if (lines.length <= LONGEST_LINES || saysWhy) return [];
    return [`${path} has ${lines.length} lines; the limit is ${LONGEST_LINES}.`];
  });
}

/** Files that do not open with a comment saying what they are for. */
export function filesWithoutHead(files: SourceFile[]): string[] {
  return files
    .filter(({ path, text }) => {
      const start = path.endsWith('.vue') ? text.replace(/^<script[^>]*>/, '') : text;
      return !/^\s*(\/\/|\/\*|<!--)/.test(start);
    })
    .map(({ path }) => `${path} does not open with a comment that says what it is for.`);
}

/** Files whose names say nothing or are not in kebab case (components: Pascal case; composables: useThing). */
export function badNames(files: SourceFile[]): string[] {
  return files.flatMap(({ path }) => {
    const name = posix.basename(path);
    const stem = name.replace(/\..*$/, '');
    if (DUMPS.has(stem)) return [`${path} is a place for anything; name it after its one job.`];
    if (path.endsWith('.vue')) return PASCAL.test(stem) ? [] : [`${path} is not in Pascal case.`];
    const isGood = name.endsWith('.wgsl')
      ? /^[a-z0-9-]+$/.test(stem)
      : KEBAB.test(stem) || COMPOSABLE.test(stem);
    return isGood ? [] : [`${path} is not in kebab case.`];
  });
}

/** Entries of the project's top folder that have no place there. Ignored ones are not passed in. */
export function strangersAtTop(names: string[]): string[] {
  return names.filter((name) => !TOP_LEVEL.has(name)).map((name) => `${name} has no place at the top level.`);
}
