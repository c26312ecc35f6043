// Starts a TypeScript file of the project in a Node process of its own, as from a terminal.

import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../main/launcher/project.mjs';

/** Arguments with which Node runs a TypeScript file of the project, given relative to it. */
export function sourceArguments(file: string, ...args: string[]): string[] {
  const root = projectRoot();
  const hook = join(root, 'tests', 'setup', 'raw-imports.mjs');
  return ['--disable-warning=ExperimentalWarning', '--import', hook, join(root, file), ...args];
}

/** Starts the file; output arrives on the child's streams. */
export function startSource(
  file: string,
  args: readonly string[],
  options: { env?: Record<string, string>; stdio?: StdioOptions } = {},
): ChildProcess {
  return spawn(process.execPath, sourceArguments(file, ...args), {
    stdio: options.stdio ?? ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  });
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Collects what a child writes until it has ended. */
export function untilEnded(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => (stdout += chunk));
  child.stderr?.on('data', (chunk) => (stderr += chunk));
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** Resolves when a child's stdout holds `text`; rejects when it ends without. */
export function untilSays(child: ChildProcess, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    let errors = '';
    child.stdout?.on('data', (chunk) => {
      said += chunk;
      if (said.includes(text)) resolve(said);
    });
    child.stderr?.on('data', (chunk) => (errors += chunk));
    child.once('close', (code) =>
      reject(new Error(`ended (${code}) without "${text}":\n${said}\n${errors}`)),
    );
  });
}

/** One JSON line that a command wrote. */
export type Line = { readonly event: string } & Readonly<Record<string, unknown>>;

/** The JSON lines of a command's stdout. */
export function linesOf(stdout: string): Line[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
}
