// What every command of the terminal is, and what it is given to work with.

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CallInput } from '../../preload/contract.ts';
import type { ConnectedStudio } from '../owner/connect.ts';
import type { Flag, ParsedArguments } from './flags.ts';
import type { Output } from './output.ts';
import { UsageError } from './usage-error.ts';

export interface CommandContext extends ParsedArguments {
  readonly output: Output;
  readonly home: string;
  /** Opens or joins the studio of the home; it is closed when the command ends. */
  readonly studio: () => Promise<ConnectedStudio>;
}

export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Lines that show how it is used, without the program's name. */
  readonly usage: readonly string[];
  readonly flags: readonly Flag[];
  /** Whether runs that wait may start while this command has the studio open. */
  readonly startsQueue: boolean;
  /** Resolves with the exit code. */
  run(context: CommandContext): Promise<number>;
}

/** The flags of every command. */
export const commonFlags: readonly Flag[] = [
  { name: 'home', type: 'text', valueName: 'FOLDER', help: 'Where everything is kept; else HEDDLE_HOME.' },
  { name: 'json', type: 'boolean', help: 'Writes JSON lines on stdout; everything else goes to stderr.' },
  { name: 'help', type: 'boolean', help: 'Shows this help.' },
];

/** The flags that choose a device. */
export const deviceFlags: readonly Flag[] = [
  {
    name: 'device',
    type: 'choice',
    choices: ['auto', 'cpu', 'webgpu'],
    default: 'auto',
    help: 'What computes; auto takes a GPU where there is one.',
  },
  {
    name: 'adapter',
    type: 'text',
    valueName: 'NAME',
    help: 'A part of the name of the WebGPU adapter to use.',
  },
  {
    name: 'threads',
    type: 'integer',
    minimum: 0,
    maximum: 1024,
    default: 0,
    help: 'CPU threads; 0 means one a core.',
  },
];

/** The device that the flags ask for. */
export function deviceChoice({ values }: ParsedArguments): CallInput<'device.report'> {
  return {
    device: (values.get('device') as 'auto' | 'cpu' | 'webgpu' | undefined) ?? 'auto',
    adapter: text(values, 'adapter') ?? '',
    threads: (values.get('threads') as number | undefined) ?? 0,
  };
}

/** The flag that names a run or checkpoint. */
export const runFlag: Flag = {
  name: 'run',
  type: 'text',
  valueName: 'RUN',
  help: 'RUN (its best checkpoint), RUN@best, RUN@last, RUN@STEP, last, weights:NAME, or a checkpoint or Hugging Face folder.',
};

/** The checkpoint named by --run or as the first argument; the last run's best when neither is given. */
export function checkpointReference({ values, positionals }: ParsedArguments): string {
  const given = text(values, 'run');
  if (given !== undefined && positionals.length > 0) {
    throw new UsageError(`The run is named twice: --run ${given} and ${positionals[0]}.`);
  }
  return wholeReference(given ?? positionals[0] ?? 'last');
}

/** A reference as any process understands it: the one that carries the command out may run in another folder. */
export function wholeReference(reference: string): string {
  return /[/\\]/.test(reference) && existsSync(reference) ? resolve(reference) : reference;
}

/** The text of a flag, if it was given. */
export function text(values: ParsedArguments['values'], name: string): string | undefined {
  return values.get(name) as string | undefined;
}

/** The number of a flag, if it was given. */
export function numeric(values: ParsedArguments['values'], name: string): number | undefined {
  return values.get(name) as number | undefined;
}
