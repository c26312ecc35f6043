// The version of Heddle that runs here, and on what: kept with every run, shown in health.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../launcher/project.mjs';

let known: string | undefined;

/** The version in package.json. */
export function appVersion(): string {
  known ??= (JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as { version: string })
    .version;
  return known;
}

/** Program and computer as a run's record names them: "Heddle 0.1.0, Node 24.1.0, linux x64". */
export function environmentWords(): string {
  return `Heddle ${appVersion()}, Node ${process.versions.node}, ${process.platform} ${process.arch}`;
}

/** Node and platform from such words; empty where a record has none. */
export function readEnvironmentWords(words: string): { node: string; platform: string } {
  const match = /^Heddle \S+, Node (\S+), (\S+ \S+)$/.exec(words);
  return { node: match?.[1] ?? '', platform: match?.[2] ?? '' };
}
