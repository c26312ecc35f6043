// Reads a command's arguments by a table of flags: `--name value`, `--name=value`, `--flag`, `--no-flag`.
// Whatever is not in the table is refused, naming the nearest flag that is.

import { nearest } from './nearest.ts';
import { UsageError } from './usage-error.ts';

export interface Flag {
  /** In kebab case, without dashes. */
  readonly name: string;
  readonly type: 'text' | 'number' | 'integer' | 'boolean' | 'choice';
  readonly help: string;
  /** May be given several times; its value is then a list. */
  readonly isList?: boolean;
  readonly choices?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  /** Other names, without dashes, that mean the same. */
  readonly synonyms?: readonly string[];
  /** Words that may stand for a number. */
  readonly words?: Readonly<Record<string, number>>;
  /** What help shows for the value, such as FILE. */
  readonly valueName?: string;
  readonly default?: string | number | boolean;
}

export type FlagValue = string | number | boolean | string[];

export interface ParsedArguments {
  readonly values: ReadonlyMap<string, FlagValue>;
  readonly positionals: readonly string[];
}

/** Reads arguments; throws UsageError for an unknown flag, a missing or a wrong value. */
export function parseArguments(args: readonly string[], flags: readonly Flag[]): ParsedArguments {
  const byName = new Map(
    flags.flatMap((flag) => [flag.name, ...(flag.synonyms ?? [])].map((name) => [name, flag] as const)),
  );
  const values = new Map<string, FlagValue>();
  const positionals: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const argument = args[i]!;
    if (argument === '--') {
      positionals.push(...args.slice(i + 1));
      break;
    }
    if (!argument.startsWith('--')) {
      if (argument.startsWith('-') && argument.length > 1) throw unknownFlag(argument, byName);
      positionals.push(argument);
      continue;
    }
    const [name, given] = splitFlag(argument);
    const negated = name.startsWith('no-') ? byName.get(name.slice(3)) : undefined;
    const flag = byName.get(name) ?? (negated?.type === 'boolean' ? negated : undefined);
    if (!flag) throw unknownFlag(`--${name}`, byName);
    if (flag === negated && !byName.has(name)) {
      values.set(flag.name, false);
      continue;
    }
    if (flag.type === 'boolean') {
      values.set(flag.name, given === undefined ? true : readBoolean(flag, given));
      continue;
    }
    const text = given ?? args[++i];
    if (text === undefined) throw new UsageError(`--${flag.name} needs a value.`, flag.help);
    const value = readValue(flag, text);
    if (flag.isList) values.set(flag.name, [...((values.get(flag.name) as string[]) ?? []), String(value)]);
    else values.set(flag.name, value);
  }
  return { values, positionals };
}

function splitFlag(argument: string): [string, string | undefined] {
  const at = argument.indexOf('=');
  return at < 0 ? [argument.slice(2), undefined] : [argument.slice(2, at), argument.slice(at + 1)];
}

/** A flag's value from text, checked against its range or choices. */
export function readValue(flag: Flag, text: string): string | number {
  if (flag.type === 'choice') {
    if (flag.choices!.includes(text)) return text;
    const near = nearest(text, flag.choices!);
    throw new UsageError(
      `--${flag.name} ${text}: expected one of ${flag.choices!.join(', ')}.`,
      near ? `Did you mean ${near}?` : '',
    );
  }
  if (flag.type === 'text') return text;
  if (flag.words && Object.hasOwn(flag.words, text)) return flag.words[text]!;
  const value = text.trim() === '' ? NaN : Number(text.replace(/_/g, ''));
  const { minimum = -Infinity, maximum = Infinity } = flag;
  const isRight = Number.isFinite(value) && (flag.type === 'number' || Number.isSafeInteger(value));
  if (isRight && value >= minimum && value <= maximum) return value;
  const kind = flag.type === 'integer' ? 'a whole number' : 'a number';
  throw new UsageError(`--${flag.name} ${text}: expected ${kind}${rangeText(minimum, maximum)}.`);
}

function rangeText(minimum: number, maximum: number): string {
  if (minimum === -Infinity && maximum === Infinity) return '';
  if (maximum === Infinity) return ` of ${minimum} or more`;
  return ` from ${minimum} to ${maximum}`;
}

function readBoolean(flag: Flag, text: string): boolean {
  if (text === 'true') return true;
  if (text === 'false') return false;
  throw new UsageError(`--${flag.name}=${text}: expected true or false.`);
}

function unknownFlag(argument: string, byName: ReadonlyMap<string, Flag>): UsageError {
  const near = nearest(argument.replace(/^-+/, ''), [...byName.keys()]);
  return new UsageError(
    `There is no flag ${argument}.`,
    near ? `Did you mean --${near}?` : 'See the flags with --help.',
  );
}
