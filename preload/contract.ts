// The whole wire: every call the page, the terminal or another process may make, and every event it may
// hear, each with a schema; one file an area in contract/. Desktop IPC, the WebSocket and the owner socket are
// transports of this file; what is not named here cannot be asked of the machine.

import type { z } from 'zod';
import { checkpointCalls } from './contract/checkpoints.ts';
import { datasetCalls } from './contract/datasets.ts';
import { deviceCalls } from './contract/device.ts';
import { evaluationCalls } from './contract/evaluation.ts';
import type { events } from './contract/events.ts';
import { exportCalls } from './contract/export.ts';
import { generationCalls } from './contract/generation.ts';
import { healthCalls } from './contract/health.ts';
import { inspectionCalls } from './contract/inspection.ts';
import { runCalls } from './contract/runs.ts';
import { settingsCalls } from './contract/settings.ts';
import { taskCalls } from './contract/tasks.ts';
import { tokenizerCalls } from './contract/tokenizers.ts';
import type { Failure } from './contract/words.ts';

export * from './contract/checkpoints.ts';
export {
  failureSchema,
  place as placeSchema,
  ticketSchema,
  writtenSchema,
  type Failure,
  type Ticket,
  type Written,
} from './contract/words.ts';
export * from './contract/datasets.ts';
export * from './contract/device.ts';
export * from './contract/evaluation.ts';
export { events } from './contract/events.ts';
export * from './contract/export.ts';
export * from './contract/generation.ts';
export * from './contract/health.ts';
export * from './contract/inspection.ts';
export * from './contract/runs.ts';
export * from './contract/settings.ts';
export * from './contract/tasks.ts';
export * from './contract/tokenizers.ts';

/**
 * Every call: what it takes and what it gives. One that only looks, or that leaves things as they are when it
 * was done already, is repeatable: it may be made again when nobody knows whether it was carried out.
 */
export const calls = {
  ...deviceCalls,
  ...datasetCalls,
  ...tokenizerCalls,
  ...settingsCalls,
  ...runCalls,
  ...checkpointCalls,
  ...generationCalls,
  ...taskCalls,
  ...evaluationCalls,
  ...inspectionCalls,
  ...exportCalls,
  ...healthCalls,
} as const;

export type Calls = typeof calls;
export type CallName = keyof Calls;
export type CallInput<N extends CallName> = z.input<Calls[N]['input']>;
export type CallOutput<N extends CallName> = z.output<Calls[N]['output']>;

/** Whether a call may be made twice. */
export function isRepeatable(name: CallName): boolean {
  return 'isRepeatable' in calls[name];
}

export type Events = typeof events;
export type EventName = keyof Events;
export type EventData<N extends EventName> = z.output<Events[N]>;

/** What travels on a stream transport (WebSocket, owner socket), one JSON text each. */
export type ClientMessage = { id: number; call: CallName; input: unknown };
export type ServerMessage =
  | { id: number; ok: true; output: unknown }
  | { id: number; ok: false; error: Failure }
  | { event: EventName; data: unknown };

/** The studio as any caller sees it, whatever carries the words. */
export interface Studio {
  call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>>;
  /** Hears every event of one name until the returned function is called. */
  on<N extends EventName>(name: N, listener: (data: EventData<N>) => void): () => void;
}
