// What the playground remembers: prompt, settings, checkpoints, and what was written with which settings. Read
// back leniently: a part that cannot be read is at its default and takes no other with it. Nothing of Vue.

import { generationConfigSchema, type GenerationConfig } from '../../engine/config.ts';
import { readConversation, type Conversation } from './conversation.ts';
import { readOutput, type PlaygroundOutput } from './playground-output.ts';
import { recordOf } from './read-value.ts';

export interface PlaygroundEntry {
  readonly id: string;
  readonly atMs: number;
  readonly prompt: string;
  readonly config: GenerationConfig;
  /** One, or two side by side. */
  readonly outputs: readonly PlaygroundOutput[];
}

export interface PlaygroundMemory {
  readonly prompt: string;
  readonly config: GenerationConfig;
  /** Another seed each time, or "write again" would write the same. */
  readonly isSeedFresh: boolean;
  /** What writes; the second is null unless two are compared. */
  readonly references: readonly [string | null, string | null];
  /** Newest first. */
  readonly entries: readonly PlaygroundEntry[];
  /** With models that were tuned on conversations. */
  readonly conversation: Conversation;
}

const mostEntries = 50;
/** All that is remembered must fit into what the studio keeps for all pages together. */
const mostCharacters = 200_000;
export const longestPrompt = 50_000;
const longestText = 50_000;

/** As much of a text as may be remembered. */
export function keptText(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}

/** Settings as they are before anything was chosen. */
export function defaultGeneration(): GenerationConfig {
  return generationConfigSchema.parse({});
}

/** What was remembered, whatever it looks like. */
export function readMemory(value: unknown): PlaygroundMemory {
  const { prompt, config, isSeedFresh, references, entries, conversation } = recordOf(value);
  const parsed = generationConfigSchema.safeParse(config);
  const [first, second] = Array.isArray(references) ? references : [];
  return {
    prompt: typeof prompt === 'string' ? prompt.slice(0, longestPrompt) : 'Once ',
    config: parsed.success ? parsed.data : defaultGeneration(),
    isSeedFresh: isSeedFresh !== false,
    references: [textOrNull(first), textOrNull(second)],
    entries: Array.isArray(entries) ? fitting(entries.flatMap(readEntry)) : [],
    conversation: readConversation(conversation),
  };
}

/** As many of the newest entries as may be remembered. */
export function fitting(entries: readonly PlaygroundEntry[]): PlaygroundEntry[] {
  let characters = 0;
  const kept: PlaygroundEntry[] = [];
  for (const entry of entries.slice(0, mostEntries)) {
    characters += entry.prompt.length + entry.outputs.reduce((sum, { text }) => sum + text.length, 0);
    if (characters > mostCharacters && kept.length > 0) break;
    kept.push(entry);
  }
  return kept;
}

function readEntry(value: unknown): PlaygroundEntry[] {
  const { id, atMs, prompt, config, outputs } = recordOf(value);
  const parsed = generationConfigSchema.safeParse(config);
  if (typeof id !== 'string' || typeof atMs !== 'number' || typeof prompt !== 'string' || !parsed.success)
    return [];
  const read = Array.isArray(outputs) ? outputs.flatMap(readOutput) : [];
  return read.length > 0 ? [{ id, atMs, prompt, config: parsed.data, outputs: read }] : [];
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' && value ? value : null);
