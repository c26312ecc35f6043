// How one setting is described: type, default, range, unit and one line of help in plain words.
// Forms, flags, tooltips and validation are all derived from these; nothing describes a setting twice.

import { z } from 'zod';
import type { Task } from './tasks.ts';

// The page's content security policy forbids eval, which zod would otherwise use for speed.
z.config({ jitless: true });

/** One setting: its value type is `T`. */
export interface Field<T extends number | boolean | string = number | boolean | string> {
  readonly type: 'integer' | 'number' | 'boolean' | 'choice' | 'text';
  readonly label: string;
  readonly help: string;
  readonly unit?: string;
  readonly default: T;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly choices?: readonly string[];
  /** The tasks that the setting is for, where it is not for all. */
  readonly tasks?: readonly Task[];
}

export type Fields = Readonly<Record<string, Field>>;

/** The flag of a setting: `perDeviceTrainBatchSize` is `--per-device-train-batch-size`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The object type that a table of fields describes. */
export type Values<F extends Fields> = {
  -readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never;
};

interface Words {
  label: string;
  help: string;
  unit?: string;
  tasks?: readonly Task[];
}

/** A whole number in [minimum, maximum]. */
export function integer(defaultValue: number, minimum: number, maximum: number, words: Words): Field<number> {
  return { type: 'integer', default: defaultValue, minimum, maximum, ...words };
}

/** A finite number in [minimum, maximum]. */
export function number(defaultValue: number, minimum: number, maximum: number, words: Words): Field<number> {
  return { type: 'number', default: defaultValue, minimum, maximum, ...words };
}

/** True or false. */
export function boolean(defaultValue: boolean, words: Words): Field<boolean> {
  return { type: 'boolean', default: defaultValue, ...words };
}

/** One of a few words. */
export function choice<const C extends string>(
  defaultValue: NoInfer<C>,
  choices: readonly C[],
  words: Words,
): Field<C> {
  return { type: 'choice', default: defaultValue, choices, ...words };
}

/** Free text. */
export function text(defaultValue: string, words: Words): Field<string> {
  return { type: 'text', default: defaultValue, ...words };
}

function fieldSchema(field: Field): z.ZodType {
  switch (field.type) {
    case 'integer':
      return z
        .number()
        .int()
        .min(field.minimum!)
        .max(field.maximum!)
        .default(field.default as number);
    case 'number':
      return z
        .number()
        .min(field.minimum!)
        .max(field.maximum!)
        .default(field.default as number);
    case 'boolean':
      return z.boolean().default(field.default as boolean);
    case 'choice':
      return z.enum(field.choices as [string, ...string[]]).default(field.default as string);
    case 'text':
      return z.string().default(field.default as string);
    default:
      return field.type satisfies never;
  }
}

/** A strict object schema for a table of fields; every key has its default, unknown keys are refused. */
export function fieldsSchema<F extends Fields>(fields: F): z.ZodType<Values<F>, Partial<Values<F>>> {
  const shape = Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, fieldSchema(field)]));
  return z.strictObject(shape) as unknown as z.ZodType<Values<F>, Partial<Values<F>>>;
}

/** The values of a table of fields at their defaults. */
export function defaultsOf<F extends Fields>(fields: F): Values<F> {
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, field.default])) as Values<F>;
}
