// The scripts that Heddle starts beside itself, in a process or a thread of their own: as they were built, or
// from source, as tests run, where Node strips the types itself and one hook reads WGSL as text.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../launcher/project.mjs';

export interface OwnScript {
  readonly file: string;
  /** What Node must be given before the file. */
  readonly nodeArguments: readonly string[];
}

/** @param built its name under out/main, @param source its path in the project */
export function ownScript(built: string, source: string): OwnScript {
  const root = projectRoot();
  if (!import.meta.url.endsWith('.ts')) {
    return { file: join(root, 'out', 'main', built), nodeArguments: [] };
  }
  const hook = join(root, 'tests', 'setup', 'raw-imports.mjs');
  return {
    file: join(root, source),
    nodeArguments: existsSync(hook) ? ['--import', pathToFileURL(hook).href] : [],
  };
}
