// The studio itself: preferences, what it occupies, whether it works, what it is made of.

import { z } from 'zod';
import { bytes, id, nothing, ticketSchema } from './words.ts';
import { deviceChoiceSchema } from './device.ts';

export const preferencesSchema = z.strictObject({
  theme: z.enum(['system', 'dark', 'light']).default('system'),
  /** What a run uses unless it says otherwise. */
  device: deviceChoiceSchema.default({ device: 'auto', adapter: '', threads: 0 }),
  /** Debiased moving average of training curves; 0 is off. */
  smoothing: z.number().min(0).max(0.999).default(0.6),
  xAxis: z.enum(['step', 'epoch', 'tokens', 'relative', 'wall']).default('step'),
  /** The run others are compared with. */
  baselineRunId: id.nullable().default(null),
  notifications: z.boolean().default(true),
  /** What pages remember of themselves, by page: columns, filters, drafts. */
  pages: z.record(z.string().max(64), z.unknown()).default({}),
});
export type Preferences = z.infer<typeof preferencesSchema>;

export const healthSchema = z.strictObject({
  appVersion: z.string(),
  /** Node, SQLite, Electron, …: name and version. */
  versions: z.record(z.string(), z.string()),
  platform: z.string(),
  home: z.string(),
  folders: z.array(z.strictObject({ label: z.string(), path: z.string(), sizeBytes: bytes })),
  freeBytes: bytes,
});
export type Health = z.infer<typeof healthSchema>;

export const selfTestSchema = z.strictObject({
  name: z.string(),
  isGood: z.boolean(),
  detail: z.string(),
  durationMs: z.number(),
});
export type SelfTest = z.infer<typeof selfTestSchema>;

export const healthCalls = {
  'preferences.get': { input: nothing, output: preferencesSchema, isRepeatable: true },
  /** Changes what is given; what is left out stays. */
  'preferences.change': { input: z.record(z.string().max(64), z.unknown()), output: preferencesSchema },
  'health.get': { input: nothing, output: healthSchema, isRepeatable: true },
  /** Store, disk, engine process, device, a product and a gradient against known values. */
  'health.selfTest': { input: nothing, output: z.array(selfTestSchema) },
  'health.licences': {
    input: nothing,
    output: z.array(z.strictObject({ name: z.string(), version: z.string(), licence: z.string() })),
    isRepeatable: true,
  },
  /** All of it as text for a report; names no file of the user. */
  'health.diagnostics': { input: nothing, output: z.strictObject({ text: z.string() }), isRepeatable: true },
  /** Ends a long piece of work that was named with `operationId`. */
  'operations.cancel': { input: z.strictObject({ operationId: id }), output: nothing, isRepeatable: true },
  /** Forgets tickets and what was uploaded for them. */
  'tickets.release': {
    input: z.strictObject({ tickets: z.array(ticketSchema.shape.ticket).max(10_000) }),
    output: nothing,
    isRepeatable: true,
  },
} as const;
