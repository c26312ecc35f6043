// The bench's side of the conversation with one measured process (peers/serve-steps.ts is the other side).

import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Ready, StepResults } from './peers/serve-steps.ts';

/** How a measured process is started. */
export interface SubjectCommand {
  /** In tables and as `peer`: `jax-js Wasm`; null for Heddle itself. */
  readonly peer: string | null;
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

const rawImports = fileURLToPath(new URL('../setup/raw-imports.mjs', import.meta.url));

/** A TypeScript file under `peers/` on this Node. */
export function nodeSubject(
  peer: string | null,
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): SubjectCommand {
  const path = fileURLToPath(new URL(`peers/${file}`, import.meta.url));
  const flags = ['--disable-warning=ExperimentalWarning', '--import', rawImports];
  return { peer, file: process.execPath, args: [...flags, path, ...args], env };
}

/** A Python file under `peers/`; OpenBLAS chooses its own kernels and threads there. */
export function pythonSubject(
  peer: string,
  python: string,
  file: string,
  args: readonly string[],
): SubjectCommand {
  const path = fileURLToPath(new URL(`peers/${file}`, import.meta.url));
  return { peer, file: python, args: [path, ...args] };
}

/** This process's environment without settings that hold a BLAS library back. */
function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(OPENBLAS|OMP|MKL)_/.test(name)),
  );
}

/** A process that is ready and runs steps when asked. */
export class Subject {
  readonly peer: string | null;
  readonly ready: Ready;
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;

  private constructor(peer: string | null, ready: Ready, child: ChildProcess, lines: AsyncIterator<string>) {
    this.peer = peer;
    this.ready = ready;
    this.child = child;
    this.lines = lines;
  }

  /** Starts the process; rejects with what it wrote when it ends before it is ready. */
  static async start({ peer, file, args, env }: SubjectCommand): Promise<Subject> {
    const child = spawn(file, args, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...plainEnvironment(), ...env },
    });
    const failed = new Promise<never>((_, reject) => child.once('error', reject));
    failed.catch(() => undefined);
    const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    const { ready } = await Promise.race([nextMessage<{ ready: Ready }>(lines, peer), failed]);
    return new Subject(peer, ready, child, lines);
  }

  /** Runs so many steps and gives what was measured. */
  run(steps: number): Promise<StepResults> {
    this.child.stdin!.write(`${JSON.stringify({ steps })}\n`);
    return nextMessage<StepResults>(this.lines, this.peer);
  }

  /** Ends the process and waits until it is gone. */
  async end(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.stdin!.end();
    await gone;
  }
}

/** The next line that is JSON; whatever else a library prints is passed over. */
async function nextMessage<T>(lines: AsyncIterator<string>, peer: string | null): Promise<T> {
  for (;;) {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${peer ?? 'Heddle'} ended before it answered`);
    if (value.startsWith('{')) return JSON.parse(value) as T;
  }
}
