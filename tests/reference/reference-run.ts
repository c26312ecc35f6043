// What every reference run is made of: a program that gets its data and a way to run Heddle as a user would, and
// hands back figures. Runs Heddle only by its commands; what it prints are the commands as one would type them.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runHeddle, type CommandEvent, type CommandResult } from '../bench/heddle-command.ts';

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it is to be at least, where there is such a goal. */
  readonly goal?: number;
}

/** Something written by a model, to be read beside what it was asked. */
export interface Written {
  readonly input: string;
  readonly target: string;
  readonly before: string;
  readonly after: string;
}

export interface Outcome {
  readonly figures: readonly Figure[];
  readonly written?: readonly Written[];
}

/** Files below the data folder that a run reads, and where people find them. */
export interface DataNeed {
  readonly files: readonly string[];
  readonly foundAt: string;
}

export interface ReferenceRun {
  readonly name: string;
  readonly title: string;
  readonly data: DataNeed;
  run(context: ReferenceContext): Promise<Outcome>;
}

/** Flags by name without the dashes: a list stands for a flag given several times, false for its `--no-` form. */
export type Flags = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** How one reference run is carried out. */
export class ReferenceContext {
  /** Folder for files that the run makes. */
  readonly folder: string;
  private readonly dataFolder: string;
  private readonly home: string;
  private readonly threads: number;
  /** Where the runs are to end before their time, null for whole ones: only to see that all works. */
  private readonly stopAt: number | null;

  constructor(options: {
    readonly folder: string;
    readonly dataFolder: string;
    readonly home: string;
    readonly threads: number;
    readonly stopAt: number | null;
  }) {
    this.folder = options.folder;
    this.dataFolder = options.dataFolder;
    this.home = options.home;
    this.threads = options.threads;
    this.stopAt = options.stopAt;
  }

  /** The path of a file of the data. */
  data(file: string): string {
    return join(this.dataFolder, file);
  }

  /** Trains; gives the run's events. */
  async train(flags: Flags): Promise<CommandResult> {
    const stop: Flags = this.stopAt === null ? {} : { 'stop-at': this.stopAt };
    const result = await this.heddle('train', { ...flags, ...stop });
    const steps = result.events.filter(({ event }) => event === 'step');
    const rates = steps.map(({ tokensPerSecond }) => tokensPerSecond as number).sort((a, b) => a - b);
    const minutes = (result.durationMs / 60_000).toFixed(1);
    const rate = Math.round(rates[rates.length >> 1] ?? 0);
    process.stdout.write(
      `    ${steps.length} steps in ${minutes} minutes, ${rate} tokens a second (median)\n`,
    );
    return result;
  }

  /** Evaluates; gives the figures by their names on the wire, and the examples from the worst. */
  async evaluate(flags: Flags): Promise<Evaluated> {
    const { events } = await this.heddle('eval', flags);
    const found = events.findLast(({ event }) => event === 'eval');
    if (!found) throw new Error('the evaluation gave no figures.');
    return found as unknown as Evaluated;
  }

  /** The files of a need that are not there. */
  missing({ files }: DataNeed): string[] {
    return files.map((file) => this.data(file)).filter((file) => !existsSync(file));
  }

  private heddle(command: string, flags: Flags): Promise<CommandResult> {
    const all = [command, ...wordsOf({ ...flags, device: 'cpu', threads: this.threads })];
    process.stdout.write(`  $ heddle ${all.map(quoted).join(' ')}\n`);
    return runHeddle(all, this.home, curveLine);
  }
}

export interface Evaluated {
  readonly metrics: Readonly<Record<string, number>>;
  readonly signatures: Readonly<Record<string, string>>;
  readonly worst: readonly { readonly input: string; readonly target: string; readonly output: string }[];
}

/** A figure that an evaluation must have given. */
export function figureOf({ metrics }: Evaluated, name: string): number {
  const value = metrics[name];
  if (value === undefined) throw new Error(`the evaluation gave no ${name}.`);
  return value;
}

/** The curve, as it comes. */
function curveLine({ event, ...values }: CommandEvent): void {
  if (event !== 'eval' || typeof values.step !== 'number' || 'metrics' in values) return;
  const names = ['loss', 'accuracy', 'bleu', 'f1'].filter((name) => typeof values[name] === 'number');
  const cells = names.map((name) => `${name} ${(values[name] as number).toFixed(4)}`);
  process.stdout.write(`    step ${values.step}: ${cells.join(', ')}\n`);
}

function wordsOf(flags: Flags): string[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    if (typeof value === 'boolean') return [value ? `--${name}` : `--no-${name}`];
    return [value].flat().flatMap((one) => [`--${name}`, String(one)]);
  });
}

const quoted = (word: string): string => (/^[\w./:@,=-]+$/.test(word) ? word : `'${word}'`);
